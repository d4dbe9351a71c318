import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import type { Connection } from "mongoose";
import {
  startPracticeLms,
  type LaunchPlacement,
  type Mood,
  type PracticeLms,
  type PracticeLmsOptions,
  type PracticeTool,
} from "practice-lms";
import type { LaunchMessageType } from "practice-lms";
import { type Settings, readEnvironment } from "../../config/environment.js";
import { sessionCookie } from "../../config/http-policy.js";
import { createApp } from "../../src/app.js";
import { buildIndexes } from "../../src/database.js";
import type { Launch } from "../../src/launch/launch.js";
import { sessionIdOf } from "../../src/launch/session.js";
import { createLog } from "../../src/log.js";
import type { Deployment, Platform } from "../../src/platforms/platform.js";
import { createSealedBox } from "../../src/sealed-box.js";
import { createParts, type Parts } from "../../src/parts/parts.js";
import { newId } from "../../src/stored-record.js";
import { Browser, type PageAnswer } from "./test-browser.js";
import { openTestDatabase } from "./test-database.js";

const rootDir = fileURLToPath(new URL("../..", import.meta.url));

export type TestProduct = {
  parts: Parts;
  /** The product's database, for looking at what was written. */
  connection: Connection;
  /** For standing between the product and a browser. */
  server: Server;
  /** Our origin, with a real server behind it. */
  url: string;
  organisationId: string;
  /** The registration at the LMS that came with the product; its one deployment is approved. */
  lms: PracticeLms;
  platform: Platform;
  /** Puts the clock elsewhere; undefined lets it run again. */
  setNow(now: Date | undefined): void;
  /** Starts another practice LMS and registers us there, for the same organisation or another. */
  connectLms(options?: ConnectOptions): Promise<{ lms: PracticeLms; platform: Platform }>;
  /** Registers us once more at an LMS, under a client id of its own. */
  register(lms: PracticeLms, options: RegisterOptions): Promise<Platform>;
  /** Launches as the LMS' pages do and lands; `base` is `/l/:launchId`. */
  launchAs(who: LaunchWish): Promise<TestVisit>;
  close(): Promise<void>;
};

export type ConnectOptions = PracticeLmsOptions & { mood?: Mood; organisationId?: string };
type RegisterOptions = {
  clientId: string;
  deploymentId?: string;
  organisationId?: string;
  tool?: Partial<PracticeTool>;
};

export type LaunchWish = {
  userId: string;
  courseId?: string;
  linkId?: string;
  messageType?: LaunchMessageType;
  forUserId?: string | undefined;
  placement?: LaunchPlacement;
  clientId?: string;
  deploymentId?: string;
  lms?: PracticeLms;
  /** To launch again in the same browser. */
  browser?: Browser;
};

export type TestVisit = {
  browser: Browser;
  base: string;
  launch: Launch;
  /** Where the launch landed after its redirects. */
  landing: PageAnswer;
  /** `visit.get("/progress")` reads `/l/:launchId/progress`. */
  get(path: string): Promise<PageAnswer>;
  /** Posts a form below the visit with its form token. */
  post(path: string, form?: Record<string, string | string[]>): Promise<PageAnswer>;
};

/** Every launch's way in, step by step; each step may be left out or changed by a test. */
export async function beginLaunch(
  product: Pick<TestProduct, "lms">,
  wish: LaunchWish,
): Promise<{ browser: Browser; idToken: string; state: string; authorizationUrl: string }> {
  const { browser = new Browser(), lms = product.lms, ...args } = wish;
  const { loginUrl, parameters } = lms.startLaunch(args);
  const login = await browser.post(loginUrl, parameters);
  if (login.status !== 302) throw new Error(`login: ${login.status} ${login.text}`);
  const authorizationUrl = login.headers["location"] ?? "";
  const { text } = await browser.get(authorizationUrl);
  const fieldOf = (name: string) => new RegExp(`name="${name}"\\s+value="([^"]*)"`).exec(text)?.[1];
  const idToken = fieldOf("id_token");
  if (idToken === undefined) throw new Error(`the LMS did not sign: ${text}`);
  return { browser, idToken, state: fieldOf("state") ?? "", authorizationUrl };
}

async function findKept({ parts, url }: TestProduct, browser: Browser, launchId: string) {
  const token = browser.cookies.get(url)?.get(sessionCookie.name) ?? "";
  const asked = { sessionId: sessionIdOf(token), launchId };
  const kept = (await parts.launches.findVisit(asked, parts.now()))?.kept;
  if (kept === undefined) throw new Error("the launch left no session or no visit");
  return kept;
}

async function launchAs(product: TestProduct, wish: LaunchWish): Promise<TestVisit> {
  const { browser, idToken, state } = await beginLaunch(product, wish);
  const posted = await browser.post(`${product.url}/lti/launch`, { id_token: idToken, state });
  if (posted.status !== 303) throw new Error(`launch: ${posted.status} ${posted.text}`);
  const location = posted.headers["location"] ?? "";
  const base = /^\/l\/[^/]+/.exec(location)?.[0] ?? "";
  const landing = await browser.follow(product.url + location);
  const kept = await findKept(product, browser, base.slice("/l/".length));
  return {
    browser,
    base,
    landing,
    launch: kept.launch,
    get: async (path) => await browser.get(product.url + base + path),
    post: async (path, form = {}) =>
      await browser.post(product.url + base + path, { _csrf: kept.csrfToken, ...form }),
  };
}

/** The whole product on a fresh database, beside a practice LMS that knows it. */
export async function startTestProduct(
  options: ConnectOptions & { monitorCommands?: boolean } = {},
): Promise<TestProduct> {
  const { monitorCommands = false } = options;
  const database = await openTestDatabase({ monitorCommands });
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
  const url = `http://localhost:${(server.address() as AddressInfo).port}`;
  let frozenNow: Date | undefined;
  const now = () => frozenNow ?? new Date();
  const settings: Settings = readEnvironment({
    NODE_ENV: "test",
    PUBLIC_URL: url,
    LOG_LEVEL: "silent",
    ALLOW_PRIVATE_PLATFORMS: "true",
  });
  const parts = createParts({
    connection: database.connection,
    settings,
    log: createLog(settings),
    sealedBox: createSealedBox("ab".repeat(32)),
    now,
  });
  await buildIndexes(database.connection);
  server.on("request", createApp(parts, rootDir));
  const organisation = await parts.organisations.ensureFirst("Academy", now());
  const started: PracticeLms[] = [];

  async function register(lms: PracticeLms, wish: RegisterOptions): Promise<Platform> {
    const { clientId, deploymentId = "1", organisationId = organisation.id } = wish;
    lms.addTool({
      clientId,
      deploymentIds: [deploymentId],
      loginUrl: `${url}/lti/login`,
      redirectUrls: [`${url}/lti/launch`],
      jwksUrl: `${url}/lti/jwks`,
      title: "Rosette",
      privacy: "public",
      deepLinkingUrl: `${url}/lti/launch`,
      ...wish.tool,
    });
    const platform: Platform = {
      id: newId(),
      organisationId,
      name: `Practice ${clientId}`,
      issuer: lms.issuer,
      clientId,
      authorizationUrl: lms.endpoints.authorizationUrl,
      tokenUrl: lms.endpoints.tokenUrl,
      tokenAudience: undefined,
      jwksUrl: lms.endpoints.jwksUrl,
      family: "other",
      acceptsAnyDeployment: false,
      createdAt: now(),
    };
    await parts.platforms.addOnce(platform);
    const approved: Omit<Deployment, "id" | "firstSeenAt"> = {
      platformId: platform.id,
      deploymentId,
      organisationId,
      status: "approved",
    };
    await parts.deployments.ensure({ ...approved, at: now() });
    return platform;
  }

  async function connectLms({ organisationId, ...wish }: ConnectOptions = {}) {
    const lms = await startPracticeLms({ now, ...wish });
    started.push(lms);
    const clientId = `client-${started.length}`;
    const platform = await register(lms, {
      clientId,
      ...(organisationId === undefined ? {} : { organisationId }),
    });
    return { lms, platform };
  }

  const first = await connectLms(options);
  const product: TestProduct = {
    parts,
    connection: database.connection,
    server,
    url,
    organisationId: organisation.id,
    ...first,
    setNow: (to) => {
      frozenNow = to;
    },
    connectLms,
    register,
    launchAs: async (wish) => await launchAs(product, wish),
    close: async () => {
      for (const lms of started) await lms.stop();
      await new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      });
      await database.close();
    },
  };
  return product;
}

/** Ruth, who administers the LMS, as an administrator of Rosette as well. */
export async function launchAsAdministrator(
  product: Pick<TestProduct, "launchAs" | "parts">,
  lms?: PracticeLms,
): Promise<TestVisit> {
  const visit = await product.launchAs({
    ...{ userId: "ruth", placement: "administration" },
    ...(lms === undefined ? {} : { lms }),
  });
  const { accountId: id, organisationId } = visit.launch;
  const grant = { id, organisationId, grantedBy: undefined, grantedAt: new Date() };
  await product.parts.grants.addOnce(grant);
  return visit;
}
