import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { requestsPerMinute } from "../../config/http-policy.js";
import { createApp } from "../../src/app.js";
import type { RequestKind } from "../../src/web/limit-requests.js";
import { listRoutes, type Route } from "../support/list-routes.js";
import { startTestProduct, type TestProduct } from "../support/test-product.js";
import { type SimulatedPlatform, startSimulatedPlatform } from "./simulated-platform.js";
import { codeIn, send } from "./wire.js";
import { beginLogin, goodClaims, postLaunch, type World } from "./world.js";

const rootDir = fileURLToPath(new URL("../..", import.meta.url));
const CLASSROOM = 300;
const [SCHOOL, ATTACKER] = ["127.0.0.1", "127.0.0.9"];

const listen = async (server: Server): Promise<string> => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};
const close = async (server: Server): Promise<void> => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
};

describe("a flood", function () {
  this.timeout(60_000);
  let product: TestProduct;
  let server: Server;
  let origin: string;
  let routes: Route[];
  /** What each request was counted as, since it was last emptied. */
  const counted: [kind: RequestKind, address: string][] = [];
  let isFull = false;

  before(async () => {
    product = await startTestProduct();
    const { countRequest } = product.parts;
    const app = createApp(
      {
        ...product.parts,
        countRequest: async (kind, address) => {
          counted.push([kind, address]);
          return isFull ? { retryAfterMs: 1000 } : await countRequest(kind, address);
        },
      },
      rootDir,
    );
    routes = listRoutes(app);
    server = createServer(app);
    origin = await listen(server);
  });
  after(async () => {
    await close(server);
    await product.close();
  });
  beforeEach(() => {
    counted.length = 0;
    isFull = false;
  });

  const addressOf = ({ path }: Route): string => path.replace(/:\w+/g, "x");

  it("finds a limit at every address, but for whether the process is well and style sheets", async () => {
    isFull = true;
    const open: string[] = [];
    for (const route of routes) {
      counted.length = 0;
      const method = route.method === "get" ? "GET" : "POST";
      const { status } = await send({ origin, path: addressOf(route), method });
      if (status !== 429) open.push(route.path);
      else expect(requestsPerMinute[counted[0]?.[0] ?? "launch"], route.path).to.be.within(6, 6000);
    }
    expect(routes.length).to.be.greaterThan(100);
    // What costs no more than a refusal would, and a page cannot do without.
    const sheets = ["/assets/rosette.css", "/assets/card.css"];
    expect(open).to.have.members(["/healthz", "/readyz", ...sheets]);
  });

  it("of bytes is cut off at every address that takes any", async () => {
    const taking = routes.filter(({ method }) => method === "post");
    expect(taking.length).to.be.greaterThan(50);
    const [form, json] = ["application/x-www-form-urlencoded", "application/json"];
    for (const { path, ...route } of taking) {
      const size = path === "/api/v1/results" ? 2_200_000 : 300_000;
      const isJson = path === "/lti/notices" || path === "/verify";
      for (const type of isJson ? [form, json] : [form]) {
        const body = type === json ? JSON.stringify("x".repeat(size)) : "a=".padEnd(size, "x");
        const headers = { "content-type": type };
        const address = addressOf({ path, ...route });
        // Nobody is counted here: it is the size that has to be refused.
        const answer = await send({ origin, path: address, method: "POST", headers, body });
        expect([answer.status, path]).to.deep.equal([413, path]);
      }
    }
  });

  it("of headers is cut off before anything is read of them", async () => {
    const headers = { "x-filler": "x".repeat(20_000) };
    expect((await send({ origin, path: "/lti/jwks", headers })).status).to.equal(431);
    expect(counted).to.deep.equal([]);
  });

  describe("at one platform", () => {
    let platform: SimulatedPlatform;
    let silent: Server;
    let askedForKeys = 0;
    let school: World;
    let flooded: World;

    before(async () => {
      platform = await startSimulatedPlatform("first");
      // Its keys are asked for, and it never answers.
      silent = createServer(() => {
        askedForKeys += 1;
      });
      const silentUrl = await listen(silent);
      const register = async (clientId: string, issuer: string, jwksUrl: string) => {
        const id = crypto.randomUUID();
        await product.parts.platforms.addOnce({
          ...{ ...product.platform, id, clientId, issuer, jwksUrl },
          authorizationUrl: platform.authorizationUrl,
        });
        await product.parts.deployments.ensure({
          ...{ platformId: id, deploymentId: "1", organisationId: product.organisationId },
          ...{ status: "approved" as const, at: new Date() },
        });
      };
      await register("school", platform.issuer, platform.jwksUrl);
      await register("flooded", silentUrl, `${silentUrl}/jwks`);
      const paths = { loginPath: "/lti/login", launchPath: "/lti/launch" };
      const common = {
        origin,
        publicUrl: product.url,
        ...paths,
        otherPlatform: platform,
      };
      const mark = () => Promise.resolve();
      school = { ...common, mark, clientId: "school", platform };
      const other = { ...platform, issuer: silentUrl };
      flooded = { ...common, mark, clientId: "flooded", platform: other, from: ATTACKER };
    });
    after(async () => {
      await close(silent);
      await platform.stop();
    });

    /** One launch as a browser makes it; its status, and the code of a refusal. */
    async function launch(world: World, sub: string): Promise<[number, string | undefined]> {
      const login = await beginLogin(world);
      if (login.answer.status !== 302) return [login.answer.status, codeIn(login.answer.text)];
      const claims = { ...goodClaims(world, login.nonce), sub };
      const answer = await postLaunch(world, { ...login, idToken: platform.sign(claims) });
      return [answer.status, codeIn(answer.text)];
    }

    it("leaves a class of 300 at another its launches, all from one address in one minute", async () => {
      let isOver = false;
      const met = new Map<string, number>();
      const note = (code: string) => met.set(code, (met.get(code) ?? 0) + 1);
      /** Launches whose keys never come, as fast as they are answered. */
      const hangOn = async (): Promise<void> => {
        while (!isOver) note((await launch(flooded, "evil"))[1] ?? "let in");
      };
      /** Logins of nobody, beyond what one address may send. */
      const hammer = async (share: number): Promise<void> => {
        for (let sent = 0; sent < share; sent += 1) {
          const call = { origin, from: ATTACKER, path: "/lti/login?iss=x" };
          note(codeIn((await send(call)).text) ?? "let in");
        }
      };
      const hammering = Array.from({ length: 4 }, async () => {
        await hammer(requestsPerMinute.launch / 4 + 20);
      });
      const hanging = Array.from({ length: 12 }, hangOn);

      const begun = Date.now();
      const outcomes: [number, string | undefined][] = [];
      const pupils = Array.from({ length: CLASSROOM }, (_, number) => `pupil-${number}`);
      const desk = async (): Promise<void> => {
        for (let pupil = pupils.pop(); pupil !== undefined; pupil = pupils.pop()) {
          outcomes.push(await launch(school, pupil));
        }
      };
      await Promise.all(Array.from({ length: 10 }, desk));
      const askedMeanwhile = askedForKeys;
      const waitedMs = Date.now() - begun;
      isOver = true;
      await Promise.all([...hammering, ...hanging]);

      expect(outcomes.filter(([status]) => status === 303)).to.have.length(CLASSROOM);
      expect(met.get("let in"), "of the flood").to.equal(undefined);
      expect(met.get("too-many-requests"), JSON.stringify([...met])).to.be.greaterThan(0);
      expect(met.get("launch-keys-unavailable")).to.be.greaterThan(0);
      // One question at a time, each given up after three seconds: the flood multiplies nothing.
      expect(askedMeanwhile).to.be.within(1, 2 + waitedMs / 2000);
      const bySchool = counted.filter(([, address]) => address.endsWith(SCHOOL)).length;
      expect(bySchool).to.equal(2 * CLASSROOM);
    });
  });
});
