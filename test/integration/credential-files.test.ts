import { randomUUID, X509Certificate } from "node:crypto";
import { fileURLToPath } from "node:url";
import { load } from "cheerio";
import { expect } from "chai";
import { load as readPngTags } from "exifreader";
import express from "express";
import request from "supertest";
import { createCredentialFileStore } from "../../src/credentials/credential-file-store.js";
import { readBakedPng } from "../../src/credentials/baked-png.js";
import { credentialDocument } from "../../src/credentials/credential.js";
import { createMadeForms } from "../../src/credentials/made-forms.js";
import { publicDocumentRoutes } from "../../src/credentials/public-documents.routes.js";
import { buildIndexes } from "../../src/database.js";
import { createDocumentMaker } from "../../src/documents/document-maker.js";
import { addPicture } from "../../src/pictures/add-picture.js";
import { chunksOf } from "../../src/pictures/png-chunks.js";
import type { Picture } from "../../src/pictures/picture.js";
import { createDocumentCertificateStore } from "../../src/issuers/document-certificate-store.js";
import { createLog } from "../../src/log.js";
import { createSealedBox } from "../../src/sealed-box.js";
import { createErrorHandler } from "../../src/web/error-page.js";
import {
  createMemoryNeeds,
  issueCredential,
  organisation,
  trackVersion,
} from "../support/credential-fixtures.js";
import { readPdf, verifyWithOpenssl } from "../support/read-pdf.js";
import { middleOf, plainPng, svgOf } from "../support/picture-fixtures.js";
import { openTestDatabase } from "../support/test-database.js";

const NAME = 'נועה <b>"כהן"</b> van Dijk';

describe("a credential as a file", function () {
  this.timeout(60_000);
  const documents = createDocumentMaker();
  // One for all worlds here: the issuer has one certificate in the database.
  const sealedBox = createSealedBox("ab".repeat(32));
  let database: Awaited<ReturnType<typeof openTestDatabase>>;
  let world: Awaited<ReturnType<typeof openWorld>>;

  async function openWorld(track = trackVersion(), name = NAME) {
    const { needs, memory, award } = createMemoryNeeds({ track });
    memory.profiles[0]!.name = name;
    await issueCredential(needs, { organisationId: organisation.id, awardId: award.id });
    const credential = memory.credentials[0]!;
    const documentCertificates = createDocumentCertificateStore(database.connection);
    const credentialFiles = createCredentialFileStore(database.connection);
    let madeCount = 0;
    const { forms, drawPreview } = createMadeForms({
      ...needs,
      sealedBox,
      documentCertificates,
      credentialFiles,
      documents: {
        ...documents,
        makePdf: async (...about) => {
          madeCount += 1;
          return await documents.makePdf(...about);
        },
      },
    });
    const app = express();
    app
      .set("view engine", "ejs")
      .set("views", fileURLToPath(new URL("../../views", import.meta.url)));
    app.use(publicDocumentRoutes({ ...needs, credentialForms: forms, documentCertificates }));
    app.use(createErrorHandler(createLog({ logLevel: "silent" })));
    return {
      app,
      drawPreview,
      credential,
      documentCertificates,
      credentialFiles,
      memory,
      madePdfCount: () => madeCount,
    };
  }

  const get = (suffix: string) =>
    request(world.app)
      .get(`/credentials/${world.credential.id}.${suffix}`)
      .responseType("arraybuffer");
  const bytesOf = (response: { body: unknown }) => response.body as Buffer;

  before(async () => {
    database = await openTestDatabase();
    await buildIndexes(database.connection);
    world = await openWorld();
    world.credential.visibility = "link";
  });
  after(async () => {
    await documents.stop();
    await database.close();
  });

  it("is a PDF that says everything, carries the credential and is signed by its issuer", async () => {
    const response = await get("pdf").expect(200).expect("content-type", "application/pdf");
    const pdf = bytesOf(response);
    const read = await readPdf(pdf);
    expect(read.pageCount).to.equal(1);
    expect(read.unmarkedText.trim()).to.equal("");
    const text = read.elements.map(({ text, alt }) => alt ?? text).join("\n");
    for (const expected of [
      "Badge of the micro-credential Safe Handling",
      "3 March 2026",
      "8.5",
      "Each ends with an exam.",
      "Plans a transfer",
      "AH-101 Foundations",
      "gives no initials after the name",
      `https://badges.example.org:8443/credentials/${world.credential.id}`,
    ])
      expect(text).to.include(expected);
    expect(read.info["Title"]).to.equal(`Safe Handling: ${NAME}`);
    expect(read.attachments).to.deep.equal([
      { filename: "credential.jwt", text: world.credential.forms.jwtRs256 },
    ]);
    const kept = await world.documentCertificates.find(organisation.id);
    const certificate = Buffer.from(kept?.certificate ?? "", "base64");
    expect(await verifyWithOpenssl(pdf, certificate)).to.equal(true);
  });

  it("shows a script in its names as text, in every form, and runs nothing of it", async () => {
    const planted = '=1+1 <script>alert(1)</script> " onload="x" (\\) /JS <</OpenAction';
    const competency = { ...trackVersion().competencies[1]!, name: planted };
    const track = trackVersion({
      ...{ name: planted, description: planted, criteriaNarrative: planted, subject: planted },
      competencies: [competency],
    });
    const hostile = await openWorld(track, planted);
    hostile.credential.visibility = "link";
    const path = `/credentials/${hostile.credential.id}`;
    const read = async (suffix: string): Promise<Buffer> =>
      bytesOf(
        await request(hostile.app).get(`${path}.${suffix}`).responseType("arraybuffer").expect(200),
      );

    const printed = await readPdf(await read("pdf"));
    const said = printed.elements.map(({ text, alt }) => alt ?? text).join("\n");
    expect(said.split("<script>alert(1)</script>").length).to.be.greaterThan(3);
    expect(printed.info["Title"]).to.equal(`${planted}: ${planted}`);
    expect(printed.runs).to.deep.equal([]);

    const svg = load((await read("svg")).toString("utf8"), { xml: true });
    expect(svg("script, foreignObject, [onload], [href]").length).to.equal(0);
    expect(svg("svg").attr("aria-label") ?? svg("title").text()).to.include(planted);

    const drawn = await hostile.drawPreview(hostile.credential);
    for (const png of [await read("png"), drawn]) {
      const types = [...chunksOf(png)].map(({ type }) => type);
      expect(
        types.filter((type) => !/^(IHDR|IDAT|IEND|pHYs|sRGB|gAMA|iTXt)$/.test(type)),
      ).to.deep.equal([]);
      expect(png.toString("latin1")).not.to.include("<script");
    }
    const baked = readBakedPng(await read("png"));
    expect(baked).to.deep.equal({ kind: "found", text: hostile.credential.forms.jwtRs256 });
    expect(credentialDocument(hostile.credential).name).to.equal(planted);
  });

  it("is made once, however many ask at once and afterwards, and has a tag for caches", async () => {
    const before = world.madePdfCount();
    await world.credentialFiles.removeOf(world.credential.id);
    const [first, second] = await Promise.all([get("pdf"), get("pdf")]);
    const third = await get("pdf");
    expect(world.madePdfCount()).to.equal(before + 1);
    expect(bytesOf(second).equals(bytesOf(first))).to.equal(true);
    expect(bytesOf(third).equals(bytesOf(first))).to.equal(true);
    await get("pdf").set("if-none-match", String(third.headers["etag"])).expect(304);
  });

  it("is made anew when the credential was issued in another edition", async () => {
    const first = await get("pdf");
    const { forms } = world.credential;
    world.credential.forms = {
      ...forms,
      dataIntegrity: forms.dataIntegrity.replaceAll("Safe Handling", "Safer Handling"),
    };
    const second = await get("pdf");
    world.credential.forms = forms;
    expect((await readPdf(bytesOf(second))).info["Title"]).to.equal(`Safer Handling: ${NAME}`);
    expect(second.headers["etag"]).not.to.equal(first.headers["etag"]);
  });

  it("is a PNG with the credential in it", async () => {
    const response = await get("png").expect(200).expect("content-type", "image/png");
    const tags = readPngTags(bytesOf(response));
    expect(tags["openbadgecredential"]?.value).to.equal(world.credential.forms.jwtRs256);
    expect(tags["Image Width"]?.value).to.equal(512);
  });

  it("is an SVG with the credential in it", async () => {
    const response = await get("svg")
      .expect(200)
      .expect("content-type", /image\/svg\+xml/);
    const $ = load(bytesOf(response).toString("utf8"), { xml: true });
    expect($("svg").children().first().attr("verify")).to.equal(world.credential.forms.jwtRs256);
  });

  it("has a picture for link previews, whatever its holder's name holds", async () => {
    const tags = readPngTags(await world.drawPreview(world.credential));
    expect(tags["Image Width"]?.value).to.equal(1200);
    expect(tags["Image Height"]?.value).to.equal(630);
  });

  describe("with an uploaded picture", () => {
    const upload = async (bytes: Buffer) => {
      const { badge } = trackVersion();
      const pictureId = randomUUID();
      const uploaded = await openWorld(trackVersion({ badge: { ...badge, pictureId } }));
      const needs = {
        ...{ documents, now: () => new Date() },
        pictures: {
          keep: async (picture: Picture) => {
            uploaded.memory.pictures.push({ ...picture, id: pictureId });
            return picture;
          },
        },
      };
      const about = { organisationId: organisation.id, addedBy: "a", use: "badge" as const };
      expect((await addPicture(needs, { ...about, bytes })).kind).to.equal("added");
      uploaded.credential.visibility = "link";
      const read = async (path: string) =>
        bytesOf(await request(uploaded.app).get(path).responseType("arraybuffer").expect(200));
      const credential = `/credentials/${uploaded.credential.id}`;
      return { uploaded, read, credential };
    };

    for (const [kind, bytes, mark] of [
      ["PNG", plainPng(96), "image[href^='data:image/png;base64,']"],
      ["SVG", Buffer.from(svgOf("<style>.x{}</style>")), "svg svg path[fill='#1d5b8f']"],
    ] as const) {
      it(`shows the ${kind} in every form and at the badge's own address`, async () => {
        const { uploaded, read, credential } = await upload(bytes);
        for (const path of [
          `${credential}.svg`,
          "/achievements/5f0f6a2e-93f1-4a3f-8a34-6a3f7f1f5c03/2/badge.svg",
        ]) {
          const $ = load((await read(path)).toString("utf8"), { xml: true });
          expect($(mark).length, path).to.be.at.least(1);
          expect($("text").length, path).to.equal(0);
        }
        const tags = readPngTags(await read(`${credential}.png`));
        expect(tags["openbadgecredential"]?.value).to.equal(uploaded.credential.forms.jwtRs256);
        expect(middleOf(await read(`${credential}.png`))).to.deep.equal([0x1d, 0x5b, 0x8f]);
        const { elements } = await readPdf(await read(`${credential}.pdf`));
        const alts = elements.map(({ alt }) => alt);
        expect(alts).to.include("Badge of the micro-credential Safe Handling");
        expect((await uploaded.drawPreview(uploaded.credential)).length).to.be.greaterThan(1000);
      });
    }
  });

  it("is shown to nobody while its learner keeps it private", async () => {
    world.credential.visibility = "private";
    for (const suffix of ["pdf", "png", "svg"]) await get(suffix).expect(404);
    world.credential.visibility = "link";
  });

  it("has a signing certificate of its issuer's own, made once and shown to everyone", async () => {
    const pem = await request(world.app).get(`/issuers/${organisation.id}/documents.pem`);
    expect(new X509Certificate(pem.text).subject).to.equal(`CN=${organisation.name}`);
    await request(world.app).get(`/issuers/${randomUUID()}/documents.pem`).expect(404);
    const kept = await world.documentCertificates.find(organisation.id);
    expect(kept?.sealedPrivateKey).not.to.match(/^MI[IG]/);
    expect(await world.documentCertificates.addOnce({ ...kept!, certificate: "x" })).to.equal(
      "already-there",
    );
    expect(await world.documentCertificates.find(randomUUID())).to.equal(undefined);
  });
});
