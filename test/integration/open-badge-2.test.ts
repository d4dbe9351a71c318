import { createHash } from "node:crypto";
import { expect } from "chai";
import express from "express";
import request from "supertest";
import { openBadge2Routes } from "../../src/credentials/open-badge-2.routes.js";
import { credentialDocument } from "../../src/credentials/credential.js";
import { createLog } from "../../src/log.js";
import { canonicalForm } from "../../src/signing/canonical-form.js";
import type { FetchedDocument } from "../../src/verification/fetch-document.js";
import { createIssuers } from "../../src/verification/issuer-directory.js";
import { verifyCredential } from "../../src/verification/verify-credential.js";
import { createErrorHandler } from "../../src/web/error-page.js";
import {
  addresses,
  createMemoryNeeds,
  issueCredential,
  NOW,
  organisation,
} from "../support/credential-fixtures.js";

type Json = Record<string, unknown>;

/**
 * No library on npm checks Open Badges 2.0 any more (the one of Mozilla ends at 1.1), so these are
 * the requirements of the specification, property by property: required, and of what type.
 */
const required = {
  Assertion: ["id", "type", "recipient", "badge", "verification", "issuedOn"],
  BadgeClass: ["id", "type", "name", "description", "image", "criteria", "issuer"],
  Issuer: ["id", "type", "name", "url", "email"],
};

const isAddress = (value: unknown): boolean =>
  typeof value === "string" && /^https?:$/.test(new URL(value).protocol);

function expectConforming(document: Json, type: keyof typeof required): void {
  expect(document["@context"]).to.equal("https://w3id.org/openbadges/v2");
  expect(document["type"]).to.equal(type);
  expect(document).to.include.keys(required[type]);
  expect(isAddress(document["id"])).to.equal(true);
  for (const name of ["badge", "issuer", "url", "related"])
    if (document[name] !== undefined) expect(isAddress(document[name]), name).to.equal(true);
}

describe("a credential in Open Badges 2.0", () => {
  const published = "https://badges.example.org:8443";

  async function openWorld() {
    const { needs, memory, award } = createMemoryNeeds();
    await issueCredential(needs, { organisationId: organisation.id, awardId: award.id });
    const credential = memory.credentials[0]!;
    credential.visibility = "link";
    const app = express();
    app.use(openBadge2Routes({ ...needs, contactEmail: "badges@example.org" }));
    app.use(createErrorHandler(createLog({ logLevel: "silent" })));
    const get = async (url: string) => {
      expect(url.startsWith(`${published}/`)).to.equal(true);
      return await request(app).get(url.slice(published.length)).set("accept", "application/json");
    };
    const read = async (url: string) => JSON.parse((await get(url)).text) as Json;
    const assertionUrl = `${published}/credentials/${credential.id}/assertion.json`;
    /** Elsewhere on the web, for the verifier. */
    const web = new Map<string, FetchedDocument>();
    const fetchDocument = async (url: string): Promise<FetchedDocument> => {
      const known = web.get(url);
      if (known !== undefined) return known;
      if (!url.startsWith(`${published}/`)) return { kind: "unreachable" };
      const { status, text } = await get(url);
      if (status === 410) return { kind: "gone" };
      return status === 200 ? { kind: "json", json: JSON.parse(text), text } : { kind: "absent" };
    };
    const verifyNeeds = {
      ...{ addresses, fetchDocument, canonicalise: canonicalForm, now: () => NOW },
      issuers: createIssuers({ ...needs, fetchDocument }),
      credentials: needs.credentials,
    };
    const verify = async (document: unknown, recipient?: string) => {
      const text = JSON.stringify(document);
      const { report, assertion } = await verifyCredential(verifyNeeds, { text, recipient });
      const outcomes = report.checks.map(({ name, outcome }) => [name, outcome]);
      return { verdict: report.verdict, assertion, ...Object.fromEntries(outcomes) } as Json;
    };
    const put = (json: Json) =>
      web.set(String(json["id"]), { kind: "json", json, text: JSON.stringify(json) });
    return { ...{ needs, memory, credential, get, read, assertionUrl, web, put, verify } };
  }

  let world: Awaited<ReturnType<typeof openWorld>>;
  beforeEach(async () => {
    world = await openWorld();
  });

  it("is an Assertion, a BadgeClass and an Issuer, each at the address that is its id", async () => {
    const assertion = await world.read(world.assertionUrl);
    expectConforming(assertion, "Assertion");
    expect(assertion["id"]).to.equal(world.assertionUrl);
    expect(assertion["verification"]).to.deep.equal({ type: "HostedBadge" });
    expect(assertion["issuedOn"]).to.equal("2026-03-03T16:20:10Z");
    const badge = await world.read(String(assertion["badge"]));
    expectConforming(badge, "BadgeClass");
    expect(badge["id"]).to.equal(assertion["badge"]);
    const issuer = await world.read(String(badge["issuer"]));
    expectConforming(issuer, "Issuer");
    expect(issuer["id"]).to.equal(badge["issuer"]);
    expect(issuer["email"]).to.equal("badges@example.org");
  });

  it("names its recipient by a salted hash alone", async () => {
    const assertion = await world.read(world.assertionUrl);
    const recipient = assertion["recipient"] as Record<string, string>;
    const hash = createHash("sha256").update(`noor@example.edu${recipient["salt"]}`).digest("hex");
    expect(recipient).to.deep.equal({
      ...{ type: "email", hashed: true, salt: recipient["salt"], identity: `sha256$${hash}` },
    });
    expect(JSON.stringify(assertion)).not.to.match(/noor/i);
  });

  it("leads to the same in 3.0, and from there back", async () => {
    const assertion = await world.read(world.assertionUrl);
    const document = credentialDocument(world.credential);
    const { achievement } = document.credentialSubject;
    expect(assertion["related"]).to.equal(document.id);
    expect(achievement.related).to.deep.equal([{ id: assertion["badge"], type: ["Related"] }]);
    const badge = await world.read(String(assertion["badge"]));
    expect(badge["related"]).to.equal(achievement.id);
  });

  it("is nobody's to see while it is private, and not there while it is on hold", async () => {
    world.credential.visibility = "private";
    expect((await world.get(world.assertionUrl)).status).to.equal(404);
    world.credential.visibility = "link";
    world.credential.status = "suspended";
    const answer = await world.get(world.assertionUrl);
    expect(answer.status).to.equal(404);
    expect(answer.text).to.include("credential-on-hold");
  });

  it("is gone for good once it is revoked, with the JSON that says so and nothing else", async () => {
    world.credential.status = "revoked";
    const answer = await world.get(world.assertionUrl);
    expect(answer.status).to.equal(410);
    expect(JSON.parse(answer.text)).to.deep.equal({
      ...{ "@context": "https://w3id.org/openbadges/v2", type: "Assertion" },
      ...{ id: world.assertionUrl, revoked: true },
    });
  });

  it("has no assertion without an e-mail address to tell its holder by", async () => {
    const { needs, memory, award } = createMemoryNeeds();
    memory.profiles[0]!.email = undefined;
    await issueCredential(needs, { organisationId: organisation.id, awardId: award.id });
    const app = express().use(openBadge2Routes({ ...needs, contactEmail: "x@example.org" }));
    app.use(createErrorHandler(createLog({ logLevel: "silent" })));
    memory.credentials[0]!.visibility = "link";
    await request(app).get(`/credentials/${memory.credentials[0]!.id}/assertion.json`).expect(404);
  });

  it("shows what its learner shows", async () => {
    const evidence = (await world.read(world.assertionUrl))["evidence"] as Json[];
    expect(evidence[0]).to.include({ type: "Evidence", name: "AH-101 Foundations" });
    world.credential.shows = { evidence: false, hours: true, scores: false };
    expect((await world.get(world.assertionUrl)).status).to.equal(503);
  });

  it("is checked by /verify: form, place, issuer, status, dates and recipient", async () => {
    const outcome = await world.verify(await world.read(world.assertionUrl), "Noor@example.edu");
    expect(outcome).to.deep.include({
      ...{ verdict: "valid", syntax: "valid", proof: "valid", "issuer-key": "valid" },
      ...{ status: "valid", dates: "valid", recipient: "valid" },
    });
    expect(outcome["assertion"]).to.deep.include({ name: "Safe Handling" });
    const other = await world.verify(await world.read(world.assertionUrl), "eve@example.edu");
    expect(other).to.include({ verdict: "invalid", recipient: "invalid" });
  });

  const tamperings: [what: string, change: (assertion: Json) => void, caughtBy: string][] = [
    [
      "another recipient",
      (a) => Object.assign(a["recipient"] as Json, { identity: "sha256$00" }),
      "proof",
    ],
    ["another salt", (a) => Object.assign(a["recipient"] as Json, { salt: "x" }), "proof"],
    ["an earlier date", (a) => Object.assign(a, { issuedOn: "2020-01-01T00:00:00Z" }), "proof"],
    ["an end", (a) => Object.assign(a, { expires: "2099-01-01T00:00:00Z" }), "proof"],
    ["other evidence", (a) => Object.assign(a, { evidence: "https://evil.example" }), "proof"],
    ["a picture", (a) => Object.assign(a, { image: "https://evil.example/x.png" }), "proof"],
    ["a narrative", (a) => Object.assign(a, { narrative: "And more." }), "proof"],
    [
      "another id on its host",
      (a) => Object.assign(a, { id: `${published}/credentials/x/assertion.json` }),
      "proof",
    ],
    ["no recipient", (a) => delete a["recipient"], "syntax"],
    ["a date that is none", (a) => Object.assign(a, { issuedOn: "yesterday" }), "syntax"],
    ["a start to come", (a) => Object.assign(a, { issuedOn: "2031-01-01T00:00:00Z" }), "dates"],
  ];
  for (const [what, change, caughtBy] of tamperings) {
    it(`is not valid with ${what} (${caughtBy})`, async () => {
      const assertion = await world.read(world.assertionUrl);
      change(assertion);
      expect(await world.verify(assertion)).to.include({
        verdict: "invalid",
        [caughtBy]: "invalid",
      });
    });
  }

  it("is withdrawn when its address says so, whatever copy is handed in", async () => {
    const copy = await world.read(world.assertionUrl);
    world.credential.status = "revoked";
    expect(await world.verify(copy)).to.include({ verdict: "invalid", status: "invalid" });
    const stripped = JSON.parse((await world.get(world.assertionUrl)).text) as Json;
    expect(await world.verify(stripped)).to.include({ verdict: "invalid", status: "invalid" });
  });

  /** An assertion, its badge and its issuer somewhere else on the web. */
  const elsewhere = (host: string, issuer = `https://${host}/issuer`) => ({
    assertion: {
      "@context": "https://w3id.org/openbadges/v2",
      ...{ type: "Assertion", id: `https://${host}/assertions/1`, badge: `https://${host}/badge` },
      recipient: { type: "email", hashed: false, identity: "sam@example.org" },
      ...{ issuedOn: "2020-05-01T00:00:00+02:00", verification: { type: "hosted" } },
    },
    badge: {
      ...{ type: "BadgeClass", id: `https://${host}/badge`, name: "Knots", description: "Ties." },
      ...{ issuer, image: `https://${host}/i.png`, criteria: `https://${host}/c` },
    },
    issuer: { type: "Profile", id: issuer, name: "Scouts", url: issuer, email: "s@example.org" },
  });

  it("is believed of any issuer whose own place vouches for it", async () => {
    const { assertion, badge, issuer } = elsewhere("scouts.example");
    for (const one of [assertion, badge, issuer]) world.put(one);
    expect(await world.verify(assertion, "sam@example.org")).to.include({ verdict: "valid" });
  });

  it("is not believed at a place that its issuer does not vouch for", async () => {
    const forged = elsewhere("evil.example", "https://scouts.example/issuer");
    world.put(forged.assertion);
    world.put(forged.badge);
    world.put(elsewhere("scouts.example").issuer);
    expect(await world.verify(forged.assertion)).to.include({
      ...{ verdict: "invalid", "issuer-key": "invalid", proof: "valid" },
    });
  });

  const scopes: [what: string, verification: Json, outcome: string][] = [
    ["a start that fits", { startsWith: "https://scouts.example/assertions/" }, "valid"],
    [
      "one start of several that fits",
      { startsWith: ["https://x.example/", "https://scouts.example/"] },
      "valid",
    ],
    ["a start that does not", { startsWith: "https://scouts.example/other/" }, "invalid"],
    ["an origin that fits", { allowedOrigins: "scouts.example" }, "valid"],
    ["an origin that does not", { allowedOrigins: ["x.example", "y.example"] }, "invalid"],
    [
      "a start that fits and an origin that does not",
      { startsWith: "https://scouts.example/", allowedOrigins: "x.example" },
      "invalid",
    ],
  ];
  for (const [what, verification, outcome] of scopes) {
    it(`is ${outcome} where its issuer names ${what}`, async () => {
      const { assertion, badge, issuer } = elsewhere("scouts.example");
      for (const one of [assertion, badge, { ...issuer, verification }]) world.put(one);
      expect(await world.verify(assertion)).to.include({ "issuer-key": outcome });
    });
  }

  it("stays unknown while its places do not answer, and when it is signed", async () => {
    const { assertion } = elsewhere("scouts.example");
    expect(await world.verify(assertion)).to.include({ verdict: "unknown", proof: "unknown" });
    const signed = { ...assertion, verification: { type: "signed" } };
    expect(await world.verify(signed)).to.include({ verdict: "unknown" });
  });
});
