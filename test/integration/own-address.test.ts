import { load } from "cheerio";
import { expect } from "chai";
import jsonwebtoken from "jsonwebtoken";
import { credentialDocument } from "../../src/credentials/credential.js";
import { verifyWithDigitalBazaar } from "../support/independent-verifiers.js";
import { approve, eventually, placeLink, publish, sit, teach } from "../support/story-school.js";
import { Browser } from "../support/test-browser.js";
import { startTestProduct, type TestProduct, type TestVisit } from "../support/test-product.js";

const COURSE = "cvi-101";
const DID = "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK";
const PAGE = "https://example.org/~amara";

type Did = Parameters<typeof verifyWithDigitalBazaar>[1];

describe("a learner's own address in their credentials", function () {
  this.timeout(90_000);
  let product: TestProduct;
  let amara: TestVisit;
  let exams: Parameters<typeof sit>[1][];

  before(async () => {
    product = await startTestProduct();
    const { parts, organisationId, lms, url } = product;
    await parts.work.start({ isAlone: true });
    const { course, exam } = await teach(parts, organisationId, { code: "ESS-101" });
    await publish(parts, organisationId, { name: "Badge one", exams: [exam] });
    const place = { organisationId, issuer: lms.issuer, contextId: COURSE };
    await approve(parts, { ...place, courseId: course.id });
    exams = [exam];
    const linkId = placeLink(lms, { url, contextId: COURSE, exam });
    amara = await product.launchAs({ userId: "amara", courseId: COURSE, linkId });
  });
  after(async () => {
    await product.parts.work.stop();
    await product.parts.stopThreads();
    await product.close();
  });

  const held = async () =>
    await product.parts.credentials.listOfLearner(product.organisationId, [amara.launch.accountId]);
  const subjectIds = async () =>
    (await held()).map((one) => credentialDocument(one).credentialSubject.id);
  const textOf = (html: string) => load(html)("main").text().replace(/\s+/g, " ");
  const stranger = async (path: string) => await new Browser().get(product.url + path);
  const check = async (credential: string, recipient: string) =>
    textOf((await new Browser().post(`${product.url}/verify`, { credential, recipient })).text);

  it("is refused beside the field when it is none, and nothing is kept", async () => {
    const answer = await amara.post("/backpack/own-address", { do: "save", holderId: "me <b>" });
    expect(answer.status).to.equal(422);
    const page = load(answer.text);
    expect(page("#field-holderId").attr("value")).to.equal("me <b>");
    expect(page("#field-holderId").attr("aria-invalid")).to.equal("true");
    expect(answer.text).to.include("This is no web address");
    expect((await amara.post("/backpack/own-address", { do: "sell" })).status).to.equal(422);
    const about = { ...product, learnerId: amara.launch.accountId };
    expect(await product.parts.findHolderId(about)).to.equal(undefined);
  });

  it("is the subject of what is issued from then on, in every form, and verifies elsewhere", async () => {
    const saved = await amara.post("/backpack/own-address", { do: "save", holderId: ` ${DID} ` });
    expect(saved.status).to.equal(303);
    await sit(amara, exams[0]!);
    const [credential] = await eventually("the credential", async () => {
      const found = await held();
      return found.length > 0 ? found : undefined;
    });
    const { id, forms, issuerId } = credential!;
    expect(await subjectIds()).to.deep.equal([DID]);
    for (const jwt of [forms.jwtRs256, forms.jwtEs256])
      expect(jsonwebtoken.decode(jwt, { json: true })).to.include({ sub: DID });
    const did = JSON.parse((await stranger(`/issuers/${issuerId}/did.json`)).text) as Did;
    const json = JSON.parse(forms.dataIntegrity) as Record<string, unknown>;
    expect(await verifyWithDigitalBazaar(json, did)).to.include({ verified: true });

    await amara.post(`/backpack/credentials/${id}/visibility`, { visibility: "link" });
    const page = textOf((await stranger(`/credentials/${id}`)).text);
    expect(page).to.include(DID).and.include("nobody has checked that it is theirs");
    expect(await check(forms.jwtRs256, DID)).to.include("gave this as their own address");
    expect(await check(forms.dataIntegrity, PAGE)).to.include("gave another address as their own");
    expect(await check(forms.jwtRs256, "amara.okafor@academy.example")).to.include(
      "issued to the person with this e-mail address",
    );
    const answer = await new Browser().post(`${product.url}/verify`, {
      ...{ credential: forms.jwtRs256, recipient: "somebody" },
    });
    expect(answer.status).to.equal(422);
  });

  it("changes in what was issued before when the learner wishes so, at the same address", async () => {
    const [before] = await held();
    await amara.post("/backpack/own-address", { do: "save", holderId: PAGE });
    expect(await subjectIds(), "not by itself").to.deep.equal([DID]);
    const page = textOf((await amara.get("/backpack/own-address")).text);
    expect(page).to.include("1 of your 1 credential does not carry it");
    await amara.post("/backpack/own-address", { do: "follow" });
    await eventually("the new edition", async () => (await subjectIds())[0] === PAGE);
    const [after] = await held();
    expect(after!.id).to.equal(before!.id);
    const [one, other] = [credentialDocument(before!), credentialDocument(after!)];
    expect(other).to.include({ id: one.id, awardedDate: one.awardedDate });
    expect(Date.parse(other.validFrom)).to.be.above(Date.parse(one.validFrom));
    expect(other.credentialSubject.identifier).to.deep.equal(one.credentialSubject.identifier);
    const shown = textOf((await stranger(`/credentials/${after!.id}`)).text);
    expect(shown).to.include("changed the address of their own").and.include(PAGE);
    expect(await check(after!.forms.dataIntegrity, PAGE)).to.include("Valid");
  });

  it("goes out again, and the opaque number of the award comes back", async () => {
    const { parts, organisationId } = product;
    expect((await amara.post("/backpack/own-address", { do: "remove" })).status).to.equal(303);
    const page = textOf((await amara.get("/backpack/own-address")).text);
    expect(page).to.include("still carries an address of yours");
    await amara.post("/backpack/own-address", { do: "follow" });
    const [award] = await parts.awards.listForLearners(organisationId, [amara.launch.accountId]);
    await eventually("the opaque subject", async () => {
      return (await subjectIds())[0] === award!.subjectUrn;
    });
    const [credential] = await held();
    expect(JSON.stringify(credential)).to.not.include(PAGE).and.not.include(DID);
    expect(await check(credential!.forms.jwtRs256, PAGE)).to.include("does not hold an address");
    expect(textOf((await amara.get("/backpack/own-address")).text)).to.not.include("issued anew");
  });

  it("stands on one account of a learner who has joined several", async () => {
    const { parts, organisationId, lms } = product;
    const key = (sub: string) => ({ organisationId, issuer: lms.issuer, sub });
    const [one, other] = [
      await parts.accounts.findOrCreate(key("joined-1"), new Date()),
      await parts.accounts.findOrCreate(key("joined-2"), new Date()),
    ];
    const set = async (accountIds: string[], holderId?: string) => {
      const about = { organisationId, learnerId: accountIds[0]!, accountIds, holderId };
      await parts.profiles.setHolderId(about);
    };
    await set([other.id], DID);
    await parts.accounts.link(organisationId, other.id, one.id);
    const about = { organisationId, learnerId: one.id };
    expect(await parts.findHolderId(about)).to.equal(DID);
    await set([one.id, other.id], PAGE);
    expect(await parts.findHolderId(about)).to.equal(PAGE);
    expect(await parts.profiles.find(organisationId, other.id)).to.not.have.property("holderId");
    await set([one.id, other.id]);
    expect(await parts.findHolderId(about)).to.equal(undefined);
  });

  it("is for the learner alone: who merely looks like one changes nothing", async () => {
    const preview = await product.launchAs({ userId: "test-student", courseId: COURSE });
    const answer = await preview.post("/backpack/own-address", { do: "save", holderId: DID });
    expect(answer.status).to.equal(403);
    expect((await preview.get("/backpack/own-address")).text).to.not.include("field-holderId");
  });
});
