import { createLocalJWKSet, jwtVerify } from "jose";
import { expect } from "chai";
import { findKeysCommand } from "../../scripts/keys-command.js";
import { EncryptionKeyError } from "../../src/check-encryption-key.js";
import { createEncryptionCanaryStore } from "../../src/encryption-canary-store.js";
import { publishedAheadMs, staysPublishedMs } from "../../src/platforms/tool-key.js";
import { createSealedBox } from "../../src/sealed-box.js";
import { createParts } from "../../src/parts/parts.js";
import { startTestProduct, type TestProduct } from "../support/test-product.js";

const scopes = ["https://purl.imsglobal.org/spec/lti-ags/scope/score"];
const start = new Date("2026-09-01T08:00:00Z").getTime();

describe("our own keys", () => {
  let product: TestProduct;

  beforeEach(async () => {
    product = await startTestProduct();
    product.setNow(new Date(start));
  });
  afterEach(async () => {
    await product.close();
  });

  const at = (ms: number): void => {
    product.setNow(new Date(start + ms));
  };
  const run = async (...args: string[]): Promise<string> =>
    (await findKeysCommand(args)?.(product.parts)) ?? "";
  const kids = async () => (await product.parts.toolKeys.jwks()).keys.map(({ kid }) => kid);
  async function signer(): Promise<string | undefined> {
    const keySet = createLocalJWKSet(await product.parts.toolKeys.jwks());
    const signed = await product.parts.toolKeys.sign({ sub: "x" });
    return (await jwtVerify(signed, keySet)).protectedHeader.kid;
  }
  const askForToken = async () => {
    const { parts, platform } = product;
    parts.forgetLmsToken(platform.id, scopes);
    return await parts.lmsToken(platform.id, scopes);
  };

  it("are published with a time for which they may be kept", async () => {
    const answer = await fetch(`${product.url}/lti/jwks`);
    expect(answer.headers.get("cache-control")).to.equal("public, max-age=300");
    const text = await answer.text();
    for (const part of ["d", "p", "q"]) expect(text).not.to.contain(`"${part}":`);
  });

  it("change with an overlap, while the LMS takes every token request and launches go on", async () => {
    const [old] = await kids();
    await askForToken();
    await run("rotate");
    const [made, kept, ...others] = await kids();
    expect([kept, others]).to.deep.equal([old, []]);
    expect(await signer()).to.equal(old);
    await askForToken();

    at(publishedAheadMs + 1);
    expect(await signer()).to.equal(made);
    expect(await kids()).to.deep.equal([made, old]);
    await askForToken();
    const wish = { userId: "amara", courseId: "cvi-101" };
    expect((await product.launchAs(wish)).landing.status).to.equal(200);

    at(publishedAheadMs + staysPublishedMs + 1);
    expect(await kids()).to.deep.equal([made]);
    expect(await run("list"))
      .to.contain(`${String(old)}  made`)
      .and.to.contain("retired");
  });

  it("are listed with what each is for", async () => {
    await run("rotate");
    const [newest, oldest] = (await run("list")).split("\n");
    expect(newest).to.match(/signs from 2026-09-01T10:00:00.000Z$/);
    expect(oldest).to.match(/every LMS {2}signs$/);
    expect(findKeysCommand(["constructor"])).to.equal(undefined);
    expect(findKeysCommand([])).to.equal(undefined);
  });

  describe("with another ENCRYPTION_KEY", () => {
    const withKey = (keyHex: string) => {
      const { connection, parts } = product;
      const { settings, log, now } = parts;
      const fresh = connection.useDb(connection.name, { useCache: false });
      const sealedBox = createSealedBox(keyHex);
      return createParts({ connection: fresh, settings, log, sealedBox, now });
    };
    const refusal = async (keyHex: string): Promise<unknown> => {
      try {
        await withKey(keyHex).checkBeforeServing();
        return undefined;
      } catch (error) {
        return error;
      }
    };

    it("are not touched: the start is refused in words, and the right one goes on", async () => {
      await product.parts.checkBeforeServing();
      const error = await refusal("cd".repeat(32));
      expect(error).to.be.instanceOf(EncryptionKeyError);
      expect(String(error)).to.contain("ENCRYPTION_KEY").and.not.to.contain("cdcdcd");
      expect(await refusal("ab".repeat(32))).to.equal(undefined);
    });

    it("are checked themselves in a database from before there was a sealed word", async () => {
      await product.parts.toolKeys.jwks();
      expect(
        await createEncryptionCanaryStore(
          product.connection.useDb(product.connection.name, { useCache: false }),
        ).find(),
      ).to.equal(undefined);
      expect(await refusal("cd".repeat(32))).to.be.instanceOf(EncryptionKeyError);
      expect(await refusal("ab".repeat(32))).to.equal(undefined);
    });
  });
});
