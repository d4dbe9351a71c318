import { Readable } from "node:stream";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { load } from "cheerio";
import { expect } from "chai";
import type { Connection } from "mongoose";
import { createApp } from "../../src/app.js";
import { createLog } from "../../src/log.js";
import { createSealedBox } from "../../src/sealed-box.js";
import { createServices } from "../../src/services.js";
import { addProject } from "../../src/courses/define-exam.js";
import { decideEquivalency } from "../../src/equivalencies/decide-equivalency.js";
import { saveIssuer } from "../../src/issuers/save-issuer.js";
import { makeLink } from "../../src/people/make-code.js";
import { addPicture } from "../../src/pictures/add-picture.js";
import { newId } from "../../src/stored-record.js";
import { NO_INITIALS } from "../../src/tracks/track.js";
import { writeTrack } from "../../src/tracks/write-track.js";
import { sessionCookie } from "../../config/http-policy.js";
import { sessionIdOf } from "../../src/launch/session.js";
import { aTrackContent, allOf, examStep } from "../support/core-fixtures.js";
import { listRoutes, type Route } from "../support/list-routes.js";
import { approve, eventually, placeLink, publish, sit, teach } from "../support/story-school.js";
import { plainPng } from "../support/picture-fixtures.js";
import { Browser } from "../support/test-browser.js";
import { startTestProduct, type TestProduct, type TestVisit } from "../support/test-product.js";
import { codeIn, send } from "./wire.js";

const rootDir = fileURLToPath(new URL("../..", import.meta.url));
const COURSE = "cvi-101";
const CERTIFICATE = "Certificate in Seeing Well";

/** Where a certificate's name stands in a list, and an archive of what says it itself. */
const NAMES_ALONE = /\/admin\/(tracks|awards)$|export\.zip$/;

type Ids = Record<string, string>;
type Who = "learner" | "instructor" | "mentor" | "administrator" | "preview" | "device" | "anybody";

/** One of everything in one organisation, and who looks at it. */
type Tenant = {
  ids: Ids;
  learner: TestVisit;
  instructor: TestVisit;
  administrator: TestVisit;
  preview: TestVisit;
  mentor: TestVisit;
  /** A browser outside the LMS that the learner let in. */
  device: { browser: Browser; formToken: string };
};

/** Where people write names, titles and sentences; elsewhere such keys hold something else. */
const WRITTEN =
  /^(name|title|subject|description|criteriaNarrative|prompt|text|label|contextTitle|trackName|proposedName|email|jurisdiction|reason|sender|fileName|instructions|sentence|summary|course(Code|Title|Version)|examTitle|courses\.(code|version)|equivalencies\.(decidedBy|learner))$/;

/** Some of them, which a page must have shown: otherwise nothing was tried. */
const SHOWN = [
  ...["activities.instructions", "attempts.prompt", "awards.examTitle", "awards.trackName"],
  ...["courses.title", "courses.subject", "equivalencies.reason", "exams.text", "exams.title"],
  ...["learnerNotices.trackName", "licences.jurisdiction", "offerings.contextTitle"],
  ...["organisations.name", "platforms.name", "professions.name", "profiles.name"],
  ...["profiles.email", "profiles.proposedName", "pushKeys.sender", "resultImports.fileName"],
  ...["submissions.text", "trackVersions.description", "tracks.name", "tracks.criteriaNarrative"],
];

/** A document with a script at the end of whatever people may have written in it. */
function spoiled(value: unknown, collection: string): unknown {
  if (Array.isArray(value)) return value.map((part) => spoiled(part, collection));
  if (value === null || typeof value !== "object") return value;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => {
      const isWritten = WRITTEN.test(key) || WRITTEN.test(`${collection}.${key}`);
      if (typeof part !== "string" || !isWritten) return [key, spoiled(part, collection)];
      return [key, `${part} "' onattack=1><script id="attack-${collection}.${key}">`];
    }),
  );
}

/** Puts scripts into everything that an organisation's people have written. */
async function spoilNames(connection: Connection, organisationId: string): Promise<void> {
  for (const { name } of await connection.listCollections()) {
    const collection = connection.collection<{ _id: string }>(name);
    const ofOrganisation = { $or: [{ organisationId }, { _id: organisationId }] };
    for (const document of await collection.find(ofOrganisation).toArray()) {
      const { _id, ...rest } = spoiled(document, name) as { _id: string };
      await collection.replaceOne({ _id }, rest);
    }
  }
}

const lastPartOf = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

/** Who may call a route; below `/l/` a visit is needed. */
function callerOf(path: string): Who {
  if (path.startsWith("/l/:launchId/admin")) return "administrator";
  if (path === "/l/:launchId/assess/complete") return "instructor";
  if (path.startsWith("/l/:launchId/assess")) return "administrator";
  if (path.endsWith("/trial")) return "preview";
  if (path.includes("/mentees/")) return "mentor";
  if (/^\/backpack\/(credentials|elsewhere)\//.test(path)) return "device";
  return path.startsWith("/l/") ? "learner" : "anybody";
}

/** Whose address everybody may know: another organisation's is as good as one's own. */
const isPublic = (path: string): boolean =>
  /^\/(issuers|achievements|credentials|portfolio|status)\//.test(path);

/** What a parameter means where its name alone does not say. */
function meaningOf(name: string, path: string): string {
  if (name === "file") return "credentialId";
  // Removed once from here and once from there.
  if (name === "badgeId" && path.startsWith("/backpack/")) return "otherBadgeId";
  if (name !== "examId") return name;
  if (path.includes("/activities/")) return "activityId";
  return path.includes("/admin/") && !path.includes("questions") ? "projectId" : "examId";
}

const MALFORMED = ["x", "%24ne", "[object%20Object]", "..%2f..%2fetc", "0".repeat(300), "%00"];

const form = {
  ...{ do: "save", code: "X", title: "X", contactHours: "1", subject: "X", version: "X" },
  ...{ examTitle: "X", passMarkPercent: "1", scoreMaximum: "1", gradeSource: "hosted" },
  ...{ decision: "approve", name: "Somebody", visibility: "link", incomplete: "yes" },
  ...{ evidence: "yes", hours: "yes", holderId: "https://example.org/me" },
};

/** So that what one takes away is still there for the others. */
function inOrder(routes: readonly Route[]): Route[] {
  const isLast = ({ path }: Route) => {
    // Shuts the browser out that the others are called with.
    if (path.endsWith("browsers")) return 2;
    return /(remove|discard|decline|retry)$/.test(path) ? 1 : 0;
  };
  const isShared = ({ path }: Route) => (path.startsWith("/credentials/") ? 1 : 0);
  return [...routes].sort(
    (one, other) => isLast(one) - isLast(other) || isShared(one) - isShared(other),
  );
}

/** What an operator is sent with, so that it is known wherever it turns up. */
const MARK = "operand-of-an-attack";

/** Whether a command to the store holds `{ $anything: MARK }`: an operator from outside. */
function holdsOperator(value: unknown): boolean {
  if (value === null || typeof value !== "object") return false;
  return Object.entries(value).some(
    ([key, part]) => (key.startsWith("$") && part === MARK) || holdsOperator(part),
  );
}

/** How an operator is written where a text belongs. */
type Writing = { type: string; body: string };
const writings: [string, (names: string[]) => Writing][] = [
  [
    "brackets",
    (names) => ({
      type: "application/x-www-form-urlencoded",
      body: names.map((name) => `${encodeURIComponent(`${name}[$ne]`)}=${MARK}`).join("&"),
    }),
  ],
  [
    "its text",
    (names) => ({
      type: "application/x-www-form-urlencoded",
      body: names
        .map((name) => `${encodeURIComponent(name)}=${encodeURIComponent(`{"$ne":"${MARK}"}`)}`)
        .join("&"),
    }),
  ],
  [
    "JSON",
    (names) => ({
      type: "application/json",
      body: JSON.stringify(Object.fromEntries(names.map((name) => [name, { $ne: MARK }]))),
    }),
  ],
];

describe("every address with an id in it", function () {
  this.timeout(60_000);
  let product: TestProduct;
  let otherProcess: Server;
  let origin: string;
  /** All of them; `routes` are those with an id. */
  let mounted: Route[];
  let routes: Route[];
  let ours: Tenant;
  let theirs: Tenant;

  before(async () => {
    product = await startTestProduct({ monitorCommands: true });
    mounted = listRoutes(createApp(product.services, rootDir));
    routes = mounted.filter(({ parameters }) => parameters.length > 0);
    await startOtherProcess();
    await product.services.work.start({ isAlone: true });
    ours = await fill(product.organisationId, {});
    const other = await product.services.organisations.ensureNamed("Elsewhere", new Date());
    theirs = await fill(other.id, { organisationId: other.id });
  });
  after(async () => {
    otherProcess.closeAllConnections();
    await new Promise((resolve) => otherProcess.close(resolve));
    await product.services.work.stop();
    await product.close();
  });

  /** Like another process, which remembers nothing of this one; and it counts no requests. */
  async function startOtherProcess(): Promise<void> {
    const { connection, services } = product;
    const fresh = createServices({
      ...{ connection, settings: services.settings, log: createLog(services.settings) },
      ...{ sealedBox: createSealedBox("ab".repeat(32)), now: () => new Date() },
    });
    const uncounted = { ...fresh, countRequest: () => Promise.resolve(undefined) };
    otherProcess = createServer(createApp(uncounted, rootDir));
    await new Promise<void>((resolve) => otherProcess.listen(0, "localhost", resolve));
    origin = `http://localhost:${(otherProcess.address() as AddressInfo).port}`;
  }

  /** A school with a learner who has earned a badge, whose name waits, and a failed job. */
  async function fill(organisationId: string, wish: { organisationId?: string }): Promise<Tenant> {
    const { services } = product;
    const connected = wish.organisationId === undefined ? product : await product.connectLms(wish);
    const { lms, platform } = connected;
    const { course, exam } = await teach(services, organisationId, { code: "ESS-101" });
    const project = await addProject(services, {
      ...{ organisationId, courseId: course.id },
      project: { examTitle: "Project", passMarkPercent: 60, scoreMaximum: 10 },
    });
    if (project.kind !== "saved") throw new Error("no project");
    const trackId = await publish(services, organisationId, {
      ...{ name: CERTIFICATE, exams: [exam], kind: "certificate" },
    });
    const requirement = allOf("root", examStep(exam.id));
    const content = aTrackContent({ name: CERTIFICATE, kind: "certificate", requirement });
    await writeTrack(services, { organisationId, trackId, content });
    const place = { organisationId, issuer: lms.issuer, contextId: COURSE, courseId: course.id };
    const offeringId = await approve(services, place);
    const linkId = placeLink(lms, { url: product.url, contextId: COURSE, exam });
    const learner = await product.launchAs({ lms, userId: "amara", courseId: COURSE, linkId });
    const instructor = await product.launchAs({ lms, userId: "priya", courseId: COURSE });
    const preview = await product.launchAs({
      ...{ lms, userId: "test-student", courseId: COURSE, linkId },
    });
    const attemptId = lastPartOf(await sit(learner, exam));
    const { accountId } = learner.launch;
    const credential = await eventually("the credential", async () => {
      return (await services.credentials.listOfLearner(organisationId, [accountId]))[0];
    });
    for (const reader of ["holder", "others"] as const)
      await eventually(
        "the learner record",
        async () => await services.getLearnerRecord(credential, reader).catch(() => undefined),
      );
    await services.profiles.proposeName(organisationId, accountId, "Somebody");
    const administrator = await product.launchAs({
      lms,
      userId: "ruth",
      placement: "administration",
    });
    const { accountId: administratorId } = administrator.launch;
    const grant = { organisationId, grantedBy: undefined, grantedAt: new Date() };
    await services.grants.addOnce({ id: administratorId, ...grant });
    await services.grants.addOnce({ id: newId(), ...grant });
    const deployment = await services.deployments.ensure({
      ...{ platformId: platform.id, deploymentId: "waiting", organisationId },
      ...{ status: "pending" as const, at: new Date() },
    });
    await services.work.wake("issue-credential", { key: newId(), organisationId, awardId: "none" });
    const failed = await eventually("a failed job", async () => {
      const query = { organisationId, search: "", page: 1, pageSize: 5 };
      const { items } = await services.work.listFailed(query);
      return items.find(({ name }) => name === "issue-credential");
    });
    const device = await letIn(organisationId, accountId);
    const backpack = await services.backpacks.findOrMake(organisationId, accountId);
    await services.backpacks.save({ ...backpack, isPortfolioPublic: true });
    // The issuer's certificate for documents comes with its first one.
    expect((await learner.get("/hours.pdf")).status).to.equal(200);
    const { key } = await services.makePushKey({
      ...{ organisationId, sender: "Quiz tool", createdBy: administratorId },
    });
    const saved = await services.saveActivity({
      ...{ organisationId, courseId: course.id, examId: undefined },
      content: {
        ...{ title: "Plan", instructions: "Plan it.", accepts: ["text"], rubric: [] },
        assessorIds: [administratorId],
      },
    });
    if (saved.kind !== "saved") throw new Error("no activity");
    const activityId = saved.exam.id;
    const handedIn = `/activities/${activityId}`;
    await learner.post(handedIn, { text: "My plan" });
    const about = { organisationId, examId: activityId, accountId };
    const [work] = await services.submissions.listOwn(about);
    const fileId = newId();
    const submissionId = work?.id ?? "";
    await services.submissions.addFile({
      ...{ id: fileId, organisationId, accountId, submissionId },
      ...{ name: "plan.txt", bytes: Buffer.from("x") },
    });
    const profession = { id: newId(), organisationId, name: "Nurse", createdAt: new Date() };
    await services.eligibility.addProfession(profession);
    const licence = await services.submitLicence({
      ...{ organisationId, accountId },
      content: {
        ...{ professionId: profession.id, number: "12-345", jurisdiction: "Ontario" },
        ...{ validFrom: new Date(0), validTo: undefined, evidenceUrl: undefined },
        evidence: { type: "application/pdf", bytes: Buffer.from("%PDF-1.7") },
      },
    });
    const decided = await decideEquivalency(services, {
      ...{ organisationId, fromExamId: project.exam.id, toExamId: exam.id, accountId: undefined },
      ...{ decision: "counts", reach: "one-way", reason: "Same", since: undefined },
      ...{ decidedBy: "Committee", enteredBy: administratorId },
    });
    if (decided.kind !== "entered") throw new Error("no equivalency");
    const received = await services.receiveFile(
      { organisationId, kind: "scores", fileName: "scores.csv", uploadedBy: administratorId },
      Readable.from([Buffer.from("sub,course,score,maximum,taken_at\n1,ESS-101,x,1,2026-05-01\n")]),
    );
    if (received.kind !== "received") throw new Error("no file of results");
    const badge = {
      ...{ organisationId, learnerId: accountId, presented: "{}", name: "Badge", description: "" },
      ...{ issuer: { id: "did:key:z6", name: "Elsewhere" }, isShown: true, addedAt: new Date() },
      picture: { kind: "png" as const, bytes: plainPng(), widthPx: 96, heightPx: 96 },
      finding: { isVerified: false, sentence: "No.", checkedAt: new Date() },
    };
    const [badgeId, otherBadgeId] = [newId(), newId()];
    for (const id of [badgeId, otherBadgeId])
      await services.foreignBadges.addOnce({ ...badge, id, key: id });
    const { pictureId, brandId } = await addBrand(organisationId, administratorId);
    const ids = {
      ...{ badgeId, otherBadgeId },
      ...{ brandId, issuerId: organisationId },
      ...{ pictureId, pictureFile: `${pictureId}.svg` },
      importId: received.id,
      entryId: decided.entry.id,
      portfolioId: backpack.portfolioId,
      ...{ listId: credential.statusPlace.listId, purpose: "revocation" },
      ...{ activityId, submissionId, fileId },
      ...{
        pushKeyId: key.id,
        courseId: course.id,
        examId: exam.id,
        projectId: project.exam.id,
        trackId,
        licenceId: licence.id,
      },
      ...{ version: "1", offeringId, attemptId, accountId, credentialId: credential.id },
      ...{ awardId: credential.awardId, deploymentId: deployment.id, workId: failed.id },
      platformId: platform.id,
      organisationId,
    };
    const lti = "https://purl.imsglobal.org/spec/lti/claim/";
    lms.faults.alterClaims = (claims) => ({
      ...claims,
      ...{ [`${lti}roles`]: ["Mentor"], [`${lti}role_scope_mentor`]: ["amara"] },
    });
    const mentor = await product.launchAs({ lms, userId: "jonas", courseId: COURSE, linkId });
    lms.faults.clear();
    return { ids, learner, instructor, administrator, preview, mentor, device };
  }

  /** A brand with a logo. */
  async function addBrand(organisationId: string, addedBy: string) {
    const { services } = product;
    const pictured = await addPicture(services, {
      ...{ organisationId, addedBy, bytes: plainPng(96), use: "logo" },
    });
    if (pictured.kind !== "added") throw new Error("no picture");
    const { id: pictureId } = pictured.picture;
    const brand = await saveIssuer(services, {
      ...{ organisationId, issuerId: undefined, content: { name: "Brand", logoId: pictureId } },
    });
    if (brand.kind !== "saved") throw new Error("no brand");
    return { pictureId, brandId: brand.issuer.id };
  }

  async function letIn(organisationId: string, accountId: string): Promise<Tenant["device"]> {
    const wanted = { purpose: "open-backpack" as const, organisationId, madeBy: accountId };
    const { token } = await makeLink(product.services, wanted);
    const browser = new Browser();
    await browser.post(`${product.url}/backpack/open/${token}`, {});
    const page = await browser.get(`${product.url}/backpack`);
    const formToken = load(page.text)("input[name=_csrf]").first().attr("value") ?? "";
    return { browser, formToken };
  }

  const visitOf = (tenant: Tenant, who: Who): TestVisit | undefined =>
    who === "anybody" || who === "device" ? undefined : tenant[who];

  /** The same in a browser that the learner let in. */
  async function callOutside(method: string, path: string) {
    const { browser, formToken } = ours.device;
    const url = product.url + path;
    return method === "get"
      ? await browser.get(url)
      : await browser.post(url, { ...form, _csrf: formToken });
  }

  /** A route's address with a tenant's own ids, some of them changed. */
  function addressOf(tenant: Tenant, path: string, changes: Ids = {}): string {
    const ids: Ids = { launchId: visitOf(tenant, callerOf(path))?.launch.id ?? "", ...tenant.ids };
    return path.replace(/:(\w+)/g, (_, name: string) => {
      return changes[name] ?? ids[meaningOf(name, path)] ?? `no-case-for-${name}`;
    });
  }

  /** Calls a route as one of us, with some ids in the place of our own. */
  async function call({ method, path }: Route, changes: Ids = {}) {
    const who = callerOf(path);
    const visit = visitOf(ours, who);
    const address = addressOf(ours, path, changes);
    if (visit !== undefined && changes["launchId"] === undefined) {
      const below = address.replace(visit.base, "");
      return method === "get"
        ? await visit.get(below)
        : await visit.post(below, { ...form, courseId: ours.ids["courseId"] ?? "" });
    }
    if (who === "device") return await callOutside(method, address);
    const browser = visit?.browser ?? new Browser();
    const url = product.url + address;
    return method === "get" ? await browser.get(url) : await browser.post(url, form);
  }

  const without = (...names: string[]) =>
    routes.flatMap((route) =>
      route.parameters
        .filter((name) => !names.includes(name))
        .map((name) => ({ route, name, what: `${route.method} ${route.path}, ${name}` })),
    );

  const expectPage = (text: string, what: string) => {
    expect(load(text)("h1").text(), what).to.equal("This page does not exist");
  };

  it("has a case here", () => {
    expect(routes.length).to.be.greaterThan(40);
    const unknown = without("launchId", "token")
      .filter(({ route, name }) => ours.ids[meaningOf(name, route.path)] === undefined)
      .map(({ what }) => what);
    expect(unknown).to.deep.equal([]);
  });

  it("is a page that does not exist when the id is malformed", async () => {
    for (const { route, name, what } of without("token")) {
      for (const id of MALFORMED) {
        const answer = await call(route, { [name]: id });
        expect(answer.status, `${what} = ${id}`).to.be.oneOf(id === "%00" ? [400, 404] : [404]);
        if (answer.status === 404) expectPage(answer.text, what);
      }
    }
  });

  it("is a page that does not exist when nothing has the id", async () => {
    for (const { route, name, what } of without("token", "launchId")) {
      const unknown = name === "version" ? "999" : name === "workId" ? "f".repeat(24) : newId();
      const answer = await call(route, { [name]: unknown });
      expect(answer.status, what).to.equal(404);
    }
  });

  it("is a page that does not exist when the id is another organisation's", async () => {
    for (const { route, name, what } of without("token", "launchId", "version")) {
      if (isPublic(route.path)) continue;
      const foreign = theirs.ids[meaningOf(name, route.path)] ?? "";
      const answer = await call(route, { [name]: foreign });
      expect(answer.status, what).to.equal(404);
      expectPage(answer.text, what);
    }
  });

  it("says that a certificate gives no initials wherever it tells of one", async () => {
    const { organisationId = "", accountId = "", credentialId = "" } = ours.ids;
    await product.services.credentials.setVisibility({
      ...{ organisationId, learnerIds: [accountId], credentialId, visibility: "public" },
    });
    const elsewhere = ["/catalog", "/backpack"].map((path) => ({
      ...{ path, method: "get", parameters: [] },
    }));
    const told: string[] = [];
    for (const route of [...routes, ...elsewhere].filter(({ method }) => method === "get")) {
      if (NAMES_ALONE.test(route.path)) continue;
      const isOutside = route.path === "/backpack";
      const answer = isOutside ? await callOutside("get", route.path) : await call(route);
      // What is no text is a picture or a PDF: see no-initials.test.ts.
      const text = answer.text as string | undefined;
      if (text?.includes(CERTIFICATE) !== true) continue;
      told.push(route.path);
      expect(text, route.path).to.include(NO_INITIALS);
    }
    expect(told.length, told.join(" ")).to.be.greaterThan(20);
  });

  it("tells nobody whether somebody else's visit is there", async () => {
    for (const route of routes.filter(({ parameters }) => parameters.includes("launchId"))) {
      const others = [theirs.learner, ours.learner, ours.administrator];
      const own = visitOf(ours, callerOf(route.path));
      const ids = others.filter((visit) => visit !== own).map(({ launch }) => launch.id);
      for (const launchId of [...ids, newId()]) {
        const answer = await call(route, { launchId });
        expect(answer.status, `${route.method} ${route.path}`).to.equal(401);
        expect(answer.text).to.include("session-missing");
      }
    }
  });

  it("refuses a set-up link that never was", async () => {
    for (const method of ["get", "post"]) {
      const route = { method, path: "/setup/:token", parameters: ["token"] };
      expect(routes).to.deep.include(route);
      expect((await call(route, { token: newId() })).status).to.equal(403);
    }
  });

  it("is there under our own ids (so that the tests above mean something)", async () => {
    // A picture of what its query describes, and a link that is used up, have no ids of ours.
    const isOurs = ({ path }: Route) => !/:token$|badge-(preview|contrast)/.test(path);
    for (const route of inOrder(routes.filter(isOurs))) {
      // What its learner has just changed is signed anew in the background.
      const answer = await eventually(route.path, async () => {
        const given = await call(route);
        return given.status !== 503 && given;
      });
      expect(answer.status, `${route.method} ${route.path}: ${answer.text}`).to.be.below(500);
      expect(answer.status, `${route.method} ${route.path}`).to.not.equal(404);
    }
  });

  describe("given scripts for names and titles", () => {
    before(async () => {
      await spoilNames(product.connection, theirs.ids["organisationId"] ?? "");
    });

    /** Reads an address of theirs as one of them. */
    async function read(path: string, who: Who) {
      const browser = who === "device" ? theirs.device.browser : visitOf(theirs, who)?.browser;
      const jar = browser?.cookies.get(product.url) ?? new Map<string, string>();
      const launchId = visitOf(theirs, who)?.launch.id ?? "";
      return await send({
        ...{ origin, path: addressOf(theirs, path, { launchId }) },
        cookies: [...jar].map(([name, value]) => `${name}=${value}`),
      });
    }

    it("shows them as text, on every page and in every picture", async () => {
      const shown = new Set<string>();
      for (const { path } of mounted.filter(({ method }) => method === "get")) {
        for (const who of new Set([callerOf(path), "instructor" as const])) {
          const { status, type, text } = await read(path, who);
          if (status !== 503) expect(status, `${path}: ${text}`).to.be.below(500);
          // Elsewhere it is data, in which nothing runs.
          if (!/^(text\/html|image\/svg\+xml)/.test(type)) continue;
          expect(text, path).not.to.contain("<script id");
          const page = load(text);
          expect(page("[onattack], [id^=attack-]").length, path).to.equal(0);
          for (const [, field = ""] of text.matchAll(/attack-([a-zA-Z]+\.[a-zA-Z]+)/g)) {
            shown.add(field);
          }
        }
      }
      expect([...shown]).to.include.members(SHOWN);
    });
  });

  describe("given operators of the store's query language", () => {
    let attacked: Tenant;
    let names: string[];
    const letThrough: string[] = [];
    let commands = 0;

    before(async () => {
      const { id: organisationId } = await product.services.organisations.ensureNamed(
        ...["Attacked", new Date()],
      );
      attacked = await fill(organisationId, { organisationId });
      names = await listFields();
      product.connection.getClient().on("commandStarted", ({ command }) => {
        commands += 1;
        if (holdsOperator(command)) letThrough.push(JSON.stringify(command));
      });
    });

    const browserOf = (who: Who): Browser =>
      who === "device"
        ? attacked.device.browser
        : (visitOf(attacked, who)?.browser ?? new Browser());

    /** The name of every field on every page, and what the queries of lists are called. */
    async function listFields(): Promise<string[]> {
      const found = new Set(Object.keys(form));
      for (const { path } of mounted.filter(({ method }) => method === "get")) {
        const address = product.url + addressOf(attacked, path);
        const { text, headers } = await browserOf(callerOf(path)).get(address);
        if (headers["content-type"]?.startsWith("text/html") !== true) continue;
        const page = load(text);
        for (const field of page("[name]:not(meta):not(iframe)").toArray()) {
          found.add(page(field).attr("name") ?? "");
        }
      }
      found.delete("_csrf");
      return [...found];
    }

    async function post(path: string, writing: Writing, who = callerOf(path)) {
      const jar = browserOf(who).cookies.get(product.url) ?? new Map<string, string>();
      const launchId = visitOf(attacked, who)?.launch.id ?? "";
      return await send({
        ...{ origin, method: "POST" },
        path: addressOf(attacked, path, { launchId }),
        cookies: [...jar].map(([name, value]) => `${name}=${value}`),
        headers: {
          "content-type": writing.type,
          "content-length": String(Buffer.byteLength(writing.body)),
        },
        body: writing.body,
      });
    }

    /** The form token that the route's page would hold. */
    async function tokenOf(who: Who): Promise<string | undefined> {
      if (who === "device") return attacked.device.formToken;
      const launch = visitOf(attacked, who)?.launch;
      if (launch === undefined) return undefined;
      const token = browserOf(who).cookies.get(product.url)?.get(sessionCookie.name) ?? "";
      const asked = { sessionId: sessionIdOf(token), launchId: launch.id };
      return (await product.services.launches.findVisit(asked, new Date()))?.kept.csrfToken;
    }

    const posting = () => mounted.filter(({ method }) => method === "post");

    it("takes none for a form token", async () => {
      const guarded = posting().filter(({ path }) => callerOf(path) !== "anybody");
      expect(guarded.length).to.be.greaterThan(30);
      for (const { path } of guarded) {
        const codes = new Set<string | undefined>();
        const caller = callerOf(path);
        for (const who of caller === "device" ? [caller] : [caller, "instructor" as const]) {
          for (const [, write] of writings) {
            codes.add(codeIn((await post(path, write(["_csrf"]), who)).text));
          }
        }
        // Some may not even try; nobody gets past the token.
        codes.delete("not-allowed");
        expect([...codes], path).to.deep.equal(["form-expired"]);
      }
    });

    it("lets none of them through to the store, in a form or in a query", async () => {
      expect(names.length).to.be.greaterThan(40);
      commands = 0;
      const [brackets] = writings;
      const query = brackets?.[1](names).body ?? "";
      for (const route of inOrder(mounted)) {
        const { method, path } = route;
        if (method === "get") {
          const browser = browserOf(callerOf(path));
          const address = `${product.url}${addressOf(attacked, path)}?${query}`;
          expect((await browser.get(address)).status, path).to.be.below(500);
          continue;
        }
        const token = await tokenOf(callerOf(path));
        for (const [how, write] of writings) {
          const { type, body } = write(names);
          const isForm = !type.endsWith("json");
          const guard = isForm && token !== undefined ? `&_csrf=${token}` : "";
          const answer = await post(path, { type, body: body + guard });
          const what = `${method} ${path} with ${how}`;
          expect(answer.status, `${what}: ${answer.text}`).to.be.below(500);
          // What is refused for its token alone is taken as far as that goes with a good one.
          if (token === undefined) continue;
          if (isForm) expect(codeIn(answer.text), what).not.to.equal("form-expired");
          else expect(codeIn(answer.text), what).to.be.oneOf(["form-expired", "not-allowed"]);
        }
      }
      expect(commands).to.be.greaterThan(500);
      expect(holdsOperator({ find: "x", filter: { a: [{ $ne: MARK }] } })).to.equal(true);
      expect(letThrough).to.deep.equal([]);
    });
  });
});
