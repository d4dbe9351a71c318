import { type ChildProcess, fork } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { crc32, deflateSync, gzipSync } from "node:zlib";
import { expect } from "chai";
import request from "supertest";
import { canonicalForm } from "../../src/signing/canonical-form.js";
import { signDataIntegrity } from "../../src/signing/data-integrity.js";
import { ed25519Multibase } from "../../src/signing/multikey.js";
import { addresses } from "../support/credential-fixtures.js";

type Json = Record<string, unknown>;

const ANSWERS_WITHIN_MS = 5000;
/** What one check may take of the memory of the process that makes it, its threads included. */
const MOST_BYTES = 120 * 1024 * 1024;

/** An LMS' worst neighbour: whatever of it is asked for works against who asks. */
const evil: Record<string, RequestListener> = {
  "/silent": () => undefined,
  "/drip": (_request, response) => {
    const timer = setInterval(() => response.write(" "), 50);
    response.on("close", () => {
      clearInterval(timer);
    });
  },
  "/endless": (_request, response) => {
    const more = (): void => {
      while (response.write("[".repeat(65_536)));
      response.once("drain", more);
    };
    more();
  },
  "/bomb": (_request, response) => {
    response.setHeader("content-encoding", "gzip");
    response.end(gzipSync(Buffer.alloc(40_000_000)));
  },
  "/loop": (_request, response) => response.writeHead(302, { location: "/loop" }).end(),
};

describe("what is handed in, or named in it, to break whoever checks it", function () {
  this.timeout(20_000);
  let verifier: ChildProcess;
  let server: Server;
  let inside: Server;
  let app = "";
  let place = "";
  let askedInside = 0;

  before(async () => {
    const listen = async (handle: RequestListener): Promise<Server> => {
      const listening = createServer(handle).listen(0, "127.0.0.1");
      await once(listening, "listening");
      return listening;
    };
    const urlOf = (of: Server): string => `http://127.0.0.1:${(of.address() as AddressInfo).port}`;
    inside = await listen((_request, response) => {
      askedInside += 1;
      response.end("{}");
    });
    server = await listen((message, response) => {
      const { url = "" } = message;
      if (url === "/inside") response.writeHead(302, { location: `${urlOf(inside)}/key` }).end();
      else (evil[url] ?? ((_m, r) => r.writeHead(404).end()))(message, response);
    });
    place = urlOf(server);
    const file = fileURLToPath(new URL("../support/verifier-process.ts", import.meta.url));
    verifier = fork(file, { execArgv: ["--import=tsx", "--conditions=development"] });
    app = String(await nextMessage());
  });

  after(() => {
    verifier.disconnect();
    for (const one of [server, inside]) {
      one.closeAllConnections();
      one.close();
    }
  });

  async function nextMessage(): Promise<unknown> {
    const [message] = (await once(verifier, "message")) as unknown[];
    return message;
  }

  async function askVerifier(question: "measure" | "peak"): Promise<number> {
    const answer = nextMessage();
    verifier.send(question);
    return Number(await answer);
  }

  const ed = generateKeyPairSync("ed25519");
  const multibase = ed25519Multibase(ed.publicKey.export({ format: "jwk" }));
  const did = `did:key:${multibase}`;
  const badge = (changes: Json = {}) => ({
    "@context": [
      "https://www.w3.org/ns/credentials/v2",
      "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
    ] as unknown[],
    ...{ id: "urn:uuid:1f0c2a34-9d8e-4c5b-8a7f-0123456789ab", issuer: did, name: "Teamwork" },
    ...{ type: ["VerifiableCredential", "OpenBadgeCredential"], validFrom: "2026-01-01T00:00:00Z" },
    credentialSubject: {
      ...{ id: "urn:uuid:1f0c2a34-9d8e-4c5b-8a7f-0123456789ab", type: ["AchievementSubject"] },
      achievement: {
        ...{ id: "urn:x:1", type: ["Achievement"], name: "Teamwork", description: "Works." },
        criteria: { narrative: "Be named." },
      },
    },
    ...changes,
  });
  const seal = async (document: Json & { "@context": unknown }): Promise<string> => {
    const key = { ...ed, url: `${did}#${multibase}` };
    const needs = { canonicalise: canonicalForm, created: "2026-01-01T00:00:00Z" };
    return JSON.stringify(await signDataIntegrity(document, key, needs));
  };
  /** With a proof that is none: what it is about has to be read before that is known. */
  const unsealed = (document: Json): string =>
    JSON.stringify({
      ...document,
      proof: {
        ...{ type: "DataIntegrityProof", cryptosuite: "eddsa-rdfc-2022" },
        ...{ proofPurpose: "assertionMethod", proofValue: `z${"1".repeat(64)}` },
        verificationMethod: `${did}#${multibase}`,
      },
    });
  const status = (path: string) => ({
    ...{ id: "urn:s:1", type: "BitstringStatusListEntry", statusPurpose: "revocation" },
    ...{ statusListIndex: "1", statusListCredential: `${place}${path}` },
  });

  const paste = async (credential: string) =>
    await request(app).post("/verify").set("accept", "application/json").send({ credential });
  const upload = async (bytes: Buffer | string) =>
    await request(app)
      .post("/verify")
      .set("accept", "application/json")
      .attach("file", Buffer.from(bytes), "credential");

  type Answer = Awaited<ReturnType<typeof paste>>;

  /** Within the time, within the memory, and not as a valid credential. */
  async function expectRefusal(
    ask: () => Promise<Answer>,
  ): Promise<{ status: number; body: Json }> {
    await askVerifier("measure");
    const started = performance.now();
    const answer = await ask();
    expect(performance.now() - started).to.be.below(ANSWERS_WITHIN_MS);
    expect(await askVerifier("peak")).to.be.below(MOST_BYTES);
    expect(answer.status).to.be.below(500);
    expect((answer.body as { verdict?: string }).verdict).to.not.equal("valid");
    return { status: answer.status, body: answer.body as Json };
  }

  /** The three ways in which a credential has an address asked. */
  const askedFor: [what: string, credentialOf: (path: string) => Promise<string>][] = [
    ["its address", async (path) => `${place}${path}`],
    [
      "its status list, all else being right",
      async (path) => await seal(badge({ credentialStatus: [status(path), status(path)] })),
    ],
    [
      "its issuer's key",
      async (path) => {
        const { id: jti, credentialSubject } = badge();
        const claims = { iss: place, jti, nbf: 1767225600, sub: credentialSubject.id };
        return [
          JSON.stringify({ alg: "RS256", kid: `${place}${path}` }),
          JSON.stringify({ ...badge({ issuer: place }), ...claims }),
          "signature",
        ]
          .map((part) => Buffer.from(part).toString("base64url"))
          .join(".");
      },
    ],
  ];
  for (const [what, credentialOf] of askedFor) {
    it(`is not known when ${what} is at a place that answers badly`, async () => {
      for (const path of ["/endless", "/bomb", "/loop", "/inside"]) {
        const credential = await credentialOf(path);
        const { body } = await expectRefusal(async () => await paste(credential));
        expect(body["verdict"], path).to.be.oneOf(["unknown", "invalid"]);
      }
    });
  }

  it("is not known, within seconds, when a place answers slowly or never", async () => {
    const slow = askedFor.flatMap(([, credentialOf]) =>
      ["/silent", "/drip"].map(async (path) => {
        const credential = await credentialOf(path);
        return await expectRefusal(async () => await paste(credential));
      }),
    );
    for (const { body } of await Promise.all(slow)) expect(body).to.include({ verdict: "unknown" });
  });

  it("leads nobody to a private place by a redirect", () => {
    expect(askedInside).to.equal(0);
  });

  const png = (...chunks: [type: string, data: Buffer][]): Buffer =>
    Buffer.concat([
      Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
      ...chunks.map(([type, data]) => {
        const named = Buffer.concat([Buffer.from(type, "latin1"), data]);
        const framed = Buffer.alloc(named.length + 8);
        framed.writeUInt32BE(data.length, 0);
        named.copy(framed, 4);
        framed.writeUInt32BE(crc32(named), named.length + 4);
        return framed;
      }),
    ]);
  const header = Buffer.from([0, 1, 0x86, 0xa0, 0, 1, 0x86, 0xa0, 8, 6, 0, 0, 0]);
  const bombs = deflateSync(Buffer.alloc(50_000_000));
  const million = (open: string, close: string): string =>
    `${open.repeat(1_000_000)}${close.repeat(1_000_000)}`;
  const nestedJwt = (): string =>
    ["{}", million("[", "]"), ""].map((part) => Buffer.from(part).toString("base64url")).join(".");

  const files: [what: string, bytes: () => Buffer | string][] = [
    ["a JWT of 4.9 MB", () => `e30.${"A".repeat(4_900_000)}.AA`],
    ["a JWT of a million lists in lists", () => nestedJwt()],
    ["JSON of a million lists in lists", () => `{"a":${million("[", "]")}}`],
    [
      "JSON of a million objects in objects",
      () => `{"a":${million('{"a":', "}").replace(/\}/, "1}")}`,
    ],
    ["JSON of a million quotes", () => `{${'"'.repeat(1_000_000)}`],
    ["JSON of a million backslashes", () => `{"${"\\".repeat(1_000_001)}`],
    [
      "a picture of ten thousand million points",
      () => png(["IHDR", header], ["IDAT", bombs], ["IEND", Buffer.alloc(0)]),
    ],
    [
      "a picture with a packed bomb for its text",
      () => {
        const start = Buffer.concat([
          Buffer.from("openbadgecredential\0\x01\0\0\0", "latin1"),
          bombs,
        ]);
        return png(["IHDR", header], ["iTXt", start], ["IEND", Buffer.alloc(0)]);
      },
    ],
    [
      "a picture of three hundred thousand empty chunks",
      () => {
        const start = png(["IHDR", header]);
        const [empty, end] = [["tEXt"], ["IEND"]].map(([type = ""]) =>
          png([type, Buffer.alloc(0)]).subarray(8),
        );
        return Buffer.concat([start, ...Array<Buffer>(300_000).fill(empty!), end!]);
      },
    ],
    ["an SVG of a million elements in elements", () => million("<g>", "").slice(0, 2_900_000)],
    [
      "an SVG that expands itself",
      () =>
        `<!DOCTYPE s [<!ENTITY a "${"a".repeat(1000)}">${Array.from({ length: 50 }, (_, at) => `<!ENTITY e${at} "&a;&a;">`).join("")}]><svg/>`,
    ],
    ["a ZIP file", () => Buffer.concat([Buffer.from("PK\x03\x04"), bombs])],
    [
      "a PDF of a thousand byte ranges",
      () => `%PDF-1.7\n${"/ByteRange [0 1 2 3]".repeat(100_000)}`,
    ],
    ["a PDF of half a million numbers", () => `%PDF-1.7\n/ByteRange [${"0 ".repeat(500_000)}`],
  ];
  for (const [what, bytes] of files) {
    it(`is refused as ${what}`, async () => {
      await expectRefusal(async () => await upload(bytes()));
    });
  }

  it("is refused as a JWT of ten megabytes, as text and as a file", async () => {
    const jwt = `e30.${"A".repeat(10 * 1024 * 1024)}.AA`;
    expect((await expectRefusal(async () => await paste(jwt))).status).to.equal(413);
    expect((await expectRefusal(async () => await upload(jwt))).status).to.equal(413);
  });

  it("never asks for a context that it names", async () => {
    const context = [...badge()["@context"], `${place}/endless`, { x: `${place}/x` }];
    const { body } = await expectRefusal(
      async () => await paste(unsealed(badge({ "@context": context }))),
    );
    expect(body["checks"]).to.deep.include({
      ...{ name: "proof", outcome: "unknown" },
      sentence: "It uses a vocabulary that Rosette does not carry.",
    });
  });

  it("is refused when its nodes are made so that telling them apart never ends", async () => {
    const clique = Array.from({ length: 9 }, (_, at) => ({
      id: `_:n${at}`,
      type: ["Profile"],
      parentOrg: Array.from({ length: 9 }, (__, to) => ({ id: `_:n${to}` })),
    }));
    const context = [
      ...badge()["@context"],
      { ex: { "@id": "urn:ex:p", "@type": "@id", "@container": "@set" } },
    ];
    const nodes = clique.map(({ id }) => ({ id, ex: clique.map((one) => one.id) }));
    await expectRefusal(
      async () => await paste(unsealed(badge({ "@context": context, ex: nodes }))),
    );
  });

  it("goes on as before for whoever comes next", async () => {
    const answer = await paste(await seal(badge()));
    expect(answer.body as Json).to.include({ verdict: "valid" });
    expect(addresses.issuerIdOf(did)).to.equal(undefined);
  });
});
