import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { load } from "cheerio";
import { parse as parseCsv } from "csv-parse/sync";
import { expect } from "chai";
import { sessionCookie } from "../../config/http-policy.js";
import { createApp } from "../../src/app.js";
import { sessionIdOf } from "../../src/launch/session.js";
import { createLog } from "../../src/log.js";
import { createSealedBox } from "../../src/sealed-box.js";
import { createParts } from "../../src/parts/parts.js";
import { newId } from "../../src/stored-record.js";
import { NO_INITIALS } from "../../src/tracks/track.js";
import { listRoutes, type Route } from "../support/list-routes.js";
import { eventually } from "../support/story-school.js";
import { Browser } from "../support/test-browser.js";
import { startTestProduct, type TestProduct } from "../support/test-product.js";
import { addressOf, callerOf, inOrder, isPublic, meaningOf } from "./route-cases.js";
import { SHOWN, spoilNames } from "./spoiled-names.js";
import { holdsOperator, MARK, type Writing, writings } from "./store-operators.js";
import { CERTIFICATE, fillTenant, type Ids, type Tenant, visitOf, type Who } from "./tenant.js";
import { codeIn, send } from "./wire.js";

const rootDir = fileURLToPath(new URL("../..", import.meta.url));

/** Where a certificate's name stands in a list, and an archive of what says it itself. */
const NAMES_ALONE = /\/admin\/(tracks|awards)$|export\.zip$/;

const MALFORMED = ["x", "%24ne", "[object%20Object]", "..%2f..%2fetc", "0".repeat(300), "%00"];

const form = {
  ...{ do: "save", code: "X", title: "X", contactHours: "1", subject: "X", version: "X" },
  ...{ examTitle: "X", passMarkPercent: "1", scoreMaximum: "1", gradeSource: "hosted" },
  ...{ decision: "approve", name: "Somebody", visibility: "link", incomplete: "yes" },
  ...{ evidence: "yes", hours: "yes", holderId: "https://example.org/me" },
};

/** As whom a page is read, and with what behind its address. */
type Reader = { who: Who; query?: string };

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
    mounted = listRoutes(createApp(product.parts, rootDir));
    routes = mounted.filter(({ parameters }) => parameters.length > 0);
    await startOtherProcess();
    await product.parts.work.start({ isAlone: true });
    ours = await fillTenant(product, product.organisationId, {});
    const other = await product.parts.organisations.ensureNamed("Elsewhere", new Date());
    theirs = await fillTenant(product, other.id, { organisationId: other.id });
  });
  after(async () => {
    otherProcess.closeAllConnections();
    await new Promise((resolve) => otherProcess.close(resolve));
    await product.parts.work.stop();
    await product.close();
  });

  /** Like another process, which remembers nothing of this one; and it counts no requests. */
  async function startOtherProcess(): Promise<void> {
    const { connection, parts } = product;
    const fresh = createParts({
      ...{ connection, settings: parts.settings, log: createLog(parts.settings) },
      ...{ sealedBox: createSealedBox("ab".repeat(32)), now: () => new Date() },
    });
    const uncounted = { ...fresh, countRequest: () => Promise.resolve(undefined) };
    otherProcess = createServer(createApp(uncounted, rootDir));
    await new Promise<void>((resolve) => otherProcess.listen(0, "localhost", resolve));
    origin = `http://localhost:${(otherProcess.address() as AddressInfo).port}`;
  }

  /** The same in a browser that the learner let in. */
  async function callOutside(method: string, path: string) {
    const { browser, formToken } = ours.device;
    const url = product.url + path;
    return method === "get"
      ? await browser.get(url)
      : await browser.post(url, { ...form, _csrf: formToken });
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
      const meaning = meaningOf(name, route.path);
      const foreign = theirs.ids[meaning] ?? "";
      // There, and not ours: what is nowhere would not be found anyway.
      expect(foreign, what).to.not.be.oneOf(["", ours.ids[meaning]]);
      const answer = await call(route, { [name]: foreign });
      expect(answer.status, what).to.equal(404);
      expectPage(answer.text, what);
    }
  });

  it("says that a certificate gives no initials wherever it tells of one", async () => {
    const { organisationId = "", accountId = "", credentialId = "" } = ours.ids;
    await product.parts.credentials.setVisibility({
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

    /** Reads an address of a tenant's as one of them. */
    async function read(tenant: Tenant, path: string, { who, query = "" }: Reader) {
      const browser = who === "device" ? tenant.device.browser : visitOf(tenant, who)?.browser;
      const jar = browser?.cookies.get(product.url) ?? new Map<string, string>();
      const launchId = visitOf(tenant, who)?.launch.id ?? "";
      return await send({
        ...{ origin, path: `${addressOf(tenant, path, { launchId })}${query}` },
        cookies: [...jar].map(([name, value]) => `${name}=${value}`),
      });
    }

    it("shows them as text, on every page and in every picture", async () => {
      const shown = new Set<string>();
      for (const { path } of mounted.filter(({ method }) => method === "get")) {
        for (const who of new Set([callerOf(path), "instructor" as const])) {
          const { status, type, text } = await read(theirs, path, { who });
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

    it("gives no spreadsheet a formula that somebody wrote, in no file", async () => {
      const files = mounted.filter(({ path }) => path.endsWith(".csv"));
      expect(files.length).to.equal(5);
      const shown: string[] = [];
      for (const { path } of files) {
        const { status, type, text } = await read(theirs, path, { who: callerOf(path) });
        expect([status, type], path).to.deep.equal([200, "text/csv; charset=utf-8"]);
        const rows: string[][] = parseCsv(text, { bom: true, relax_column_count: true });
        const cells = rows.flat();
        // A number that is below nothing is no formula.
        const formulas = cells.filter(
          (cell) => /^[=+\-@\t\r]/.test(cell) && Number.isNaN(Number(cell)),
        );
        expect(formulas, path).to.deep.equal([]);
        if (cells.some((cell) => cell.startsWith("'=") && cell.includes("<script")))
          shown.push(path);
      }
      // The reasons for refused lines are sentences of ours.
      expect(shown).to.have.length(4);
    });

    it("shows nothing of them to another organisation, searched for or not", async () => {
      const isOpen = (path: string) => isPublic(path) || path.startsWith("/catalog");
      let pages = 0;
      for (const { path } of mounted.filter(({ method }) => method === "get")) {
        if (isOpen(path)) continue;
        for (const query of ["", "?search=attack"]) {
          const { status, text } = await read(ours, path, { who: callerOf(path), query });
          expect(text, path).not.to.match(/attack-[a-zA-Z]+\.|onattack/);
          if (status === 200) pages += 1;
        }
      }
      expect(pages).to.be.greaterThan(100);
    });
  });

  describe("given operators of the store's query language", () => {
    let attacked: Tenant;
    let names: string[];
    const letThrough: string[] = [];
    let commands = 0;

    before(async () => {
      const { id: organisationId } = await product.parts.organisations.ensureNamed(
        ...["Attacked", new Date()],
      );
      attacked = await fillTenant(product, organisationId, { organisationId });
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
      return (await product.parts.launches.findVisit(asked, new Date()))?.kept.csrfToken;
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
