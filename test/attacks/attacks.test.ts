import { expect } from "chai";
import { errorText } from "../../src/errors.js";
import { startTestProduct, type TestProduct } from "../support/test-product.js";
import { isAccepted } from "./attack.js";
import { attackFamilies } from "./attack-families.js";
import { startHostilePlatforms } from "./key-set-attacks.js";
import { type SimulatedPlatform, startSimulatedPlatform } from "./simulated-platform.js";
import { codeIn } from "./wire.js";
import { beginLogin, goodClaims, postLaunch, type World } from "./world.js";

const MAY_CHANGE = ["events", "requestCounts"];

describe("under attack", () => {
  let product: TestProduct;
  let platforms: SimulatedPlatform[];
  let world: World;
  let atMark: string;

  async function readAll(): Promise<string> {
    const { connection } = product;
    const names = (await connection.listCollections()).map(({ name }) => name).sort();
    const kept = names.filter((name) => !MAY_CHANGE.includes(name));
    const contents = kept.map(async (name) => [
      name,
      await connection.collection(name).find({}).sort({ _id: 1 }).toArray(),
    ]);
    return JSON.stringify(await Promise.all(contents));
  }

  before(async () => {
    product = await startTestProduct();
    platforms = [await startSimulatedPlatform("first"), await startSimulatedPlatform("second")];
    const [platform, otherPlatform] = platforms;
    if (platform === undefined || otherPlatform === undefined) throw new Error("no platforms");
    const hostilePlatforms = await startHostilePlatforms();
    platforms.push(...hostilePlatforms.values());
    for (const { issuer, authorizationUrl, tokenUrl, jwksUrl } of platforms) {
      const known = { ...product.platform, issuer, authorizationUrl, tokenUrl, jwksUrl };
      const id = crypto.randomUUID();
      await product.parts.platforms.addOnce({ ...known, id, clientId: "attacked" });
      await product.parts.deployments.ensure({
        ...{ platformId: id, deploymentId: "1", organisationId: product.organisationId },
        ...{ status: "approved" as const, at: new Date() },
      });
    }
    world = {
      ...{ origin: product.url, loginPath: "/lti/login", launchPath: "/lti/launch" },
      ...{ clientId: "attacked", platform, otherPlatform, hostilePlatforms },
      mark: async () => {
        atMark = await readAll();
      },
    };
  });
  after(async () => {
    for (const platform of platforms) await platform.stop();
    await product.close();
  });

  for (const [family, attacks] of Object.entries(attackFamilies)) {
    describe(family, () => {
      for (const attack of attacks) {
        const { name, code, act } = attack;
        it(`refuses ${name}, and accepts its twin`, async () => {
          const refused = await act(world, true);
          expect(await readAll()).to.equal(atMark);
          expect(codeIn(refused.text)).to.equal(code);
          expect(refused.status).to.equal(errorText(code).status);
          expect(refused.cookies.join()).not.to.match(/__Host-rosette=/);
          const accepted = await act(world, false);
          expect(isAccepted(attack, accepted), `${accepted.status} ${accepted.text}`).to.equal(
            true,
          );
        });
      }
    });
  }

  it("accepts one id_token once when it is posted a hundred times at once", async () => {
    const login = await beginLogin(world);
    const idToken = world.platform.sign(goodClaims(world, login.nonce));
    const posted = { ...login, idToken };
    const answers = await Promise.all(
      Array.from({ length: 100 }, async () => await postLaunch(world, posted)),
    );
    expect(answers.filter(({ status }) => status === 303)).to.have.length(1);
    const codes = answers.map(({ text }) => codeIn(text)).filter((code) => code !== undefined);
    expect(codes).to.deep.equal(Array.from({ length: 99 }, () => "launch-already-used"));
  });
});
