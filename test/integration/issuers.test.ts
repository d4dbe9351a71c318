import { randomUUID } from "node:crypto";
import { load } from "cheerio";
import { expect } from "chai";
import request from "supertest";
import { findIssuerCommand } from "../../scripts/issuer-command.js";
import type { Credential } from "../../src/credentials/credential.js";
import type { DidDocument } from "../../src/issuers/issuer.js";
import { type IssuerContent, saveIssuer } from "../../src/issuers/save-issuer.js";
import { addPicture } from "../../src/pictures/add-picture.js";
import type { PictureUse } from "../../src/pictures/picture.js";
import { writeTrack } from "../../src/tracks/write-track.js";
import { openCertifiedLearner } from "../support/certified-learner.js";
import { aTrackContent, allOf, examStep } from "../support/core-fixtures.js";
import { award } from "../support/credential-fixtures.js";
import {
  verifyByTheLetter,
  verifyWithDigitalBazaar,
  verifyWithJsonwebtoken,
} from "../support/independent-verifiers.js";
import { plainPng, svgOf } from "../support/picture-fixtures.js";
import { readPdf, verifyWithOpenssl } from "../support/read-pdf.js";
import { teach } from "../support/story-school.js";

type Json = Record<string, unknown>;
const host = "https://badges.example.org";

describe("a brand of an organisation", function () {
  this.timeout(60_000);
  let world: Awaited<ReturnType<typeof openCertifiedLearner>>;
  let organisationId: string;
  let brandId: string;
  let content: IssuerContent;
  let examId: string;
  let credential: Credential;
  let did: DidDocument;

  const upload = async (bytes: Buffer, use: PictureUse): Promise<string> => {
    const about = { organisationId, addedBy: "a", bytes, use };
    const outcome = await addPicture(world.parts, about);
    if (outcome.kind === "refused") throw new Error(outcome.sentence);
    return outcome.picture.id;
  };
  const save = async (changes: Partial<IssuerContent> = {}, issuerId?: string): Promise<string> => {
    const wanted = { organisationId, issuerId, content: { ...content, ...changes } };
    const result = await saveIssuer(world.parts, wanted);
    if (result.kind === "faulty") throw new Error(JSON.stringify(result.faults));
    return result.issuer.id;
  };

  /** Publishes a track in a brand's name and issues one award of it. */
  async function issue(issuerId: string | undefined): Promise<Credential> {
    const { parts } = world;
    const requirement = allOf("root", examStep(examId));
    const name = `Track ${randomUUID()}`;
    const draft = aTrackContent({ name, requirement, issuerId });
    const written = await writeTrack(parts, {
      ...{ organisationId, trackId: undefined, content: draft },
    });
    if (written.kind !== "saved") throw new Error(JSON.stringify(written));
    const { id: trackId } = written.track;
    const about = { organisationId, trackId, publishedBy: "a" };
    const published = await parts.journey.publishTrack(about);
    if (published.kind !== "published") throw new Error(JSON.stringify(published));
    const { learnerId } = world.certificate;
    const given = award({ organisationId, learnerId, trackId, trackVersion: 1, trackName: name });
    await parts.awards.addOnce(given);
    await parts.issueCredentials({ organisationId, awardIds: [given.id] });
    const issued = await parts.credentials.findByAward(organisationId, given.id);
    await world.share(issued!);
    return issued!;
  }
  const get = async (path: string) => await request(world.app).get(path).buffer(true);
  const json = async (path: string) =>
    JSON.parse(
      (await request(world.app).get(path).set("accept", "application/json").buffer(true)).text,
    ) as Json;
  const didOf = async (id: string) =>
    JSON.parse((await get(`/issuers/${id}/did.json`)).text) as DidDocument;

  before(async () => {
    world = await openCertifiedLearner();
    ({ organisationId } = world.certificate);
    examId = (await teach(world.parts, organisationId, { code: "BR-1" })).exam.id;
    content = {
      ...{
        name: "Institute of Gait",
        url: "https://gait.example.org/",
        email: "hi@gait.example.org",
      },
      ...{ colour: "#7a1f5c", groundColour: "#f7efe3", signatory: "Dr. A. Okafor, President" },
      logoId: await upload(Buffer.from(svgOf("")), "logo"),
      signatureId: await upload(plainPng(200, 60), "signature"),
    };
    brandId = await save();
    credential = await issue(brandId);
    did = await didOf(brandId);
  });
  after(async () => {
    await world.close();
  });

  const signed = () => JSON.parse(credential.forms.dataIntegrity) as Json;
  const profile = () => ({
    id: `did:web:badges.example.org:issuers:${brandId}`,
    type: ["Profile"],
    name: "Institute of Gait",
    url: "https://gait.example.org/",
    email: "hi@gait.example.org",
    image: {
      id: `${host}/issuers/${brandId}/pictures/${content.logoId}.svg`,
      type: "Image",
      caption: "Logo of Institute of Gait",
    },
  });

  it("issues with keys and a status list of its own, and others can verify what it issued", async () => {
    expect(credential.issuerId).to.equal(brandId);
    expect(signed()["issuer"]).to.deep.equal(profile());
    expect(
      (signed()["credentialSubject"] as { achievement: Json }).achievement["creator"],
    ).to.deep.equal(profile());
    expect(did.id).to.equal(profile().id);
    const own = await didOf(organisationId);
    const thumbprints = (one: DidDocument) =>
      one.verificationMethod.map(({ id }) => id.split("#")[1]);
    expect(thumbprints(did)).to.have.length(3);
    expect(thumbprints(did).filter((one) => thumbprints(own).includes(one))).to.deep.equal([]);
    expect(await verifyWithDigitalBazaar(signed(), did)).to.include({ verified: true });
    expect(await verifyByTheLetter(signed(), did)).to.equal(true);
    expect(verifyWithJsonwebtoken(credential.forms.jwtRs256, did)["iss"]).to.equal(did.id);
    const other = world.badges[0]!;
    expect(credential.statusPlace.listId).not.to.equal(other.statusPlace.listId);
    const list = await json(`/status/${credential.statusPlace.listId}/revocation`);
    expect(JSON.stringify(list)).to.include(did.id).and.not.to.include(own.id);
  });

  it("has its certificates and cards stand in its colours, and nobody else's", async () => {
    const { trackId, trackVersion } = credential;
    const sheet = await get(`/achievements/${trackId}/${trackVersion}/colours.css`);
    expect(sheet.headers["content-type"]).to.include("text/css");
    expect(sheet.text).to.include("--sheet:#f7efe3;").and.include("--accent:#7a1f5c;");
    await world.share(credential);
    for (const path of [
      `/credentials/${credential.id}`,
      `/credentials/${credential.id}/card`,
      `/achievements/${trackId}/${trackVersion}`,
    ]) {
      const page = await request(world.app).get(path).set("accept", "text/html");
      expect(page.text, path).to.include(
        `href="/achievements/${trackId}/${trackVersion}/colours.css"`,
      );
    }
    const other = world.badges[0]!;
    const plain = await get(`/achievements/${other.trackId}/${other.trackVersion}/colours.css`);
    expect(plain.text).to.equal("");
  });

  it("is verified here, by address and by text", async () => {
    for (const text of [`${host}/credentials/${credential.id}`, credential.forms.jwtEs256]) {
      const answer = await request(world.app)
        .post("/verify")
        .set("accept", "application/json")
        .send({ credential: text });
      expect(answer.body, text).to.have.property("verdict", "valid");
    }
  });

  it("has a profile, a page and an Open Badges 2.0 issuer at its own address", async () => {
    const answer = await request(world.app)
      .get(`/issuers/${brandId}`)
      .set("accept", "application/json");
    expect(answer.body).to.deep.include(profile());
    const page = load(
      (await request(world.app).get(`/issuers/${brandId}`).set("accept", "text/html")).text,
    );
    expect(page("h1").text()).to.equal("Institute of Gait");
    expect(page("a[href='https://gait.example.org/']").length).to.equal(1);
    const logo = await request(world.app).get(page("img.logo").attr("src")!).buffer(true);
    expect(logo.type).to.equal("image/svg+xml");
    const hosted = await json(`/issuers/${brandId}/issuer.json`);
    expect(hosted).to.include({
      id: `${host}/issuers/${brandId}/issuer.json`,
      email: "hi@gait.example.org",
      url: "https://gait.example.org/",
      image: profile().image.id,
      related: `${host}/issuers/${brandId}`,
    });
    const badgeClass = await json(`/achievements/${credential.trackId}/1/badge-class.json`);
    expect(badgeClass["issuer"]).to.equal(hosted["id"]);
    for (const path of [
      `/issuers/${brandId}/pictures/${randomUUID()}.svg`,
      `/issuers/${randomUUID()}/did.json`,
    ])
      expect((await get(path)).status, path).to.equal(404);
  });

  it("is shown on the pages of what it issues", async () => {
    for (const path of [
      `/credentials/${credential.id}`,
      `/credentials/${credential.id}/card`,
      `/achievements/${credential.trackId}/1`,
      "/catalog?by=organisation",
    ]) {
      const page = load((await request(world.app).get(path).set("accept", "text/html")).text);
      expect(page("main").text(), path).to.include("Institute of Gait");
      expect(page("img.logo").attr("src"), path).to.equal(new URL(profile().image.id).pathname);
    }
    const catalogue = load((await get("/catalog?by=organisation")).text);
    const groups = catalogue("h2")
      .toArray()
      .map((one) => catalogue(one).text());
    expect(groups).to.include("Institute of Gait");
  });

  it("has its logo and signature in the PDF, which is signed with its own certificate", async () => {
    const answer = await request(world.app)
      .get(`/credentials/${credential.id}.pdf`)
      .responseType("arraybuffer");
    const pdf = answer.body as Buffer;
    const { elements, unmarkedText, pageCount } = await readPdf(pdf);
    const said = elements.map(({ alt, text }) => alt ?? text);
    expect(said).to.include.members([
      "Logo of Institute of Gait",
      "Signature of Dr. A. Okafor, President",
      "Dr. A. Okafor, President",
    ]);
    expect(said.join(" ")).to.include("Institute of Gait, https://gait.example.org/");
    expect(unmarkedText.trim()).to.equal("");
    expect(pageCount).to.equal(1);
    const kept = await world.parts.documentCertificates.find(brandId);
    expect(await verifyWithOpenssl(pdf, Buffer.from(kept!.certificate, "base64"))).to.equal(true);
  });

  it("stays as it was in what was published and issued before an edit", async () => {
    await save(
      { name: "Gait Academy", url: undefined, email: undefined, logoId: undefined },
      brandId,
    );
    const reread = await world.parts.credentials.findById(credential.id);
    expect(reread?.forms).to.deep.equal(credential.forms);
    const achievement = await json(`/achievements/${credential.trackId}/1`);
    expect(achievement["creator"]).to.deep.equal(profile());
    expect((await get(new URL(profile().image.id).pathname)).status).to.equal(200);
    const later = await issue(brandId);
    expect((JSON.parse(later.forms.dataIntegrity) as Json)["issuer"]).to.deep.equal({
      ...{ id: did.id, type: ["Profile"] },
      ...{ name: "Gait Academy", url: `${host}/issuers/${brandId}` },
    });
    expect(await verifyWithDigitalBazaar(signed(), await didOf(brandId))).to.include({
      verified: true,
    });
    await save({}, brandId);
  });

  it("leaves the organisation's own issuer as it always was", async () => {
    const own = await issue(undefined);
    const before = JSON.parse(world.badges[0]!.forms.dataIntegrity) as Json;
    expect(own.issuerId).to.equal(organisationId);
    expect((JSON.parse(own.forms.dataIntegrity) as Json)["issuer"]).to.deep.equal(before["issuer"]);
    expect(before["issuer"]).to.deep.equal({
      id: `did:web:badges.example.org:issuers:${organisationId}`,
      type: ["Profile"],
      name: "Association",
      url: `${host}/issuers/${organisationId}`,
    });
  });

  it("issues many awards of several brands in one go, each with the right keys", async () => {
    const other = await save({ name: "Institute of Balance" });
    const [one, two] = [await issue(other), await issue(brandId)];
    expect(one.issuerId).to.equal(other);
    const { learnerId } = world.certificate;
    const awards = [one, two, one, two].map(({ trackId }, at) =>
      award({ organisationId, learnerId, trackId, trackVersion: 1, round: at + 2 }),
    );
    for (const given of awards) await world.parts.awards.addOnce(given);
    const awardIds = awards.map(({ id }) => id);
    await world.parts.issueCredentials({ organisationId, awardIds });
    const all = await world.parts.credentials.listByAwards(organisationId, awardIds);
    expect(all).to.have.length(4);
    for (const issued of all) {
      const document = JSON.parse(issued.forms.dataIntegrity) as Json;
      expect(await verifyByTheLetter(document, await didOf(issued.issuerId))).to.equal(true);
      expect(issued.issuerId).to.equal(issued.trackId === one.trackId ? other : brandId);
    }
  });

  it("has its keys replaced by the command like those of an organisation", async () => {
    const before = (await world.parts.issuerKeys.list(brandId)).map(({ thumbprint }) => thumbprint);
    const list = await findIssuerCommand(["list"])!(world.parts);
    expect(list).to.include("Institute of Gait").and.to.include(did.id);
    await findIssuerCommand(["rotate"])!(world.parts);
    const after = (await world.parts.issuerKeys.list(brandId)).map(({ thumbprint }) => thumbprint);
    expect(after).to.include.members(before);
    expect(after).to.have.length(6);
  });

  it("is not written with what is no name, address or legible colour", async () => {
    const faultsOf = async (changes: Partial<IssuerContent>) => {
      const wanted = { organisationId, issuerId: brandId, content: { ...content, ...changes } };
      const result = await saveIssuer(world.parts, wanted);
      return result.kind === "faulty" ? result.faults : {};
    };
    expect(await faultsOf({ name: " " })).to.have.keys("name");
    expect((await faultsOf({ name: "Institute of Balance" }))["name"]).to.match(/of that name/);
    expect(await faultsOf({ url: "http://gait.example.org" })).to.have.keys("url");
    expect(await faultsOf({ url: "javascript:alert(1)" })).to.have.keys("url");
    expect(await faultsOf({ email: "nobody" })).to.have.keys("email");
    expect((await faultsOf({ colour: "#ffe680" }))["colour"]).to.match(/1\.2 to 1, and 4\.5 to 1/);
  });

  it("cannot be published under when it is another organisation's", async () => {
    const { parts } = world;
    const elsewhere = await parts.organisations.ensureNamed("Elsewhere", new Date());
    const wanted = {
      organisationId: elsewhere.id,
      issuerId: undefined,
      content: { name: "Theirs" },
    };
    const theirs = await saveIssuer(parts, wanted);
    if (theirs.kind !== "saved") throw new Error("not saved");
    const issued = await issue(theirs.issuer.id).then(
      () => "issued",
      (error: unknown) => String(error),
    );
    expect(issued).to.include("issuerId");
  });
});
