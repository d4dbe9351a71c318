import { randomUUID } from "node:crypto";
import { fileURLToPath } from "node:url";
import { load } from "cheerio";
import { expect } from "chai";
import express, { type RequestHandler } from "express";
import jsonwebtoken from "jsonwebtoken";
import { createPublicKey, type JsonWebKey } from "node:crypto";
import request from "supertest";
import { contentSecurityPolicy } from "../../config/http-policy.js";
import { signedForms } from "../../src/credentials/credential-form.js";
import { publicDocumentRoutes } from "../../src/credentials/public-documents.routes.js";
import type { Visit } from "../../src/launch/visit.js";
import { createLog } from "../../src/log.js";
import {
  credentialPageRoutes,
  ownCredentialRoutes,
} from "../../src/verification/credential-pages.routes.js";
import { canonicalForm } from "../../src/signing/canonical-form.js";
import type { FetchDocument } from "../../src/verification/fetch-document.js";
import { createIssuers } from "../../src/verification/issuer-directory.js";
import { verifyRoutes } from "../../src/verification/verify.routes.js";
import { assetRoutes } from "../../src/web/assets.js";
import { createErrorHandler, notFound } from "../../src/web/error-page.js";
import { createSecurityHeaders, nameRequest } from "../../src/web/security-headers.js";
import {
  addresses,
  createMemoryNeeds,
  issueCredential,
  learnerId,
  NOW,
  organisation,
} from "../support/credential-fixtures.js";

const rootDir = fileURLToPath(new URL("../..", import.meta.url));

const fetchDocument: FetchDocument = async () => ({ kind: "unreachable" });

/** The public pages around one issued credential, with a door that lets in `visit.learnerId`. */
async function openPages() {
  const { needs, memory, award, track } = createMemoryNeeds();
  memory.profiles[0]!.name = 'Noor <script>alert("x")</script> van Dijk';
  await issueCredential(needs, { organisationId: organisation.id, awardId: award.id });
  const visit = { learnerId };
  const admit = (): RequestHandler => (_request, response, next) => {
    const launch = { id: "launch-1", organisationId: organisation.id };
    response.locals["visit"] = { launch, learnerId: visit.learnerId } as Visit;
    response.locals["csrfToken"] = "token-1";
    next();
  };
  const wired = {
    ...needs,
    credentialForms: signedForms,
    documentCertificates: { find: async () => undefined },
    issuers: createIssuers({ ...needs, fetchDocument }),
    canonicalise: canonicalForm,
    fetchDocument,
    admit,
    now: () => NOW,
  };
  const app = express();
  app.set("view engine", "ejs").set("views", `${rootDir}/views`);
  app.set("query parser", "simple");
  app.use(nameRequest, createSecurityHeaders(contentSecurityPolicy));
  app.use(assetRoutes(rootDir));
  app.use(express.urlencoded({ extended: false, limit: 256 * 1024 }), express.json());
  app.use(publicDocumentRoutes(wired), credentialPageRoutes(wired), verifyRoutes(wired));
  app.use(ownCredentialRoutes(wired));
  app.use(notFound, createErrorHandler(createLog({ logLevel: "silent" })));
  const credential = memory.credentials[0]!;
  return { app, credential, visit, track, memory, path: `/credentials/${credential.id}` };
}

/** Supertest's parsed body as what it is: unknown members. */
const bodyOf = (response: { body: unknown }) => response.body as Record<string, unknown>;

const html = "text/html";
const json = "application/json";

describe("the public pages of a credential", () => {
  let pages: Awaited<ReturnType<typeof openPages>>;
  const get = (path: string, accept = html) => request(pages.app).get(path).set("accept", accept);
  const trackPath = () => `/achievements/${pages.track.trackId}/${pages.track.version}`;

  before(async () => {
    pages = await openPages();
  });

  beforeEach(() => {
    pages.credential.visibility = "link";
    pages.visit.learnerId = learnerId;
  });

  it("show what was earned, by whom, from whom, and every check with a sentence", async () => {
    const response = await get(pages.path).expect(200);
    const $ = load(response.text);
    const text = $("main").text().replace(/\s+/g, " ");
    for (const expected of [
      "Safe Handling",
      'Noor <script>alert("x")</script> van Dijk',
      organisation.name,
      "3 March 2026",
      "8.5",
      "Patient safety",
      "Each ends with an exam.",
      "Plans a transfer",
      "AH-101 Foundations",
      "Both courses are passed.",
      "Checked just now",
      "Valid",
      "The signature is right",
      "The issuer has not withdrawn it.",
    ]) {
      expect(text).to.contain(expected);
    }
  });

  it("show that it was corrected and when, and nothing where it never was", async () => {
    expect(load((await get(pages.path)).text)("#corrections")).to.have.length(0);
    pages.credential.history = [{ at: new Date("2026-03-09T10:00:00Z"), reason: "name-corrected" }];
    const text = load((await get(pages.path)).text)("main").text();
    pages.credential.history = undefined;
    expect(text).to.contain("9 March 2026").and.contain("The holder's name was corrected.");
  });

  it("print HTML in a name as text", async () => {
    const response = await get(pages.path);
    expect(response.text).not.to.contain("<script>alert");
    expect(load(response.text)("main script")).to.have.length(0);
  });

  it("give link previews something to show", async () => {
    const $ = load((await get(pages.path, "*/*")).text);
    const property = (name: string) => $(`meta[property="og:${name}"]`).attr("content");
    expect(property("title")).to.equal("Safe Handling");
    expect(property("url")).to.equal(addresses.credentialUrl(pages.credential.id));
    expect(property("image")).to.equal(
      `${addresses.credentialUrl(pages.credential.id)}/preview.png`,
    );
    expect(property("description")).to.contain("on 3 March 2026");
  });

  it("are read anew each time and kept out of search engines", async () => {
    const { headers } = await get(pages.path);
    expect(headers["cache-control"]).to.equal("no-cache");
    expect(headers["x-robots-tag"]).to.equal("noindex");
    expect(headers["vary"]).to.match(/accept/i);
  });

  it("give the signed credential as text and its content as JSON, to scripts of any site", async () => {
    const jwt = await get(`${pages.path}.jwt`)
      .expect(200)
      .expect("content-type", /text\/plain/);
    expect(jwt.text).to.equal(pages.credential.forms.jwtRs256);
    const content = await get(`${pages.path}.json`).expect(200).expect("content-type", /json/);
    expect(content.body).to.include({ name: "Safe Handling" });
    expect(content.body).not.to.have.property("jti");
    const negotiated = await get(pages.path, json);
    expect(negotiated.body).to.deep.equal(content.body);
    for (const { headers } of [jwt, content, negotiated]) {
      expect(headers["access-control-allow-origin"]).to.equal("*");
    }
  });

  it("let anyone verify with nothing but the documents they lead to", async () => {
    const { text: jwt } = await get(`${pages.path}.jwt`);
    const { header } = jsonwebtoken.decode(jwt, { complete: true })!;
    const issuer = `/issuers/${organisation.id}`;
    const did = (await get(`${issuer}/did.json`, json).expect(200)).body as {
      id: string;
      assertionMethod: string[];
      verificationMethod: { id: string; publicKeyJwk: JsonWebKey }[];
    };
    expect(did.assertionMethod).to.include(header.kid);
    const { publicKeyJwk } = did.verificationMethod.find(({ id }) => id === header.kid)!;
    expect(publicKeyJwk).not.to.have.any.keys("d", "p", "q");
    const key = createPublicKey({ key: publicKeyJwk, format: "jwk" });
    jsonwebtoken.verify(jwt, key, { algorithms: ["RS256"], issuer: did.id });
    const body = bodyOf(await get(`${issuer}/jwks.json`, json).expect(200));
    const { keys } = body as { keys: { kid: string; n: string; d?: string }[] };
    const published = keys.find(({ kid }) => kid === header.kid);
    expect(published).to.deep.include({ kid: header.kid, n: publicKeyJwk.n, use: "sig" });
    expect(published).not.to.have.property("d");
  });

  const negotiations: [accept: string, type: RegExp, form: "dataIntegrity" | "jwtRs256"][] = [
    ["application/vc", /application\/json/, "dataIntegrity"],
    ["application/vc+ld+json", /application\/json/, "dataIntegrity"],
    ["application/ld+json, text/html;q=0.5", /application\/json/, "dataIntegrity"],
    ["application/vc+jwt", /text\/plain/, "jwtRs256"],
    ["text/plain", /text\/plain/, "jwtRs256"],
  ];
  for (const [accept, type, form] of negotiations) {
    it(`give whoever accepts ${accept} that form at the same address`, async () => {
      const response = await get(pages.path, accept).expect(200).expect("content-type", type);
      expect(response.text).to.equal(pages.credential.forms[form]);
      expect(response.headers["vary"]).to.match(/accept/i);
    });
  }

  it("give the other signature at an address of its own", async () => {
    const { text } = await get(`${pages.path}.es256.jwt`).expect(200);
    expect(text).to.equal(pages.credential.forms.jwtEs256);
  });

  for (const suffix of ["", ".jwt", ".json", ".es256.jwt"]) {
    it(`say of a private one that it is not shared (${suffix === "" ? "page" : suffix})`, async () => {
      pages.credential.visibility = "private";
      const response = await get(`${pages.path}${suffix}`).expect(404);
      expect(response.text).to.contain("The holder has not shared this credential");
      expect(response.text).not.to.contain("Noor");
      const problem = await get(`${pages.path}${suffix}`, json).expect(404);
      expect(problem.body).to.include({ code: "credential-not-shared" });
    });
  }

  for (const path of [
    `/credentials/${randomUUID()}`,
    `/credentials/${randomUUID()}.jwt`,
    "/credentials/x",
    "/credentials/x.exe",
    "/credentials/%00.json",
    `/issuers/${randomUUID()}`,
    "/issuers/x/did.json",
    `/achievements/${randomUUID()}/1`,
    "/achievements/x/1",
    "/achievements/x/1/badge.svg",
  ]) {
    it(`answer ${path.replace(/[0-9a-f-]{36}/, "<unknown>")} with 404`, async () => {
      const response = await get(path).expect(404);
      expect(response.text).to.contain("This page does not exist");
    });
  }

  for (const version of ["0", "3", "-1", "1.5", "two", "99999999999"]) {
    it(`know no edition ${version} of an achievement`, async () => {
      await get(`/achievements/${pages.track.trackId}/${version}`).expect(404);
    });
  }

  it("show an achievement as a page, as JSON and as a picture", async () => {
    const page = load((await get(trackPath()).expect(200)).text);
    expect(page("main").text())
      .to.contain("Protects the back")
      .and.contain("Each ends with an exam.");
    expect(page("#criteria")).to.have.length(1);
    const response = await get(trackPath(), json).expect(200);
    const { headers } = response;
    const body = bodyOf(response);
    expect(body).to.deep.include({
      id: `${addresses.publicUrl}${trackPath()}`,
      achievementType: "MicroCredential",
    });
    expect(headers["cache-control"]).to.match(/^public, max-age=\d+$/);
    expect(headers["access-control-allow-origin"]).to.equal("*");
    await get(`${trackPath()}/badge.svg`)
      .expect(200)
      .expect("content-type", /image\/svg\+xml/);
  });

  it("show an issuer as a page and as a Profile", async () => {
    const { text } = await get(`/issuers/${organisation.id}`).expect(200);
    expect(text).to.contain(organisation.name);
    const body = bodyOf(await get(`/issuers/${organisation.id}`, json).expect(200));
    expect(body).to.deep.include({
      id: addresses.issuerDid(organisation.id),
      type: ["Profile"],
      name: organisation.name,
    });
  });
});

describe("a credential inside the LMS", () => {
  let pages: Awaited<ReturnType<typeof openPages>>;
  const get = () => request(pages.app).get(`/l/launch-1${pages.path}`).set("accept", html);

  before(async () => {
    pages = await openPages();
  });

  it("is shown to its holder while it is private, with the choice to share it", async () => {
    const $ = load((await get().expect(200)).text);
    const form = $(`form[action="/l/launch-1${pages.path}/visibility"]`);
    expect(form.find('[name="visibility"]').val()).to.equal("link");
    expect(form.find('[name="_csrf"]').val()).to.equal("token-1");
    expect($("main").text()).not.to.contain(addresses.credentialUrl(pages.credential.id));
  });

  it("offers its holder the link once it is shared, and to stop", async () => {
    pages.credential.visibility = "link";
    const $ = load((await get().expect(200)).text);
    expect($('[name="visibility"]').val()).to.equal("private");
    expect($("main").text()).to.contain(addresses.credentialUrl(pages.credential.id));
    pages.credential.visibility = "private";
  });

  it("opens the public pages outside the frame, as no LMS may frame them", async () => {
    const $ = load((await get().expect(200)).text);
    for (const start of ["/issuers/", "/achievements/"]) {
      expect($(`a[href^="${start}"]`).attr("target")).to.equal("_blank");
    }
  });

  it("is shown to its holder from an account that theirs was joined to", async () => {
    pages.memory.accounts[0]!.linkedTo = "main-account";
    pages.visit.learnerId = "main-account";
    await get().expect(200);
  });

  it("is nobody else's to see", async () => {
    pages.visit.learnerId = randomUUID();
    await get().expect(404);
  });
});

describe("the verification page", () => {
  let pages: Awaited<ReturnType<typeof openPages>>;
  const post = (fields: Record<string, string>, accept = html) =>
    request(pages.app).post("/verify").type("form").set("accept", accept).send(fields);

  before(async () => {
    pages = await openPages();
  });

  beforeEach(() => {
    pages.credential.visibility = "link";
  });

  it("asks for a credential", async () => {
    const { text } = await request(pages.app).get("/verify").set("accept", html).expect(200);
    const $ = load(text);
    expect($('textarea[name="credential"]')).to.have.length(1);
    expect($("main").text()).to.contain("Nothing you enter here is kept");
  });

  it("answers a pasted credential with the verdict and every check", async () => {
    const { text } = await post({ credential: pages.credential.forms.jwtRs256 }).expect(200);
    const shown = load(text)("main").text();
    expect(shown).to.contain("Safe Handling").and.contain("Valid").and.contain("Signature");
    expect(text).not.to.contain("<script>alert");
  });

  it("answers as JSON when asked so, for scripts of any site", async () => {
    const response = await post({ credential: pages.credential.id }, json).expect(200);
    const { headers } = response;
    const { verdict, checks } = response.body as { verdict: string; checks: { name: string }[] };
    expect(verdict).to.equal("valid");
    expect(checks.map(({ name }) => name)).to.deep.equal([
      "syntax",
      "proof",
      "issuer-key",
      "status",
      "dates",
    ]);
    expect(headers["access-control-allow-origin"]).to.equal("*");
    expect(headers["cache-control"]).to.equal("no-store");
  });

  it("takes a JSON body as well", async () => {
    const body = bodyOf(
      await request(pages.app)
        .post("/verify")
        .set("accept", json)
        .send({ credential: pages.credential.forms.jwtRs256, recipient: "noor@example.edu" })
        .expect(200),
    );
    const { checks } = body as { checks: { name: string; outcome: string }[] };
    expect(checks.at(-1)).to.include({ name: "recipient", outcome: "valid" });
  });

  it("takes an address of ours by GET, so that it can be linked to", async () => {
    const query = `?credential=${encodeURIComponent(addresses.credentialUrl(pages.credential.id))}`;
    const body = bodyOf(
      await request(pages.app).get(`/verify${query}`).set("accept", json).expect(200),
    );
    expect(body).to.include({ verdict: "valid" });
  });

  it("says Not valid of a tampered one, and where", async () => {
    const { text } = await post({ credential: pages.credential.forms.jwtRs256.replace(/.$/, "!") });
    expect(load(text)("main").text()).to.contain("Not valid");
  });

  const faulty: [what: string, fields: Record<string, string>, field: string, message: string][] = [
    ["nothing was entered", { credential: " " }, "credential", "Paste a credential"],
    ["it is too long", { credential: "a".repeat(200_001) }, "credential", "longer than"],
    [
      "the recipient is none",
      { credential: "x", recipient: "noor" },
      "recipient",
      "e-mail address",
    ],
    ["there is no such credential", { credential: randomUUID() }, "credential", "There is no"],
  ];
  for (const [what, fields, field, message] of faulty) {
    it(`shows the form again with a message beside the field when ${what}`, async () => {
      const $ = load((await post(fields).expect(422)).text);
      expect($(`#fault-${field}`).text()).to.contain(message);
      expect($(`[name="${field}"]`).attr("aria-invalid")).to.equal("true");
      expect($('textarea[name="credential"]').text().trim()).to.equal(fields["credential"]?.trim());
    });
  }

  it("says that a private one is not shared, and nothing else about it", async () => {
    pages.credential.visibility = "private";
    const { text } = await post({ credential: pages.credential.id }).expect(422);
    expect(text).to.contain("The holder has not shared this credential");
    expect(text).not.to.contain("Noor");
    const body = bodyOf(await post({ credential: pages.credential.id }, json).expect(404));
    expect(body).to.include({ code: "credential-not-shared" });
  });

  it("refuses a credential of megabytes", async () => {
    await post({ credential: "a".repeat(1_000_000) }).expect(413);
  });
});
