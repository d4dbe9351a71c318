import { createHash } from "node:crypto";
import { load } from "cheerio";
import { expect } from "chai";
import { load as readPngTags } from "exifreader";
import request from "supertest";
import type { ArchiveIndex } from "../../src/backpack/archive-index.js";
import { deviceIdOf, newDeviceSecret } from "../../src/backpack/device.js";
import { newId } from "../../src/stored-record.js";
import { openCertifiedLearner } from "../support/certified-learner.js";
import {
  verifyWithDigitalBazaar,
  verifyWithDigitalCredentials,
  verifyWithJsonwebtoken,
} from "../support/independent-verifiers.js";
import { readPdf } from "../support/read-pdf.js";
import { readZip } from "../support/read-zip.js";

type Json = Record<string, unknown>;

const FORMS = ["json", "jwt", "es256.jwt", "pdf", "png", "svg"] as const;
const HOSTILE = '<img src=x onerror="alert(1)"> "Work" & more';

const SCAN = Buffer.from("%PDF-1.7 a scan");

describe("everything of a learner in one file", function () {
  this.timeout(90_000);
  let world: Awaited<ReturnType<typeof openCertifiedLearner>>;
  let cookie: string;
  let files: Map<string, Buffer>;
  let index: ArchiveIndex;

  const letIn = async (learnerId: string): Promise<string> => {
    const secret = newDeviceSecret();
    const { organisationId } = world.certificate;
    await world.parts.devices.add({
      ...{ id: deviceIdOf(secret), organisationId, learnerId, formToken: newId() },
      ...{ openedAt: new Date(), expiresAt: new Date(Date.now() + 60_000) },
    });
    return `__Host-rosette-backpack=${secret}`;
  };

  const download = async (as: string) =>
    await request(world.app)
      .get("/backpack/export.zip")
      .set("cookie", as)
      .responseType("arraybuffer");

  before(async () => {
    world = await openCertifiedLearner();
    const { organisationId, learnerId } = world.certificate;
    const submissionId = newId();
    const kept = { organisationId, accountId: learnerId, submissionId };
    const work = [
      { id: newId(), name: "../../etc/passwd", bytes: Buffer.from("first") },
      { id: newId(), name: "plan.PDF", bytes: Buffer.from([0, 255, 10, 13]) },
      { id: newId(), name: "Plan.pdf", bytes: Buffer.from("third") },
    ];
    for (const file of work) await world.parts.submissions.addFile({ ...file, ...kept });
    await world.parts.submissions.addOnce({
      ...{ id: submissionId, organisationId, examId: newId(), courseId: newId(), number: 1 },
      ...{ accountId: learnerId, offeringId: newId(), submittedAt: new Date(), state: "returned" },
      work: {
        text: HOSTILE,
        link: "https://work.example/plan",
        files: work.map(({ id, name, bytes }) => ({ id, name, sizeBytes: bytes.length })),
      },
      assessments: [
        {
          ...{ outcome: "returned", assessorId: newId(), ratings: {}, comment: HOSTILE },
          decidedAt: new Date(),
        },
      ],
    });
    const professionId = newId();
    const profession = { id: professionId, organisationId, name: "Nurse ../x" };
    await world.parts.eligibility.addProfession({ ...profession, createdAt: new Date() });
    const licence = {
      ...{ professionId, number: HOSTILE, jurisdiction: "Ontario", validTo: undefined },
      ...{ validFrom: new Date("2026-01-01"), evidenceUrl: "https://register.example/1" },
    };
    for (const evidence of [{ type: "application/pdf" as const, bytes: SCAN }, undefined])
      await world.parts.submitLicence({
        ...{ organisationId, accountId: learnerId, content: { ...licence, evidence } },
      });
    const address = { organisationId, learnerId, accountIds: [learnerId] };
    await world.parts.profiles.setHolderId({ ...address, holderId: "did:web:noor.example" });
    cookie = await letIn(learnerId);
    const answer = await download(cookie);
    expect(answer.status).to.equal(200);
    expect(answer.headers).to.include({ "cache-control": "no-store" });
    files = await readZip(answer.body as Buffer);
    index = JSON.parse(files.get("index.json")!.toString("utf8")) as ArchiveIndex;
  });
  after(async () => {
    await world.close();
  });

  const textOf = (path: string): string => files.get(path)!.toString("utf8");
  const folders = (): string[] => index.credentials.map(({ name }) => `credentials/${name}`);

  it("holds each credential in every form, private ones too, and a certificate's record", () => {
    expect(index.missing).to.deep.equal([]);
    expect(folders().sort()).to.deep.equal(
      ["Balance", "Falls", "Gait", "Mobility"].map((name) => `credentials/${name}`),
    );
    for (const folder of folders())
      for (const form of FORMS) expect(files.has(`${folder}/credential.${form}`)).to.equal(true);
    expect([...files.keys()].filter((path) => path.includes("learner-record"))).to.deep.equal([
      "credentials/Mobility/learner-record.json",
      "credentials/Mobility/learner-record.jwt",
    ]);
  });

  it("holds credentials that verify, each form by itself, with other implementations", async () => {
    const { did } = world;
    for (const folder of folders()) {
      const json = () => JSON.parse(textOf(`${folder}/credential.json`)) as Json;
      expect(await verifyWithDigitalBazaar(json(), did), folder).to.include({ verified: true });
      expect(await verifyWithDigitalCredentials(json(), did)).to.include({ verified: true });
      const png = readPngTags(files.get(`${folder}/credential.png`)!);
      const svg = load(textOf(`${folder}/credential.svg`), { xml: true });
      const pdf = await readPdf(files.get(`${folder}/credential.pdf`)!);
      const jwts = [
        textOf(`${folder}/credential.jwt`),
        textOf(`${folder}/credential.es256.jwt`),
        (png["openbadgecredential"] as unknown as { value: string }).value,
        svg("svg").children().first().attr("verify") ?? "",
        pdf.attachments[0]?.text ?? "",
      ];
      const { id } = json();
      for (const jwt of jwts)
        expect(verifyWithJsonwebtoken(jwt, did), folder).to.include({ id, jti: id });
      const assertion = JSON.parse(textOf(`${folder}/open-badge-2.json`)) as Json;
      expect(assertion).to.include({ type: "Assertion", related: id });
    }
    const record = JSON.parse(textOf("credentials/Mobility/learner-record.json")) as Json;
    expect(await verifyWithDigitalBazaar(record, did)).to.include({ verified: true });
    const jwt = textOf("credentials/Mobility/learner-record.jwt");
    expect(verifyWithJsonwebtoken(jwt, did)).to.have.property("credentialSubject");
  });

  it("holds the work that was handed in under names that lead nowhere else", () => {
    const work = [...files.keys()].filter((path) => path.startsWith("work/"));
    expect(work).to.deep.equal([
      "work/Work 1/text.txt",
      "work/Work 1/etc passwd",
      "work/Work 1/plan.PDF",
      "work/Work 1/Plan 2.pdf",
    ]);
    expect(textOf("work/Work 1/text.txt")).to.equal(HOSTILE);
    expect([...files.get("work/Work 1/plan.PDF")!]).to.deep.equal([0, 255, 10, 13]);
    expect(textOf("hours.csv")).to.include("Learner,Noor");
  });

  it("holds the licences that were handed in, with their numbers and the files that prove them", () => {
    const kept = [...files.keys()].filter((path) => path.startsWith("licences/"));
    expect(kept).to.deep.equal(["licences/Nurse .. x/licence.pdf"]);
    expect(files.get("licences/Nurse .. x/licence.pdf")!.equals(SCAN)).to.equal(true);
    expect(index.licences.map(({ files: listed }) => listed.length)).to.have.members([1, 0]);
    const [first] = index.licences;
    expect(first).to.include({ profession: "Nurse ../x", number: HOSTILE, state: "submitted" });
    expect(load(textOf("index.html"))("#licences ~ article").text())
      .to.include(HOSTILE)
      .and.include("Valid from 1 January 2026");
  });

  it("says what it holds, with the checksum of every file", () => {
    expect(index.person).to.deep.equal({
      ...{ name: "Noor", email: "noor@example.edu", ownAddress: "did:web:noor.example" },
    });
    const listed = index.files.map(({ path }) => path);
    expect([...listed, "index.json", "index.html"]).to.deep.equal([...files.keys()]);
    for (const { path, sha256, sizeBytes } of index.files) {
      const bytes = files.get(path)!;
      expect(createHash("sha256").update(bytes).digest("hex"), path).to.equal(sha256);
      expect(bytes.length).to.equal(sizeBytes);
    }
    expect(JSON.stringify(index)).not.to.include("assessorId");
  });

  it("has a page of contents whose links all lead into it, and that asks nobody for anything", () => {
    const page = load(textOf("index.html"));
    const inside = page("a")
      .toArray()
      .map((link) => page(link).attr("href") ?? "")
      .filter((href) => !href.startsWith("https://badges.example.org/verify"));
    const images = page("img")
      .toArray()
      .map((image) => page(image).attr("src") ?? "");
    expect(images).to.have.length(4);
    for (const href of [...inside, ...images])
      expect(files.has(decodeURIComponent(href)), href).to.equal(true);
    expect(page("script, link, iframe, object, form")).to.have.length(0);
    expect(textOf("index.html")).not.to.match(/url\(|@import|onerror="/);
    expect(page("blockquote").text()).to.equal(HOSTILE);
  });

  it("goes on without a form that cannot be made, and says so", async () => {
    const { credentialForms } = world.parts;
    const pdf = credentialForms.find(({ suffix }) => suffix === "pdf")!;
    const { make } = pdf;
    pdf.make = () => {
      throw new Error("no fonts");
    };
    const answer = await download(cookie);
    pdf.make = make;
    const read = await readZip(answer.body as Buffer);
    const { missing } = JSON.parse(read.get("index.json")!.toString("utf8")) as ArchiveIndex;
    expect(missing).to.have.length(4);
    expect(missing.join()).to.include("“Mobility” could not be made in this form: PDF.");
    expect(load(read.get("index.html")!.toString("utf8"))("#missing + ul li")).to.have.length(4);
    expect(read.has("credentials/Mobility/credential.png")).to.equal(true);
    expect(read.has("credentials/Mobility/credential.pdf")).to.equal(false);
  });

  it("is empty, and says so, for who has nothing yet", async () => {
    const answer = await download(await letIn(newId()));
    const read = await readZip(answer.body as Buffer);
    expect([...read.keys()]).to.deep.equal(["hours.csv", "index.json", "index.html"]);
    expect(read.get("index.html")!.toString("utf8")).to.include("There were none.");
  });

  it("is nobody else's, and is made a few times a minute at most", async () => {
    expect((await request(world.app).get("/backpack/export.zip")).status).to.equal(401);
    const other = await letIn(newId());
    const statuses: number[] = [];
    for (let time = 0; time < 8; time += 1) statuses.push((await download(other)).status);
    expect(statuses).to.deep.equal([200, 200, 200, 200, 200, 200, 429, 429]);
  });
});
