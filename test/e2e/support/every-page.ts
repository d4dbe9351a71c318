import { readFile } from "node:fs/promises";
import type { Page } from "playwright-core";
import { makeLink } from "../../../src/people/make-code.js";
import { openWindow, type Person } from "../../support/chromium.js";
import { launchWithoutCookies } from "../../support/launch-without-cookies.js";
import { readZip } from "../../support/read-zip.js";
import { signIn, waitUntil } from "./lms-pages.js";
import type { Stage } from "./shared-demo.js";
import { activityPages } from "./activity-pages.js";
import { equivalencyPages } from "./equivalency-pages.js";
import { movePages } from "./move-pages.js";
import { platformPages } from "./platform-pages.js";
import { resultPages } from "./result-pages.js";
import {
  COURSE,
  EXAM,
  LMS_COURSE,
  PROJECT,
  RIGHT,
  teachSmallCourse,
  TRACK,
  WRONG,
} from "./small-organisation.js";
import { CLIENT_ID, inCourse, launch, type Look, pageOf, send, type Walk } from "./walk-steps.js";

const ORGANISATION = "Guild of Describers";
/** Long words show what they do to a page. */
const LEARNER = {
  id: "mina",
  givenName: "Wilhelmina-Alexandrina",
  familyName: "Featherstonehaugh-Lindenschmidt",
  kind: "student" as const,
};
const MANAGER = { id: "noor", givenName: "Noor", familyName: "Haddad" };
const NAME_ON_CREDENTIAL = "Mina Featherstonehaugh";

/** Without its scripts a page that sends itself on stays where it is. */
async function holdStill(page: Page): Promise<void> {
  await page.route(/\/assets\/.*\.js$/, async (route) => {
    await route.fulfill({ contentType: "text/javascript", body: "" });
  });
}

async function enter(walk: { stage: Stage; people: Person[] }, name: string): Promise<Page> {
  const person = await openWindow(walk.stage.browser);
  walk.people.push(person);
  await signIn(person.page, walk.stage.demo, name);
  return person.page;
}

/** A profession, a licence handed in, and the queue where it is verified. */
async function lookAtLicences(about: { look: Look; page: Page; manager: Page; panel: string }) {
  const { look, page, manager, panel } = about;
  await manager.goto(`${panel}/licences`);
  await look("no licences and no professions", manager);
  await manager.getByRole("textbox", { name: "Profession" }).fill("Occupational therapist");
  await send(manager, "Add");
  await page.getByRole("link", { name: "Your profession and licence" }).click();
  await look("a profession and licence", page);
  await send(page, "Hand in");
  await look("a licence with faults", page);
  await page.getByLabel("Licensed as").selectOption({ label: "Occupational therapist" });
  await page.getByRole("textbox", { name: "Number" }).fill("OT-48213");
  await page.getByLabel("Where it is valid").fill("Ontario");
  await page.getByLabel("Valid from").fill("2026-01-01");
  await page.getByLabel("A file that proves it").setInputFiles({
    ...{ name: "licence.html", mimeType: "text/html", buffer: Buffer.from("<html>") },
  });
  await send(page, "Hand in");
  await look("a licence with a file that proves nothing", page);
  await page.getByLabel("A file that proves it").setInputFiles({
    ...{ name: "licence.pdf", mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.7") },
  });
  await send(page, "Hand in");
  await look("a licence handed in", page);
  await manager.goto(`${panel}/licences`);
  await look("a licence that waits", manager);
  await manager
    .getByRole("link", { name: /Featherstonehaugh|Learner/ })
    .first()
    .click();
  await look("a licence to verify", manager);
  await manager.getByRole("button", { name: "Verify" }).click();
  await look("a licence that was verified", manager);
  await page.getByRole("link", { name: "Back to your progress" }).click();
}

/** Makes the organisation, its people and its course at the LMS; nothing at Rosette yet. */
export async function startWalk(stage: Stage, look: Look): Promise<Walk> {
  const { demo } = stage;
  const { lms, parts, rosetteUrl } = demo;
  lms.addPerson({ ...LEARNER, email: "mina@clinic.example", blurb: "A learner with a long name." });
  lms.addPerson({
    ...MANAGER,
    kind: "administrator",
    email: "noor@academy.example",
    blurb: "She has just been asked to look after Rosette.",
  });
  const launchUrl = `${rosetteUrl}/lti/launch`;
  lms.addTool({
    clientId: CLIENT_ID,
    deploymentIds: ["1"],
    title: `Rosette, ${ORGANISATION}`,
    loginUrl: `${rosetteUrl}/lti/login`,
    redirectUrls: [launchUrl],
    targetLinkUri: launchUrl,
    deepLinkingUrl: launchUrl,
    jwksUrl: `${rosetteUrl}/lti/jwks`,
    privacy: "anonymous",
    family: ORGANISATION,
  });
  lms.addCourse({ id: LMS_COURSE, ...COURSE, family: ORGANISATION, links: [] });
  const organisation = await parts.organisations.ensureNamed(ORGANISATION, parts.now());
  const walk = { stage, people: [] as Person[] };
  const [learner, teacher, manager] = [
    await enter(walk, LEARNER.givenName),
    await enter(walk, "Priya"),
    await enter(walk, MANAGER.givenName),
  ];
  return {
    ...walk,
    ...{ look, organisationId: organisation.id, learner, teacher, manager },
    links: new Map(),
    ids: {},
  };
}

async function setUp(walk: Walk): Promise<void> {
  const { look, manager: page, organisationId } = walk;
  const { rosetteUrl, lms, parts } = walk.stage.demo;
  await page.goto(`${rosetteUrl}/nowhere`);
  await look("a page that does not exist", page);
  await page.goto(`${rosetteUrl}/l/00000000-0000-4000-8000-000000000000/progress`);
  await look("a visit that is over", page);
  await page.goto(`${rosetteUrl}/setup/wrong`);
  await look("a set-up link that does not work", page);

  const first = await makeLink(parts, { purpose: "setup", organisationId: undefined });
  await page.goto(`${rosetteUrl}/setup/${first.token}`);
  await look("the first set-up", page);
  const { token } = await makeLink(parts, { purpose: "platform-invitation", organisationId });
  await page.goto(`${rosetteUrl}/lti/register?invitation=${token}`);
  await look("a registration address that somebody opened", page);
  await page.getByRole("link", { name: "Connect it by hand" }).click();
  await page.waitForURL("**/setup/*");
  await send(page, "Connect");
  await look("set-up with nothing filled in", page);
  const { endpoints } = lms;
  const values = {
    "Name of the LMS": "Practice Academy (Guild)",
    "Platform ID (issuer)": lms.issuer,
    "Client ID": CLIENT_ID,
    "Deployment ID": "1",
    "Authentication request URL": endpoints.authorizationUrl,
    "Access token URL": endpoints.tokenUrl,
    "Public keyset URL": endpoints.jwksUrl,
  };
  for (const [label, value] of Object.entries(values)) {
    await page.getByLabel(label, { exact: true }).fill(value);
  }
  await send(page, "Test connection");
  await look("set-up with its connection tested", page);
  await send(page, "Connect");
  await look("a connected LMS", page);
  const code = await page.locator(".notice code").innerText();

  await launch(walk, page, { placement: "administration" });
  await look("becoming an administrator", page);
  await page.getByLabel("Administrator code").fill("AAAA-BBBB-CCCC-DDDD");
  await send(page, "Become an administrator");
  await look("a wrong administrator code", page);
  await page.getByLabel("Administrator code").fill(code);
  await send(page, "Become an administrator");
  await look("the panel of a new organisation", page);
}

const PANEL = ["courses", "lms-courses", "tracks", "awards", "people", "people/names"].concat([
  "results",
  "platforms",
  "issuers",
  "events",
  "audit",
  "failed-work",
]);

async function emptyPanel(walk: Walk): Promise<void> {
  const { look, manager: page } = walk;
  const panel = `${pageOf(page)}/admin`;
  for (const path of PANEL) {
    await page.goto(`${panel}/${path}`);
    await look(`${path}, nothing there yet`, page);
  }
  await page.goto(`${panel}/courses/new`);
  await look("a new course", page);
  await send(page, "Add the course");
  await look("a new course with nothing filled in", page);
  await page.goto(`${panel}/tracks/new`);
  await look("a new track", page);
  await send(page, "Save draft");
  await look("a new track with nothing filled in", page);
  await page.goto(`${panel}/issuers/new`);
  await look("a new issuer", page);
  await send(page, "Save");
  await look("a new issuer with nothing filled in", page);
}

async function newLearner(walk: Walk): Promise<void> {
  const { look, learner: page, teacher, organisationId } = walk;
  const { lms, parts } = walk.stage.demo;
  const targetLinkUri = `${walk.stage.demo.rosetteUrl}/lti/launch`;
  const link = (title: string, custom: Record<string, string>, id = LMS_COURSE): string =>
    lms.addLink(id, { title, targetLinkUri, clientId: CLIENT_ID, custom }).id;
  walk.links.set("progress", link("My progress and badges", { rosette_page: "progress" }));

  await launch(walk, page, inCourse(walk, "progress"));
  await look("a learner without a name and without tracks", page);
  await send(page, "Send for approval");
  await look("a learner who entered no name", page);

  await launch(walk, teacher, { course_id: LMS_COURSE, placement: "course-navigation" });
  await look("a course that waits for approval", teacher);
  await launch(walk, teacher, { course_id: LMS_COURSE, message: "deep-linking" });
  await look("choosing content before approval", teacher);

  const noor = await parts.accounts.findOrCreate(
    { organisationId, issuer: lms.issuer, sub: MANAGER.id },
    parts.now(),
  );
  const { courses } = await teachSmallCourse(walk.stage.demo, organisationId, noor.id);
  const [course] = courses;
  const examId = course?.examId ?? "";
  Object.assign(walk.ids, { courseId: course?.courseId, examId });
  walk.links.set(EXAM, link(EXAM, { rosette_exam: examId }));
  walk.links.set(PROJECT, link(PROJECT, { rosette_exam: course?.projects[0]?.examId ?? "" }));
  await launch(walk, page, inCourse(walk, EXAM));
  await look("an exam that is not open here", page);
}

async function approval(walk: Walk): Promise<void> {
  const { look, manager: page, teacher } = walk;
  const panel = `${pageOf(page)}/admin`;
  await page.goto(panel);
  await look("the panel with something to decide", page);
  await page.goto(`${panel}/lms-courses`);
  await look("LMS courses", page);
  await page.getByRole("link", { name: COURSE.title }).click();
  await look("an LMS course that waits", page);
  await page.locator("summary", { hasText: "Decline" }).click();
  await send(page, "Decline");
  await look("an LMS course that was declined", page);
  await launch(walk, teacher, { course_id: LMS_COURSE, placement: "course-navigation" });
  await look("a course that was declined", teacher);
  await send(page, "Approve");
  await look("an LMS course approved without a course", page);
  await page.getByLabel("Course", { exact: true }).selectOption(walk.ids["courseId"] ?? "");
  await send(page, "Approve");
  await look("an LMS course that was approved", page);
}

async function sitting(walk: Walk): Promise<void> {
  const { look, learner: page } = walk;
  const { lms, parts } = walk.stage.demo;
  await launch(walk, page, inCourse(walk, EXAM));
  await look("an exam's first page", page);
  await send(page, "Start the exam");
  await look("an exam's questions", page);
  await send(page, "Hand in");
  await look("an exam with a question left out", page);
  await page.getByLabel(WRONG).check();
  await send(page, "Hand in");
  await look("an exam that was not passed", page);
  await page.getByRole("link", { name: "Back to the exam's first page" }).click();
  await look("an exam's first page after an attempt", page);
  await send(page, "Start another attempt");
  await page.getByLabel(RIGHT).check();
  lms.faults.serviceDown = true;
  await send(page, "Hand in");
  await look("an exam that was passed", page);
  await page.getByRole("link", { name: "Back to the exam's first page" }).click();
  await look("an exam with all attempts used", page);
  const { organisationId } = walk;
  await waitUntil(
    async () => {
      const failed = await parts.work.listFailed({
        ...{ organisationId, search: "", page: 1, pageSize: 5 },
      });
      return failed.total > 0 ? true : undefined;
    },
    { what: "work that fails", timeoutMs: 60_000 },
  );
  await walk.manager.goto(`${pageOf(walk.manager)}/admin/failed-work`);
  await look("failed work", walk.manager);
  await walk.manager.goto(`${pageOf(walk.manager)}/admin/events`);
  await look("events while work fails", walk.manager);
  lms.faults.serviceDown = false;

  await launch(walk, page, inCourse(walk, PROJECT));
  await look("a project without a grade", page);
}

async function earning(walk: Walk): Promise<void> {
  const { look, learner: page, manager } = walk;
  const { lms } = walk.stage.demo;
  const panel = `${pageOf(manager)}/admin`;
  await launch(walk, page, inCourse(walk, "progress"));
  await waitUntil(
    async () => {
      await page.reload();
      return (await page.getByText("The award is yours").count()) > 0 ? true : undefined;
    },
    { what: "the award", timeoutMs: 60_000 },
  );
  await look("an award that waits for a name", page);
  await page.getByLabel("Your name").fill(NAME_ON_CREDENTIAL);
  await send(page, "Send for approval");
  await look("a name that waits for approval", page);
  await manager.goto(`${panel}/people/names`);
  await look("names to approve", manager);
  await send(manager, /^Approve/);
  await look("a name that was approved", manager);
  await lookAtLicences({ look, page, manager, panel });
  await waitUntil(
    async () => {
      await page.reload();
      return (await page.getByRole("button", { name: /^Create share link/ }).count()) > 0
        ? true
        : undefined;
    },
    { what: "the credential", timeoutMs: 60_000 },
  );
  await look("an earned badge", page);
  await page.getByRole("button", { name: `About the badge ${TRACK}`, exact: true }).focus();
  await look("a badge's details", page);
  await page.keyboard.press("Escape");
  await page.getByRole("link", { name: /^Look at it/ }).click();
  await look("a learner's own credential", page);
  await send(page, "Share by link");
  walk.ids["shareLink"] = await page.getByLabel(/^Share link/).inputValue();
  await look("a shared badge", page);
  await page.getByRole("link", { name: /^Look at it/ }).click();
  await look("a learner's own credential, shared", page);
  await page.getByRole("link", { name: "Back to my progress" }).click();
  await send(page, "Make a code");
  await look("a code for another account", page);
  await page.locator("summary", { hasText: "Enter a code" }).click();
  await page.getByLabel("Code", { exact: true }).fill("AAAA");
  await send(page, "Join the accounts");
  await look("a wrong code for another account", page);

  // A project's grade, given and taken back.
  const place = { courseId: LMS_COURSE, userId: LEARNER.id };
  const column = await waitUntil(
    async () => lms.gradebook(LMS_COURSE).find(({ label }) => label === PROJECT),
    { what: "the column of the project", timeoutMs: 60_000 },
  );
  for (const [score, words, name] of [
    [4, "Not passed", "a project that was not passed"],
    [8, "It is met", "a project that was passed"],
    [null, "taken back", "a project whose grade was taken back"],
  ] as const) {
    lms.grade({ ...place, lineItemId: column.lineItemId, score });
    await waitUntil(
      async () => {
        await launch(walk, page, inCourse(walk, PROJECT));
        return (await page.getByText(words).count()) > 0 ? true : undefined;
      },
      { what: name, timeoutMs: 60_000 },
    );
    await look(name, page);
  }
}

/** Somebody who never comes back deletes their account. */
async function deleteAccount(walk: Walk): Promise<void> {
  const { look, stage } = walk;
  stage.demo.lms.addPerson({
    ...{ id: "leon", givenName: "Leon", familyName: "Abreu", kind: "student" },
    ...{ email: "leon@clinic.example", blurb: "A learner who leaves for good." },
  });
  const page = await enter(walk, "Leon");
  await launch(walk, page, inCourse(walk, "progress"));
  await page.goto(`${pageOf(page)}/backpack`);
  await page.getByRole("link", { name: "Delete my account" }).click();
  await look("deleting an account", page);
  await send(page, "Delete my account");
  await look("deleting an account, without having chosen", page);
  await page.getByRole("radio", { name: /^Keep them/ }).check();
  await page.getByRole("checkbox", { name: /cannot be undone/ }).check();
  await send(page, "Delete my account");
  await look("a deleted account", page);
}

/** Badges from elsewhere: none, one that cannot be read, and one that is not genuine. */
async function keepForeignBadges({ look }: Walk, page: Page): Promise<void> {
  await page.getByRole("link", { name: "Add a badge" }).click();
  await look("no badges from elsewhere", page);
  await send(page, "Check it and add it");
  await look("a badge from elsewhere that is not there", page);
  const credential = {
    "@context": [
      "https://www.w3.org/ns/credentials/v2",
      "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
    ],
    id: "urn:uuid:3f9c2c3e-7a53-4a3b-9d59-0d8e5a1f7b10",
    type: ["VerifiableCredential", "OpenBadgeCredential"],
    issuer: { id: "did:example:nobody", type: ["Profile"], name: "Somewhere Else" },
    validFrom: "2026-01-02T03:04:05Z",
    credentialSubject: {
      ...{ id: "urn:uuid:1f0c2a34-9d8e-4c5b-8a7f-0123456789ab", type: ["AchievementSubject"] },
      achievement: {
        ...{ id: "urn:a", type: ["Achievement"], name: "Pottery", description: "Makes pots." },
        criteria: { narrative: "Make one." },
      },
    },
    proof: { type: "DataIntegrityProof", cryptosuite: "eddsa-rdfc-2022" },
  };
  await page.getByLabel("Or its file").setInputFiles({
    ...{ name: "pottery.json", mimeType: "application/json" },
    buffer: Buffer.from(JSON.stringify(credential)),
  });
  await send(page, "Check it and add it");
  await look("a badge from elsewhere", page);
  await send(page, /^Show in my portfolio/);
  await look("a badge from elsewhere in the portfolio", page);
  await page.getByRole("link", { name: "Back to my backpack" }).click();
  await look("a backpack with a badge from elsewhere", page);
}

/** The page of contents in the file with everything, opened where the file was unpacked. */
async function lookIntoArchive({ look, stage, people }: Walk, page: Page): Promise<void> {
  const downloading = page.waitForEvent("download");
  await page.getByRole("link", { name: "Download everything (ZIP)" }).click();
  const files = await readZip(await readFile(await (await downloading).path()));
  const reader = await openWindow(stage.browser);
  people.push(reader);
  const at = `${stage.demo.rosetteUrl}/unpacked/`;
  await reader.page.route(`${at}**`, async (route) => {
    const path = decodeURIComponent(route.request().url().slice(at.length));
    const contentType = path.endsWith(".png") ? "image/png" : "text/html; charset=utf-8";
    await route.fulfill({ contentType, body: files.get(path) ?? Buffer.from("") });
  });
  await reader.page.goto(`${at}index.html`);
  await look("the contents of a downloaded backpack", reader.page);
}

/** Their own address in their credentials. */
async function ownAddress({ look, learner: page }: Walk): Promise<void> {
  await page.getByRole("link", { name: "My DID or web address in my credentials" }).click();
  await look("no address of one's own", page);
  await page.getByLabel("My DID or web address").fill("me");
  await send(page, "Save");
  await look("what is no address", page);
  await page.getByLabel("My DID or web address").fill("did:web:example.org");
  await send(page, "Save");
  await look("an address of one's own, in credentials to come", page);
  await send(page, "Issue them anew with it");
  await send(page, "Remove it");
  await look("an address of one's own that was removed", page);
  await page.getByRole("link", { name: "Back to my backpack" }).click();
}

/** The learner's backpack in the LMS, and in a browser that the learner lets in. */
async function backpack(walk: Walk): Promise<void> {
  const { look, learner: page } = walk;
  await launch(walk, page, inCourse(walk, "progress"));
  await page.goto(`${pageOf(page)}/backpack`);
  await look("a backpack", page);
  await keepForeignBadges(walk, page);
  await lookIntoArchive(walk, page);
  await page.getByRole("link", { name: "My collections" }).click();
  await look("a backpack by collections", page);
  await send(page, "Add the collection");
  await look("a collection without a name", page);
  await page.getByLabel("New collection").fill("Applications");
  await send(page, "Add the collection");
  await look("a collection", page);
  await send(page, "Open my portfolio");
  walk.ids["portfolio"] = (await page.locator("a[href^='/portfolio/']").getAttribute("href")) ?? "";
  await page.getByRole("link", { name: TRACK, exact: true }).click();
  await look("a credential in the backpack", page);
  await page.getByRole("radio", { name: /^Everyone/ }).check();
  await send(page, "Save who sees it");
  await look("a credential that is public", page);
  await page.getByRole("link", { name: "Back to my backpack" }).click();
  await ownAddress(walk);
  await send(page, "Make a link for another browser");
  await look("a link for another browser", page);
  const link = await page.getByLabel("Your link").inputValue();
  const phone = await openWindow(walk.stage.browser);
  walk.people.push(phone);
  await phone.page.goto(link);
  await look("opening a backpack in another browser", phone.page);
  await send(phone.page, "Open my backpack here");
  await look("a backpack outside the LMS", phone.page);
  await deleteAccount(walk);
}

async function strangers(walk: Walk): Promise<void> {
  const { look, ids } = walk;
  const { rosetteUrl } = walk.stage.demo;
  const stranger = await openWindow(walk.stage.browser);
  walk.people.push(stranger);
  const { page } = stranger;
  const shareLink = ids["shareLink"] ?? "";
  await page.goto(shareLink);
  await look("a shared credential", page);
  await page.goto(`${shareLink}/card`);
  await look("the card of a credential", page);
  await page.goto(`${rosetteUrl}${ids["portfolio"] ?? ""}`);
  await look("a portfolio", page);
  await page.goto(`${rosetteUrl}/catalog`);
  await look("the catalogue", page);
  await page.goto(`${rosetteUrl}/backpack`);
  await look("a backpack that is not open here", page);
  await page.goto(shareLink);
  await page.getByRole("link", { name: "About this micro-credential" }).click();
  await look("a micro-credential", page);
  await page.getByRole("link", { name: ORGANISATION }).click();
  await look("an issuer", page);
  await page.getByRole("link", { name: "Check a credential" }).click();
  await look("checking a credential", page);
  await send(page, "Check it");
  await look("checking nothing", page);
  const jwt = await (await page.request.get(`${shareLink}.jwt`)).text();
  const box = page.getByLabel("Credential", { exact: true });
  for (const [name, text] of [
    ["a valid credential", jwt],
    ["a forged credential", `${jwt.slice(0, -6)}AAAAAA`],
    ["something else than a credential", "hello"],
  ] as const) {
    await box.fill(text);
    await send(page, "Check it");
    await look(name, page);
  }
  await page.goto(`${rosetteUrl}/credentials/00000000-0000-4000-8000-000000000000`);
  await look("a credential that is not shared", page);
}

async function teaching(walk: Walk): Promise<void> {
  const { look, teacher: page, stage } = walk;
  const { lms } = stage.demo;
  await launch(walk, page, { course_id: LMS_COURSE, placement: "course-navigation" });
  await look("an instructor's course", page);
  await page.locator("td summary").first().click();
  await look("an instructor's course, a track opened", page);
  await page.getByRole("link", { name: "Stuck" }).click();
  await page.waitForURL(/show=stuck/);
  await look("an instructor's course, who is stuck", page);
  await page.goto(`${pageOf(page)}/course?show=close`);
  await look("an instructor's course, who is close", page);
  await page.goto(`${pageOf(page)}/course?search=nobody`);
  await look("a search for a learner who is not there", page);
  await page.goto(`${pageOf(page)}/progress`);
  await look("an instructor at the learners' page", page);
  await page.getByRole("link", { name: TRACK }).first().click();
  await page.waitForURL(/\/tracks\//);
  await look("an instructor at a track's page", page);
  await page.goto(`${pageOf(page)}/admin`);
  await look("a page for others", page);
  await launch(walk, page, inCourse(walk, EXAM));
  await look("an exam's preview", page);
  await launch(walk, page, inCourse(walk, PROJECT));
  await look("a project's preview", page);

  await launch(walk, page, { ...inCourse(walk, EXAM), review_of: LEARNER.id });
  await look("a learner's attempts", page);

  const lti = "https://purl.imsglobal.org/spec/lti/claim/";
  lms.faults.alterClaims = (claims) => ({
    ...claims,
    [`${lti}roles`]: ["http://purl.imsglobal.org/vocab/lis/v2/membership#Mentor"],
    [`${lti}role_scope_mentor`]: [LEARNER.id],
  });
  await launch(walk, page, inCourse(walk, "progress"));
  lms.faults.clear();
  await look("a mentor's learners", page);
  await page.locator("main li a").first().click();
  await page.waitForURL(/\/mentees\/./);
  await look("a learner as their mentor sees them", page);

  await launch(walk, page, { course_id: LMS_COURSE, message: "deep-linking" });
  await look("choosing content", page);
  await send(page, "Add to the course");
  await look("choosing nothing", page);
  await page.getByRole("checkbox").first().check();
  await holdStill(page);
  await send(page, "Add to the course");
  await look("content on its way to the LMS", page);
  await send(page, "Return to your course");
  await look("LMS: content added", page);
  await page.unrouteAll();
  const settings = "https://purl.imsglobal.org/spec/lti-dl/claim/deep_linking_settings";
  lms.faults.alterClaims = (claims) => ({
    ...claims,
    [settings]: { ...(claims[settings] as object), accept_types: ["html"] },
  });
  await launch(walk, page, { course_id: LMS_COURSE, message: "deep-linking" });
  lms.faults.clear();
  await look("an LMS that takes no links", page);
}

async function studentView(walk: Walk): Promise<void> {
  const { look, teacher: page, stage } = walk;
  await page.goto(`${stage.demo.lms.url}/courses/${LMS_COURSE}`);
  await look("LMS: a course, for its instructor", page);
  await send(page, "Student view");
  await look("LMS: a course in Student View", page);
  await launch(walk, page, inCourse(walk, EXAM));
  await look("Student View: an exam's first page", page);
  await page.getByRole("link", { name: "Try the exam" }).click();
  await look("Student View: questions", page);
  await page.getByLabel(WRONG).check();
  await send(page, "Hand in");
  await look("Student View: a result", page);
  await launch(walk, page, inCourse(walk, PROJECT));
  await look("Student View: a project", page);
  await launch(walk, page, inCourse(walk, "progress"));
  await look("Student View: progress", page);
  await page.goto(`${stage.demo.lms.url}/courses`);
  await send(page, "Leave student view");
}

async function refusals(walk: Walk): Promise<void> {
  const { look, learner: page, stage } = walk;
  const { lms, rosetteUrl } = stage.demo;
  const { faults } = lms;
  const spoil = (name: string, value: unknown) => {
    faults.alterClaims = (claims) => ({ ...claims, [name]: value });
  };
  const lti = (name: string) => `https://purl.imsglobal.org/spec/lti/claim/${name}`;
  const cases: [name: string, spoilIt: () => void][] = [
    ["a forged signature", () => (faults.signWith = "forged-kid")],
    [
      "an old sign-in",
      () => {
        spoil("exp", 1_700_000_000);
      },
    ],
    [
      "another version of LTI",
      () => {
        spoil(lti("version"), "1.1");
      },
    ],
    [
      "an unknown part of the LMS",
      () => {
        spoil(lti("deployment_id"), "77");
      },
    ],
  ];
  for (const [name, spoilIt] of cases) {
    spoilIt();
    await launch(walk, page, inCourse(walk, "progress"));
    faults.clear();
    await look(`refused: ${name}`, page);
  }
  const target = encodeURIComponent(`${rosetteUrl}/lti/launch`);
  const login = `${rosetteUrl}/lti/login?login_hint=a&target_link_uri=${target}`;
  await page.goto(`${login}&iss=https%3A%2F%2Funknown.example`);
  await look("refused: an unknown LMS", page);
}

/** These pages stand in a frame; they are looked at as pages of their own, as they were sent. */
async function withoutCookies(walk: Walk): Promise<void> {
  const { look, stage } = walk;
  const { lms, rosetteUrl } = stage.demo;
  const linkId = walk.links.get("progress") ?? "";
  const place = { clientId: CLIENT_ID, courseId: LMS_COURSE, linkId, userId: LEARNER.id };
  const launched = await launchWithoutCookies(lms, { rosetteUrl, ...place });
  const { login, storage, handBack, secret } = launched;
  const newWindow = await handBack(secret);
  const { page, leave } = await openWindow(stage.browser);
  await holdStill(page);
  for (const [name, { html }] of Object.entries({ login, storage, newWindow })) {
    // What the script shows, were it not held still.
    const body = html.replace("hidden data-blocked", "data-blocked");
    await page.route(`${rosetteUrl}/as-sent`, async (route) => {
      await route.fulfill({ contentType: "text/html", body });
    });
    await page.goto(`${rosetteUrl}/as-sent`);
    await look(`without cookies: ${name}`, page);
  }
  await leave();
}

async function administering(walk: Walk): Promise<void> {
  const { look, manager: page, ids } = walk;
  const { lms } = walk.stage.demo;
  await launch(walk, page, { placement: "administration" });
  const panel = `${pageOf(page)}/admin`;
  const course = `${panel}/courses/${ids["courseId"]}`;
  await look("the panel", page);
  for (const path of PANEL) {
    await page.goto(`${panel}/${path}`);
    await look(path, page);
    if (path === "people/names" || path === "failed-work") continue;
    await page.goto(`${panel}/${path}?search=zebra`);
    await look(`${path}, found nothing`, page);
  }
  await page.goto(`${panel}/people?search=mina`);
  await look("people found", page);
  await page.locator("a[href*='/admin/learners/']").first().click();
  await page.waitForURL(/\/learners\//);
  await look("a learner, for an administrator", page);
  await page.getByRole("link", { name: "Transcript of hours" }).click();
  await page.waitForURL(/\/hours/);
  await look("a learner's hours, for an administrator", page);
  await page.goto(`${panel}/people?search=mina`);
  await send(page, "Make a one-time code");
  await look("a one-time code", page);
  await page.goto(`${panel}/people?search=mina`);
  await send(page, /^Make administrator/);
  await page.locator("summary", { hasText: "Remove" }).first().click();
  await look("removing an administrator", page);
  await page.goto(`${panel}/platforms`);
  await send(page, "Make an invitation link");
  await look("an invitation link", page);
  await page.getByRole("link", { name: "Practice Academy (Guild)" }).click();
  await look("a platform", page);
  lms.faults.jwksDown = true;
  await send(page, "Test connection");
  lms.faults.clear();
  await look("a platform whose connection was tested", page);
  await platformPages(walk, page);
  await page.goto(`${panel}/platforms`);
  await page.getByRole("link", { name: "Practice Academy (Guild)" }).click();
  await page.locator("summary", { hasText: "Accept all deployments" }).click();
  await look("accepting all deployments", page);
  await send(page, "Accept all deployments");
  await look("a platform that accepts all deployments", page);
  await page.getByRole("link", { name: "Change its addresses" }).click();
  await look("the addresses of a platform", page);
  await page.getByLabel("Access token URL").fill(`${lms.url}/nowhere`);
  await send(page, "Test connection");
  await look("changed addresses that were tested", page);

  await page.goto(course);
  await look("a course", page);
  await page.goto(`${course}/edit`);
  await look("changing a course", page);
  await page.goto(`${course}/editions/new`);
  await look("a new edition of a course", page);
  await page.goto(`${course}/exams/${ids["examId"]}`);
  await look("an exam's settings", page);
  await page.goto(`${course}/exams/${ids["examId"]}/questions`);
  await look("an exam's questions, being written", page);
  await send(page, "Answered by a number");
  await send(page, "Save the questions");
  await look("questions with faults", page);
  await page.goto(`${course}/projects/new`);
  await look("a new project", page);
  await page.goto(course);
  await page.getByRole("link", { name: `Settings of ${PROJECT}` }).click();
  await page.locator("summary", { hasText: "Remove" }).click();
  await look("removing a project", page);

  await page.goto(`${panel}/tracks`);
  await page.getByRole("link", { name: TRACK, exact: true }).click();
  await look("a published track", page);
  await page.getByRole("link", { name: "Version 1" }).click();
  await look("a version of a track", page);
  await page.goto(page.url().replace(/versions\/1.*$/u, "learners"));
  await look("nobody who began under an earlier version", page);
  await page.getByRole("link", { name: "Back to the track" }).click();
  await page.getByRole("link", { name: "Change it" }).click();
  await look("changing a track", page);
  await send(page, "Add a group of steps");
  await send(page, "Add a competency");
  await send(page, "Save draft");
  await look("a track with faults", page);
  await page.getByRole("link", { name: "Cancel" }).click();
  await page.getByRole("link", { name: "Change it" }).click();
  await send(page, "Save draft");
  await look("a track with a draft", page);
  await page.getByRole("link", { name: "Try it on a learner" }).click();
  await look("a draft to try", page);
  await page.getByLabel(/^Name, e-mail/).fill("mina");
  await send(page, "Search");
  await look("a draft to try, learners found", page);
  await page.locator("#people li a").first().click();
  await page.waitForURL(/learner=/);
  await look("a draft tried on a learner", page);
  await page.getByLabel(/^or the result/).fill("many");
  await send(page, "Try it");
  await look("a draft tried on a result that is none", page);
  await page.getByLabel(/^or the result/).fill("40");
  await send(page, "Try it");
  await look("a draft tried on an invented learner", page);
  await page.getByRole("link", { name: "Back to the track" }).click();
  await page.locator("summary", { hasText: "Discard" }).click();
  await look("a track about to be discarded", page);
  await send(page, /^Publish as version/);
  await look("a track about to be published", page);

  await page.goto(`${panel}/awards`);
  await page.getByRole("link", { name: NAME_ON_CREDENTIAL }).first().click();
  await look("an award", page);
  await send(page, "Revoke");
  await look("an award about to be revoked without a reason", page);
  await page.getByLabel("Reason").fill("Somebody else sat the exam.");
  await send(page, "Revoke");
  await look("an award that was revoked", page);
  await page.goto(`${panel}/audit`);
  await look("the audit trail", page);
  const { learner } = walk;
  await launch(walk, learner, inCourse(walk, EXAM));
  await learner.goto(`${pageOf(learner)}/progress`);
  await look("a learner whose award was revoked", learner);
}

async function practiceLms(walk: Walk): Promise<void> {
  const { look, manager, teacher, learner, organisationId } = walk;
  const { lms, parts } = walk.stage.demo;
  const stranger = await openWindow(walk.stage.browser);
  walk.people.push(stranger);
  await stranger.page.goto(lms.url);
  await look("LMS: sign-in", stranger.page);
  await stranger.page.goto(`${lms.url}/nowhere`);
  await look("LMS: a page that does not exist", stranger.page);
  const course = `${lms.url}/courses/${LMS_COURSE}`;
  await learner.goto(`${lms.url}/courses`);
  await look("LMS: a learner's courses", learner);
  await learner.goto(course);
  await look("LMS: a course", learner);
  await learner.getByRole("link", { name: EXAM }).first().click();
  await learner.frameLocator("iframe.tool").locator("footer.foot").waitFor();
  await look("LMS: an activity", learner);
  await learner.goto(`${course}/gradebook`);
  await look("LMS: not for learners", learner);
  await holdStill(learner);
  await learner.goto(`${lms.url}/launch?course_id=${LMS_COURSE}&link_id=${walk.links.get(EXAM)}`);
  await look("LMS: on the way to the tool", learner);
  await learner.unrouteAll();

  await teacher.goto(`${course}/gradebook`);
  await look("LMS: the gradebook", teacher);
  const cell = teacher.locator("tr", { hasText: LEARNER.familyName }).getByRole("textbox").first();
  for (const [text, name] of [
    ["many", "LMS: a grade that is no number"],
    ["5", "LMS: a grade that was saved"],
  ] as const) {
    await cell.fill(text);
    await Promise.all([teacher.waitForEvent("domcontentloaded"), cell.press("Enter")]);
    await look(name, teacher);
  }
  lms.addCourse({ id: "walk-empty", code: "WALK-0", title: "Nothing yet", links: [] });
  await teacher.goto(`${lms.url}/courses/walk-empty`);
  await look("LMS: an empty course", teacher);
  await teacher.goto(`${lms.url}/courses/walk-empty/gradebook`);
  await look("LMS: an empty gradebook", teacher);

  await manager.goto(`${lms.url}/courses`);
  await look("LMS: an administrator's courses", manager);
  await manager.goto(`${lms.url}/tools`);
  await look("LMS: tools", manager);
  await manager.getByLabel("Registration address").fill("not an address");
  await send(manager, "Add the tool");
  await look("LMS: a wrong registration address", manager);
  const invitation = await parts.makeInvitationLink(organisationId);
  await manager.getByLabel("Registration address").fill(invitation);
  await send(manager, "Add the tool");
  await manager.frameLocator("iframe.tool").locator("footer.foot").waitFor();
  await look("LMS: a tool that registers itself", manager);
  await manager.goto((await manager.locator("iframe.tool").getAttribute("src")) ?? "");
  await look("an LMS that wants to register", manager);
  await send(manager, "Connect");
  await look("an LMS that registered itself", manager);
  await manager.goto(`${lms.url}/tools`);
  await look("LMS: a tool to activate", manager);
}

/** All pages, in an order in which each finds what it shows. */
export const walks: { title: string; walk: (walk: Walk) => Promise<void> }[] = [
  { title: "from the set-up link to the first administrator", walk: setUp },
  { title: "on the panel of an organisation that has nothing yet", walk: emptyPanel },
  { title: "for a learner and an instructor before anything is approved", walk: newLearner },
  { title: "while an LMS course is approved", walk: approval },
  { title: "while an exam is sat", walk: sitting },
  { title: "from an award to its credential, and on a project", walk: earning },
  { title: "of a learner's backpack", walk: backpack },
  { title: "that strangers see", walk: strangers },
  { title: "for instructors", walk: teaching },
  { title: "in Student View", walk: studentView },
  { title: "that refuse a launch", walk: refusals },
  { title: "for a browser that keeps no cookies", walk: withoutCookies },
  { title: "on the panel of an organisation at work", walk: administering },
  { title: "about an activity, from its making to its acceptance", walk: activityPages },
  { title: "about results from elsewhere", walk: resultPages },
  { title: "of the ledger of equivalencies", walk: equivalencyPages },
  { title: "of learners who are moved to another version", walk: movePages },
  { title: "of the practice LMS, and of its registration", walk: practiceLms },
];
