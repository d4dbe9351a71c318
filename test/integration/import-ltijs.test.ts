import { type ChildProcess, spawn } from "node:child_process";
import { createPublicKey, type JsonWebKey } from "node:crypto";
import { expect } from "chai";
import jwt from "jsonwebtoken";
import { importLtijs } from "../../scripts/import-ltijs.js";
import { freePort } from "../support/built-product.js";
import { testDatabaseUri } from "../support/test-database.js";
import { startTestProduct, type TestProduct } from "../support/test-product.js";

const ENCRYPTION_KEY = "a-key-for-benchmarks-only";
const school = {
  ...{ url: "https://moodle.example", name: "Our Moodle", clientId: "Zk3" },
  authenticationEndpoint: "https://moodle.example/mod/lti/auth.php",
  accesstokenEndpoint: "https://moodle.example/mod/lti/token.php",
  authConfig: { method: "JWK_SET", key: "https://moodle.example/mod/lti/certs.php" },
};
const pasted = { ...school, clientId: "pasted", authConfig: { method: "RSA_KEY", key: "PEM" } };

/** ltijs itself, writing its records; stopped when it has. */
async function startLtijs(env: Record<string, string>): Promise<ChildProcess> {
  const child = spawn(process.execPath, ["bench/peers/ltijs-server.mjs"], {
    env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  await new Promise<void>((resolve, reject) => {
    child.stdout.once("data", () => {
      resolve();
    });
    child.once("exit", () => {
      reject(new Error("ltijs ended"));
    });
  });
  return child;
}

describe("coming from ltijs", () => {
  let product: TestProduct;
  let uri: string;
  let published: { keys: (JsonWebKey & { kid: string })[] };

  before(async function () {
    // It makes a 4096-bit key for each platform, in its main thread.
    this.timeout(90_000);
    product = await startTestProduct();
    uri = await testDatabaseUri();
    const port = String(await freePort());
    const platforms = JSON.stringify([school, pasted]);
    const ltijs = await startLtijs({ PORT: port, MONGODB_URI: uri, PLATFORMS: platforms });
    published = (await (await fetch(`http://localhost:${port}/keys`)).json()) as typeof published;
    ltijs.kill("SIGKILL");
  });
  after(async () => {
    await product.close();
  });

  const run = async (isApplied: boolean, encryptionKey = ENCRYPTION_KEY): Promise<string> => {
    const { organisationId } = product;
    return await importLtijs(product.parts, { organisationId, uri, encryptionKey, isApplied });
  };
  const find = async (clientId: string) =>
    await product.parts.platforms.findByRegistration(school.url, clientId);

  it("first says what it would do, and writes nothing", async () => {
    const said = await run(false);
    expect(said).to.match(/would be brought\s+https:\/\/moodle\.example\s+client ID Zk3/);
    expect(said).to.match(/left out\s+https:\/\/moodle\.example\s+client ID pasted: .*RSA_KEY/);
    expect(said).to.contain("Nothing was written");
    expect(await find("Zk3")).to.equal(undefined);
    expect(await product.parts.toolKeys.list()).to.have.length(1);
  });

  it("refuses another encryption key in words", async () => {
    const fault: unknown = await run(true, "another").catch((error: unknown) => error);
    expect(String(fault)).to.contain("LTIJS_ENCRYPTION_KEY does not open");
    expect(await find("Zk3")).to.equal(undefined);
  });

  it("brings platforms over, and signs with the key that their LMS knows; once", async () => {
    expect(await run(true)).to.contain("brought");
    expect(await run(true)).to.contain("there already");
    const platform = await find("Zk3");
    expect(platform).to.include({
      ...{ name: "Our Moodle", family: "other", awaitsFirstDeployment: true },
      ...{ authorizationUrl: school.authenticationEndpoint, jwksUrl: school.authConfig.key },
    });
    expect(await find("pasted")).to.equal(undefined);
    const { toolKeys } = product.parts;
    expect(await toolKeys.list()).to.have.length(2);
    const token = await toolKeys.sign({ iss: "Zk3" }, platform?.id);
    const kid = jwt.decode(token, { complete: true })?.header.kid;
    const known = published.keys.find((key) => key.kid === kid);
    if (known === undefined) throw new Error("ltijs publishes no such key");
    const key = createPublicKey({ key: known, format: "jwk" });
    expect(jwt.verify(token, key, { algorithms: ["RS256"] })).to.include({ iss: "Zk3" });
    // Others go on with the common key.
    const other = jwt.decode(await toolKeys.sign({ iss: "x" }, "another"), { complete: true });
    expect(other?.header.kid).not.to.equal(kid);
  });
});
