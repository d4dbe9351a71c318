import { generateKeyPairSync } from "node:crypto";
import type { ServerResponse } from "node:http";
import { expect } from "chai";
import { createPlatformKeys, type PlatformKeys } from "../../src/launch/platform-keys-client.js";
import { createLmsHttp } from "../../src/platforms/lms-http-client.js";
import { startStub } from "../support/stub-lms.js";

const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const jwk = publicKey.export({ format: "jwk" });
const keyNamed = (kid: string, changes: object = {}) => ({
  ...{ ...jwk, kid, alg: "RS256", use: "sig" },
  ...changes,
});

describe("the keys that an LMS publishes", () => {
  let stub: Awaited<ReturnType<typeof startStub>>;
  let answer: (response: ServerResponse) => void;
  let keys: PlatformKeys;
  let clock: number;

  const publish = (...published: object[]) => {
    answer = (response) => response.end(JSON.stringify({ keys: published }));
  };
  const isDown = () => {
    answer = (response) => response.writeHead(503).end();
  };

  before(async () => {
    stub = await startStub((_request, response) => {
      answer(response);
    });
  });
  after(async () => {
    await stub.stop();
  });
  beforeEach(() => {
    clock = Date.now();
    stub.requests.length = 0;
    keys = createPlatformKeys({
      http: createLmsHttp({ timeoutMs: 200, maxBytes: 50_000, allowPrivate: true }),
      now: () => new Date(clock),
    });
    publish(keyNamed("a"));
  });

  const find = async (kid: string) => (await keys.find(`${stub.url}/jwks`, kid)).kind;

  it("are read once by many launches at a time", async () => {
    const found = await Promise.all(Array.from({ length: 20 }, async () => await find("a")));
    expect(new Set(found)).to.deep.equal(new Set(["found"]));
    expect(stub.requests).to.have.length(1);
  });

  it("are read again for an unknown kid, but not twice within thirty seconds", async () => {
    await find("a");
    publish(keyNamed("a"), keyNamed("b"));
    expect(await find("b")).to.equal("unknown");
    clock += 29_000;
    expect(await find("b")).to.equal("unknown");
    expect(stub.requests).to.have.length(1);
    clock += 2000;
    expect(await find("b")).to.equal("found");
    for (const kid of ["x", "y", "z"]) expect(await find(kid)).to.equal("unknown");
    expect(stub.requests).to.have.length(2);
  });

  it("are read again after an hour, so that a withdrawn key stops to work", async () => {
    await find("a");
    publish(keyNamed("b"));
    clock += 59 * 60_000;
    expect(await find("a")).to.equal("found");
    clock += 2 * 60_000;
    expect(await find("a")).to.equal("unknown");
  });

  it("go on to be used while the LMS is down", async () => {
    await find("a");
    isDown();
    clock += 5 * 60 * 60_000;
    expect(await find("a")).to.equal("found");
    answer = () => undefined;
    clock += 5 * 60 * 60_000;
    expect(await find("a")).to.equal("found");
  });

  it("are unavailable while the LMS is down from the start, and soon after it is back", async () => {
    isDown();
    expect(await find("a")).to.equal("unavailable");
    publish(keyNamed("a"));
    clock += 3000;
    expect(await find("a")).to.equal("found");
  });

  it("hold up nobody else when an LMS never answers", async () => {
    const silent = await startStub(() => undefined);
    const waiting = keys.find(`${silent.url}/jwks`, "a");
    expect(await find("a")).to.equal("found");
    expect((await waiting).kind).to.equal("unavailable");
    await silent.stop();
  });

  const weak = generateKeyPairSync("rsa", { modulusLength: 1024 }).publicKey;
  const unusable: [string, object][] = [
    ["of another kind", { kty: "oct", k: "c2VjcmV0" }],
    ["for encryption", { use: "enc" }],
    ["for another algorithm", { alg: "RS512" }],
    ["without a modulus", { n: undefined }],
    ["of 1024 bits", weak.export({ format: "jwk" })],
    ["without a kid", { kid: undefined }],
  ];
  for (const [what, changes] of unusable) {
    it(`leave out a key ${what}`, async () => {
      publish(keyNamed("bad", changes), keyNamed("a"));
      expect(await find("bad")).to.equal("unknown");
      expect(await find("a")).to.equal("found");
    });
  }

  it("leave out a key of 512 bits", async () => {
    const tiny = generateKeyPairSync("rsa", { modulusLength: 512 }).publicKey;
    publish(keyNamed("bad", tiny.export({ format: "jwk" })), keyNamed("a"));
    expect(await find("bad")).to.equal("unknown");
    expect(await find("a")).to.equal("found");
  });

  it("are the first of those under one kid", async () => {
    const other = generateKeyPairSync("rsa", { modulusLength: 2048 }).publicKey;
    publish(keyNamed("a"), keyNamed("a", other.export({ format: "jwk" })));
    const found = await keys.find(`${stub.url}/jwks`, "a");
    expect(found.kind === "found" && found.key.equals(publicKey)).to.equal(true);
  });

  it("are taken with their public part alone", async () => {
    publish(keyNamed("a", privateKey.export({ format: "jwk" })));
    const found = await keys.find(`${stub.url}/jwks`, "a");
    expect(found.kind === "found" && "type" in found.key && found.key.type).to.equal("public");
  });

  for (const [what, text] of [
    ["no JSON", "<html>"],
    ["no list of keys", '{"keys":{}}'],
    ["far too many keys", JSON.stringify({ keys: Array(60).fill(keyNamed("a")) })],
  ] as const) {
    it(`are unavailable from an LMS that answers with ${what}`, async () => {
      answer = (response) => response.end(text);
      expect(await find("a")).to.equal("unavailable");
    });
  }
});
