import { load } from "cheerio";
import { expect } from "chai";
import jsonwebtoken from "jsonwebtoken";
import type { Credential } from "../../src/credentials/credential.js";
import { createErasureJourney, type ErasureNeeds } from "../../src/erasure-journey.js";
import { createErasedPersonStore } from "../../src/people/erased-person-store.js";
import { createPersonalDataStore } from "../../src/people/personal-data-store.js";
import { fates } from "../../src/people/personal-data.js";
import { createSealedBox } from "../../src/sealed-box.js";
import { newId } from "../../src/stored-record.js";
import { verifyWithDigitalBazaar } from "../support/independent-verifiers.js";
import { searchDatabase } from "../support/search-database.js";
import { approve, eventually, placeLink, publish, sit, teach } from "../support/story-school.js";
import { Browser } from "../support/test-browser.js";
import { startTestProduct, type TestProduct, type TestVisit } from "../support/test-product.js";

const COURSE = "cvi-101";
const HOUR_MS = 60 * 60_000;

type Person = { userId: string; words: string[] };
const person = (userId: string, ...words: string[]): Person => ({
  userId,
  words: [
    ...words,
    `"${userId}"`,
    `plan-of-${userId}`,
    `Proposed ${userId}`,
    `shelf of ${userId}`,
    `did:web:${userId}.example`,
  ],
});
const AMARA = person("amara", "Okafor", "amara.okafor@academy.example");
const JONAS = person("jonas", "Lindqvist", "jonas.lindqvist@clinic.example");
const CLEO = person("cleo", "Vandermeer", "cleo@clinic.example");
const PAULA = person("paula", "Quispe", "paula@clinic.example");

describe("a learner who deletes their account", function () {
  this.timeout(120_000);
  let product: TestProduct;
  let linkId: string;
  let activityId: string;
  let examId: string;
  let professionId: string;

  before(async () => {
    product = await startTestProduct();
    const { parts, organisationId, lms, url } = product;
    lms.addPerson({
      ...{ id: "cleo", givenName: "Cleo", familyName: "Vandermeer", kind: "student" },
      ...{ email: "cleo@clinic.example", blurb: "" },
    });
    lms.addPerson({
      ...{ id: "paula", givenName: "Paula", familyName: "Quispe", kind: "student" },
      ...{ email: "paula@clinic.example", blurb: "" },
    });
    await parts.work.start({ isAlone: true });
    const { course, exam } = await teach(parts, organisationId, { code: "ESS-101" });
    examId = exam.id;
    for (const name of ["Badge one", "Badge two"])
      await publish(parts, organisationId, { name, exams: [exam] });
    await approve(parts, {
      ...{ organisationId, issuer: lms.issuer, contextId: COURSE, courseId: course.id },
    });
    linkId = placeLink(lms, { url, contextId: COURSE, exam });
    const saved = await parts.saveActivity({
      ...{ organisationId, courseId: course.id, examId: undefined },
      content: {
        ...{ title: "Plan", instructions: "Plan it.", accepts: ["text", "file"], rubric: [] },
        assessorIds: [newId()],
      },
    });
    if (saved.kind !== "saved") throw new Error("no activity");
    activityId = saved.exam.id;
    const profession = { id: newId(), organisationId, name: "Nurse", createdAt: new Date() };
    await parts.eligibility.addProfession(profession);
    professionId = profession.id;
  });
  after(async () => {
    await product.parts.work.stop();
    await product.parts.stopThreads();
    await product.close();
  });

  const launch = async ({ userId }: Person): Promise<TestVisit> =>
    await product.launchAs({ userId, courseId: COURSE, linkId });
  const credentialsOf = async (accountId: string): Promise<Credential[]> =>
    await product.parts.credentials.listOfLearner(product.organisationId, [accountId]);
  const stranger = async (path: string) => await new Browser().get(product.url + path);

  /** Leaves something of theirs wherever a learner can. */
  async function fill(who: Person): Promise<{ visit: TestVisit; held: Credential[] }> {
    const { parts, organisationId } = product;
    const visit = await launch(who);
    const { accountId } = visit.launch;
    await sit(visit, (await parts.exams.findById(organisationId, examId))!);
    await eventually("two credentials", async () => (await credentialsOf(accountId)).length === 2);
    const [one, two] = await credentialsOf(accountId);
    await visit.post(`/backpack/credentials/${one!.id}/visibility`, { visibility: "public" });
    await visit.post(`/backpack/credentials/${two!.id}/visibility`, { visibility: "link" });
    await visit.post(`/backpack/credentials/${two!.id}/parts`, { hours: "yes" });
    await eventually("what is shown", async () => {
      return (await stranger(`/credentials/${two!.id}.pdf`)).status === 200;
    });
    await visit.post("/backpack/own-address", {
      ...{ do: "save", holderId: `did:web:${who.userId}.example` },
    });
    await visit.post("/backpack/own-address", { do: "follow" });
    await eventually("credentials with the learner's DID", async () => {
      const found = await credentialsOf(accountId);
      return found.every(({ forms }) => forms.dataIntegrity.includes(`did:web:${who.userId}`));
    });
    await eventually("what is shown with the DID", async () => {
      return (await stranger(`/credentials/${two!.id}.pdf`)).status === 200;
    });
    for (const form of [".png", ".pdf", "/preview.png"])
      expect((await stranger(`/credentials/${one!.id}${form}`)).status).to.equal(200);
    await visit.post("/backpack", { do: "show-portfolio" });
    await visit.post("/backpack", { do: "add-collection", name: `shelf of ${who.userId}` });
    const link = load((await visit.post("/backpack/link")).text)("#made-link").attr("value") ?? "";
    await new Browser().post(link, {});
    await parts.profiles.proposeName(organisationId, accountId, `Proposed ${who.userId}`);
    await parts.submitLicence({
      ...{ organisationId, accountId },
      content: {
        ...{ professionId, number: "12-345", jurisdiction: "Ontario", validFrom: new Date(0) },
        ...{ validTo: undefined, evidenceUrl: `https://scan.example/plan-of-${who.userId}` },
        evidence: { type: "application/pdf", bytes: Buffer.from("%PDF-1.7 scan") },
      },
    });
    await visit.post(`/activities/${activityId}`, { text: `plan-of-${who.userId}` });
    // A crash left it without its submission.
    await parts.submissions.addFile({
      ...{ id: newId(), organisationId, accountId, submissionId: newId() },
      name: `plan-of-${who.userId}`,
      bytes: Buffer.from(`plan-of-${who.userId}`),
    });
    return { visit, held: await credentialsOf(accountId) };
  }

  const find = async (who: Person) => await searchDatabase(product.connection, who.words);
  /** Whatever the test has made, it is found before; else finding nothing later means nothing. */
  const HOLDERS = [
    ...["accounts", "attempts", "backpacks", "credentials", "licences"],
    ...["profiles", "scorePosts", "submissionFiles", "submissions"],
  ];

  const deleteAccount = async (visit: TestVisit, credentials: string) =>
    await visit.post("/backpack/account/delete", { credentials, sure: "yes" });
  const gone = async (accountId: string) =>
    await eventually("the first pass", async () => {
      return ((await product.parts.erasures.find(accountId))?.passes ?? 0) > 0;
    });

  it("names every collection of the database in one place, with a field that is there", async () => {
    const { models, db } = product.connection;
    const declared = Object.values(models).map((model) => model.collection.collectionName);
    const there = (await db!.listCollections().toArray()).map(({ name }) => name);
    const all = [...new Set([...declared, ...there])].sort();
    expect(
      all.filter((name) => fates[name] === undefined),
      "collections of which src/people/personal-data.ts does not say what becomes of them",
    ).to.deep.equal([]);
    expect(Object.keys(fates).filter((name) => !all.includes(name))).to.deep.equal([]);
    for (const [name, fate] of Object.entries(fates)) {
      if (fate.kind !== "erased") continue;
      const model = Object.values(models).find((one) => one.collection.collectionName === name);
      expect(model?.schema.path(fate.key), `${name}.${fate.key}`).to.be.an("object");
      expect(model?.schema.path("organisationId"), name).to.be.an("object");
    }
  });

  it("asks whether they are sure and what is to become of their credentials", async () => {
    const visit = await launch(AMARA);
    const page = load((await visit.get("/backpack/account")).text);
    expect(page("input[name=credentials]:checked, input[name=sure]:checked")).to.have.length(0);
    for (const form of [{}, { credentials: "keep" }, { sure: "yes" }, { credentials: "sell" }]) {
      const answer = await visit.post("/backpack/account/delete", form);
      expect(answer.status).to.equal(422);
    }
    expect(await product.parts.erasures.find(visit.launch.accountId)).to.equal(undefined);
    const preview = await product.launchAs({ userId: "test-student", courseId: COURSE });
    expect((await deleteAccount(preview, "keep")).status).to.equal(403);
  });

  it("leaves nothing of themselves, and credentials that stand without their name", async () => {
    const { visit, held } = await fill(AMARA);
    const { accountId } = visit.launch;
    const { organisationId, parts } = product;
    expect(Object.keys(await find(AMARA))).to.include.members(HOLDERS);
    // What is sealed is found by whose it is.
    const scans = product.connection.collection("licenceFiles");
    expect(await scans.countDocuments({ accountId })).to.equal(1);
    const [handedOn] = held.map(({ forms }) => forms.jwtRs256);

    const answer = await deleteAccount(visit, "keep");
    expect(answer.status).to.equal(200);
    expect(load(answer.text)("h1").text()).to.equal("Your account is being deleted");
    await gone(accountId);
    await eventually("all that is signed anew", async () => {
      const kept = await credentialsOf(accountId);
      return kept.every(({ shows, shown }) => (shows === undefined) === (shown === undefined));
    });

    expect(await find(AMARA)).to.deep.equal({});
    expect(await scans.countDocuments({ accountId })).to.equal(0);
    expect((await visit.get("/backpack")).status).to.equal(401);
    const kept = await credentialsOf(accountId);
    expect(kept.map(({ id }) => id)).to.deep.equal(held.map(({ id }) => id));
    const did = JSON.parse(
      (await stranger(`/issuers/${organisationId}/did.json`)).text,
    ) as Parameters<typeof verifyWithDigitalBazaar>[1];
    for (const { id, status, history } of kept) {
      expect(status).to.equal("active");
      expect(history?.at(-1)?.reason).to.equal("holder-erased");
      const json = JSON.parse((await stranger(`/credentials/${id}.json`)).text) as object;
      expect(json).to.not.have.nested.property("credentialSubject.identifier");
      const checked = await verifyWithDigitalBazaar({ ...json }, did);
      expect(checked).to.include({ verified: true });
      const page = load((await stranger(`/credentials/${id}`)).text)("main").text();
      expect(page).to.include("Its holder had their name taken out").and.include("Valid");
      for (const form of ["/card", ".pdf", ".png", ".svg", "/preview.png"])
        expect((await stranger(`/credentials/${id}${form}`)).status, form).to.equal(200);
      expect((await stranger(`/credentials/${id}/assertion.json`)).status).to.equal(404);
    }
    const old = await new Browser().post(`${product.url}/verify`, {
      ...{ credential: handedOn!, recipient: "amara.okafor@academy.example" },
    });
    expect(load(old.text)("main").text()).to.include("Valid");
    expect(jsonwebtoken.decode(handedOn!, { json: true })).to.have.nested.property(
      "credentialSubject.identifier[0].identityHash",
      "Amara Okafor",
    );
    const facts = await parts.facts.listForAccounts(organisationId, [accountId]);
    expect(facts).to.have.length.above(0);
    const trail = await parts.audit.list(organisationId, {
      ...{ subjectId: accountId },
      ...{ page: 1, pageSize: 9 },
    } as never);
    expect(JSON.stringify(trail)).to.include("account-deleted");
  });

  it("comes back as somebody new, by a launch of their own and by nothing else", async () => {
    const { parts, organisationId, lms } = product;
    const people = { organisationId, issuer: lms.issuer, subs: ["amara"] };
    expect(await parts.accounts.findOrCreateAll(people, new Date())).to.deep.equal([]);
    expect(await find(AMARA)).to.deep.equal({});
    const visit = await launch(AMARA);
    expect(await credentialsOf(visit.launch.accountId)).to.deep.equal([]);
    expect((await visit.get("/backpack")).text).to.include("no credentials in your backpack");
    const [account] = await parts.accounts.findOrCreateAll(people, new Date());
    expect(account?.id).to.equal(visit.launch.accountId);
    const exam = (await parts.exams.findById(organisationId, examId))!;
    await sit(visit, exam);
    await eventually("credentials of somebody new", async () => {
      return (await credentialsOf(visit.launch.accountId)).length === 2;
    });
  });

  it("is gone through once more, which leaves who has come back alone", async () => {
    const { parts, lms, organisationId } = product;
    const back = await parts.accounts.findBySub({
      ...{ organisationId, issuer: lms.issuer, sub: "amara" },
    });
    const later = new Date(Date.now() + HOUR_MS);
    const due = await parts.erasures.listDue(later, 10);
    expect(due.map(({ passes }) => passes)).to.deep.equal([1]);
    expect(due[0]!.sealedPeople).to.be.a("string");
    // A roster that was being read when the account was deleted.
    const [old = ""] = due[0]!.accountIds;
    await parts.profiles.noteFromLms({
      ...{ id: old, organisationId, name: "Amara Okafor", email: undefined },
    });
    product.setNow(later);
    await parts.sweepErasures();
    product.setNow(undefined);
    expect(await parts.profiles.find(organisationId, old)).to.equal(undefined);
    const done = await parts.erasures.find(old);
    expect(done).to.include({ passes: 2 });
    expect(done).to.not.have.any.keys("sealedPeople", "nextAt");
    expect(await credentialsOf(back!.id)).to.have.length(2);
    expect((await parts.profiles.find(organisationId, back!.id))?.name).to.equal("Amara Okafor");
  });

  it("withdraws their credentials for good, where they choose that", async () => {
    const { visit, held } = await fill(JONAS);
    const { accountId } = visit.launch;
    const [handedOn] = held.map(({ forms }) => forms.jwtEs256);
    expect((await deleteAccount(visit, "withdraw")).status).to.equal(200);
    await gone(accountId);
    expect(await find(JONAS)).to.deep.equal({});
    const { awards, journey } = product.parts;
    for (const { id, status, awardId } of await credentialsOf(accountId)) {
      expect(status).to.equal("revoked");
      expect((await stranger(`/credentials/${id}`)).status).to.equal(404);
      const award = await awards.findById(product.organisationId, awardId);
      expect(award?.standing).to.include({ state: "revoked", cause: "holder" });
      const decision = { kind: "reinstate", actorId: newId(), reason: "Please" } as const;
      const { organisationId } = product;
      expect(await journey.decideAboutAward({ organisationId, awardId, decision })).to.deep.equal({
        ...{ kind: "refused", because: "withdrawn-by-holder" },
      });
    }
    await product.parts.publishStatuses();
    const checked = await new Browser().post(`${product.url}/verify`, { credential: handedOn! });
    expect(load(checked.text)("main").text()).to.include("The issuer has withdrawn it");
    await journey.evaluateLearner({ organisationId: product.organisationId, accountId });
    expect(await credentialsOf(accountId), "not earned again by itself").to.have.length(2);
  });

  it("is erased to the end, wherever the process dies", async () => {
    const { visit } = await fill(CLEO);
    const { parts, connection, organisationId } = product;
    const { accountId } = visit.launch;
    let left = 0;
    let calls = 0;
    class Death extends Error {}
    const step = (): void => {
      calls += 1;
      if ((left -= 1) < 0) throw new Death();
    };
    const mortal = <T extends object>(target: T): T =>
      new Proxy(target, {
        get: (of, name) => {
          const value: unknown = Reflect.get(of, name);
          if (typeof value !== "function") return value;
          return (...given: unknown[]): unknown => {
            step();
            return Reflect.apply(value, of, given);
          };
        },
      });
    const sealedBox = createSealedBox("ab".repeat(32));
    const needs: ErasureNeeds = {
      accounts: mortal(parts.accounts),
      audit: mortal(parts.audit),
      awards: mortal(parts.awards),
      erasedPeople: mortal(createErasedPersonStore(connection, sealedBox)),
      erasures: mortal(parts.erasures),
      grants: mortal(parts.grants),
      personalData: mortal(createPersonalDataStore(connection)),
      sealedBox,
      work: { wake: async () => undefined },
      decideAboutAward: async (decision) => {
        step();
        await parts.journey.decideAboutAward(decision);
        step();
      },
      unnameCredentials: async (about) => {
        step();
        await parts.unnameCredentials(about);
        step();
      },
      now: parts.now,
    };
    const journey = createErasureJourney(needs);
    left = 100;
    const wanted = { organisationId, learnerId: accountId, credentials: "withdraw" as const };
    await journey.deleteAccount(wanted);
    let deaths = 0;
    for (let after = 0; after < 60; after += 1) {
      [left, calls] = [after, 0];
      try {
        await journey.eraseAccount(accountId);
        break;
      } catch (error) {
        expect(error).to.be.instanceOf(Death);
        deaths += 1;
      }
    }
    expect(deaths).to.be.above(12);
    expect(calls).to.be.above(12);
    expect(await find(CLEO)).to.deep.equal({});
    expect((await credentialsOf(accountId)).map(({ status }) => status)).to.deep.equal([
      ...["revoked", "revoked"],
    ]);
  });

  it("is found by the sweep, should the process die right after the answer", async () => {
    const { visit } = await fill(PAULA);
    const { parts, organisationId } = product;
    const { accountId } = visit.launch;
    const requestedAt = parts.now();
    await parts.erasures.addOnce({
      ...{ id: accountId, organisationId, accountIds: [accountId], sealedPeople: undefined },
      ...{ credentials: "keep", requestedAt, passes: 0, nextAt: requestedAt },
    });
    await parts.work.wake("sweep", { key: "sweep", organisationId: "", reach: "settled" });
    await gone(accountId);
    await eventually("all that is signed anew", async () => {
      return Object.keys(await find(PAULA)).length === 0;
    });
  });

  it("gives up administering Rosette first", async () => {
    const { parts, organisationId } = product;
    const visit = await launch(AMARA);
    const { accountId } = visit.launch;
    await parts.grants.addOnce({
      ...{ id: accountId, organisationId, grantedBy: undefined, grantedAt: new Date() },
    });
    const answer = await deleteAccount(visit, "keep");
    expect(answer.status).to.equal(422);
    expect(answer.text).to.include("You administer Rosette here");
    expect(await parts.erasures.find(accountId)).to.equal(undefined);
  });
});
