import { inflateSync } from "node:zlib";
import { expect } from "chai";
import { createDocumentMaker } from "../../../src/documents/document-maker.js";
import { findUnprintable } from "../../../src/documents/find-unprintable.js";
import type {
  Block,
  DocumentSigner,
  PrintedDocument,
} from "../../../src/documents/printed-document.js";
import { readPdf, verifyWithOpenssl, verifyWithPdfsig } from "../../support/read-pdf.js";

const url = "https://badges.example.org/credentials/7c9e6679-7425-40de-944b-e07fc1f90ae7";

const document = (
  blocks: Block[],
  page: Partial<PrintedDocument["page"]> = {},
): PrintedDocument => ({
  title: "Certificate of practice",
  language: "en",
  author: "Example Association",
  subject: "A record",
  createdAt: new Date("2026-11-25T10:00:00Z"),
  page: {
    orientation: "portrait",
    accentColour: "#1d4f91",
    hasFrame: true,
    fitsOnePage: false,
    ...page,
  },
  blocks,
  attachments: [],
});

const everyBlock: Block[] = [
  { kind: "heading", level: 1, text: "Certificate of practice", align: "centre" },
  { kind: "paragraph", text: "Awarded to" },
  { kind: "name", text: "Žofia Ἀθηνᾶ Жанна" },
  { kind: "heading", level: 2, text: "Details" },
  { kind: "facts", facts: [{ term: "Contact hours", text: "12" }] },
  { kind: "list", items: ["First thing", "Second thing"] },
  {
    kind: "table",
    caption: "Courses",
    columns: [
      { label: "Course", share: 3 },
      { label: "Hours", share: 1, isNumber: true },
    ],
    rows: [["Ethics in practice", "6"]],
  },
  { kind: "qr-code", url, alt: "QR code of the address", text: "Check it here:" },
];

/** What the pages of a PDF are drawn with, in order. */
const drawnWith = (pdf: Buffer): string =>
  [...pdf.toString("latin1").matchAll(/stream\r?\n(.*?)\r?\nendstream/gs)]
    .map(([, stored = ""]) => {
      try {
        return inflateSync(Buffer.from(stored, "latin1")).toString("latin1");
      } catch {
        return "";
      }
    })
    .filter((content) => content.includes(" Tf"))
    .join("\n");

describe("make a PDF", function () {
  this.timeout(60_000);
  const maker = createDocumentMaker();
  let signer: DocumentSigner;

  before(async () => {
    signer = {
      name: "Example Association",
      reason: "Issued",
      ...(await maker.makeSigningCertificate({
        organisationName: "Example, Association & Ärzte",
        validFrom: new Date("2026-01-01T00:00:00Z"),
        validUntil: new Date("2060-01-01T00:00:00.250Z"),
      })),
    };
  });
  after(async () => {
    await maker.stop();
  });

  it("stands on a ground of its own within the frame, of which nobody is read anything", async () => {
    const plain = await maker.makePdf(document(everyBlock));
    const grounded = await maker.makePdf(document(everyBlock, { groundColour: "#f3ecd9" }));
    const fill =
      /\/Artifact <<[^>]*>> BDC\s+28 28 [\d.]+ [\d.]+ re\s+[^]*?0\.9\d+ 0\.9\d+ 0\.8\d+ scn\s+f\s+EMC/;
    const drawn = drawnWith(grounded);
    expect(drawn).to.match(fill);
    expect(drawn.search(fill), "before any word").to.be.below(drawn.indexOf(" Tf"));
    expect(drawnWith(plain)).to.not.match(fill);
    const [one, other] = [await readPdf(plain), await readPdf(grounded)];
    expect(other).to.deep.equal(one);
    const unframed = { groundColour: "#f3ecd9", hasFrame: false };
    expect(drawnWith(await maker.makePdf(document(everyBlock, unframed)))).to.not.match(fill);
  });

  it("tags everything in reading order, with language, title and alternative texts", async () => {
    const pdf = await maker.makePdf(document(everyBlock));
    const read = await readPdf(pdf);
    expect(read.isMarked).to.equal(true);
    expect(read.info).to.include({ Title: "Certificate of practice", Language: "en" });
    expect(read.xmp).to.match(/pdfuaid:part>1</);
    expect(pdf.toString("latin1")).to.match(/\/DisplayDocTitle true/);
    expect(read.unmarkedText.trim()).to.equal("");
    const said = read.elements
      .filter(({ role }) => /^(H\d|P|Lbl|LBody|Caption|TH|TD|Figure|Link)$/.test(role))
      .map(({ role, text, alt }) => `${role}: ${alt ?? text}`);
    expect(said).to.deep.equal([
      "H1: Certificate of practice",
      "P: Awarded to",
      "P: Žofia Ἀθηνᾶ Жанна",
      "H2: Details",
      "Lbl: Contact hours",
      "LBody: 12",
      "Lbl: •",
      "LBody: First thing",
      "Lbl: •",
      "LBody: Second thing",
      "Caption: Courses",
      "TH: Course",
      "TH: Hours",
      "TD: Ethics in practice",
      "TD: 6",
      "Figure: QR code of the address",
      "P: Check it here:",
      `P: ${url}`,
      `Link: ${url}`,
    ]);
  });

  it("embeds a font for every script it prints, and leaves no character without a shape", async () => {
    const names = [
      "Łukasz Żółć",
      "Ελένη Παπαδοπούλου",
      "Жанна Їжак",
      "שרה כהן",
      "نور الهدى",
      "प्रिया शर्मा",
      "สมชาย น้ำผึ้ง",
    ];
    const pdf = await maker.makePdf(document(names.map((text) => ({ kind: "name", text }))));
    const source = pdf.toString("latin1");
    for (const font of ["NotoSans", "NotoSansHebrew", "NotoSansArabic", "NotoSansThai"]) {
      expect(source).to.match(new RegExp(`/BaseFont /[A-Z]{6}\\+${font}-Bold\\b`));
    }
    // ActualText in UTF-16: what is drawn in another order is read out as it was written.
    for (const name of names.slice(3)) {
      const utf16 = Buffer.from(name, "utf16le").swap16().toString("latin1");
      const escaped = utf16.replace(/[\\()\n\r\t\b\f]/g, (character) => {
        const named = { "\n": "n", "\r": "r", "\t": "t", "\b": "b", "\f": "f" }[character];
        return `\\${named ?? character}`;
      });
      expect(source.includes(`/ActualText (\u00fe\u00ff${escaped})`), name).to.equal(true);
    }
  });

  it("prints no box for a letter that no font has: it says so, and the name is read out whole", async () => {
    for (const [name, shown] of [
      ["Li Ming 李明", "Li Ming"],
      ["李明", ""],
    ] as const) {
      expect(await maker.findUnprintable([name, "Žofia", "नूर"])).to.deep.equal([
        ["李", "明"],
        [],
        [],
      ]);
      const pdf = await maker.makePdf(document([{ kind: "name", text: name }]));
      const read = await readPdf(pdf);
      expect(JSON.stringify(read)).to.include("letters of this name cannot be printed here");
      if (shown !== "") expect(JSON.stringify(read)).to.include(shown);
      const spoken = Buffer.from(name, "utf16le").swap16().toString("latin1");
      const escaped = spoken.replace(/[\\()]/g, String.raw`\$&`);
      expect(pdf.toString("latin1")).to.include(`/ActualText (\u00fe\u00ff${escaped})`);
    }
    const whole = await readPdf(await maker.makePdf(document([{ kind: "name", text: "नूर" }])));
    expect(JSON.stringify(whole)).to.not.include("cannot be printed");
  });

  it("takes every letter that it passes without a look at the fonts from the first of them", () => {
    const plain = "AZazÀÿŸſΑΡΣΩαωАЯая'’.- ";
    expect(findUnprintable(plain)).to.deep.equal([]);
    const ranges = [
      ...([
        [0x41, 0x5a],
        [0x61, 0x7a],
        [0xc0, 0x17f],
      ] as const),
      ...([
        [0x391, 0x3a1],
        [0x3a3, 0x3c9],
        [0x410, 0x44f],
      ] as const),
    ];
    for (const [from, to] of ranges)
      for (let code = from; code <= to; code += 1)
        expect(findUnprintable(String.fromCodePoint(code)), code.toString(16)).to.deep.equal([]);
  });

  it("wraps the longest name, without blanks as well, and cuts nothing off", async () => {
    const long = "Wolfeschlegelsteinhausenbergerdorff".repeat(6);
    const words = "Maria del Carmen Fernández-Rodríguez de la Vega ".repeat(6).trim();
    const read = await readPdf(
      await maker.makePdf(document([long, words].map((text) => ({ kind: "name", text })))),
    );
    const [first, second] = read.elements.filter(({ role }) => role === "P");
    expect(first?.text.replaceAll(" ", "")).to.equal(long);
    expect(second?.text).to.equal(words);
  });

  it("prints HTML and PDF syntax in a name as text", async () => {
    const name = `<script>alert(1)</script> (\\) /JS <</OpenAction`;
    const pdf = await maker.makePdf(document([{ kind: "name", text: name }]));
    const read = await readPdf(pdf);
    expect(read.elements.find(({ role }) => role === "P")?.text).to.equal(name);
    expect(pdf.toString("latin1")).not.to.match(/\/(JavaScript|JS|OpenAction|Launch)\b/);
  });

  it("runs a long table over pages, each row once and whole", async () => {
    const rows = Array.from({ length: 120 }, (_, index) => [`Activity ${index}`, String(index)]);
    const table = { ...everyBlock[6], rows } as Block;
    const read = await readPdf(await maker.makePdf(document([table])));
    expect(read.pageCount).to.be.greaterThan(2);
    const cells = read.elements.filter(({ role }) => role === "TD").map(({ text }) => text);
    expect(cells).to.deep.equal(rows.flat());
    expect(read.unmarkedText.trim()).to.equal("");
  });

  it("makes a record smaller until it fits one page", async () => {
    const paragraphs = Array.from({ length: 9 }, (): Block => ({
      kind: "paragraph",
      text: "A sentence that says what it took. ".repeat(14),
    }));
    const pageCountOf = async (fitsOnePage: boolean): Promise<number> =>
      (await readPdf(await maker.makePdf(document(paragraphs, { fitsOnePage })))).pageCount;
    expect(await pageCountOf(false)).to.equal(2);
    expect(await pageCountOf(true)).to.equal(1);
  });

  it("carries files that other programs can take out again", async () => {
    const content = document(everyBlock);
    const bytes = Buffer.from("eyJ.eyJ.c2ln");
    const file = { name: "credential.jwt", mediaType: "text/plain", description: "Credential" };
    content.attachments = [{ ...file, bytes }];
    const read = await readPdf(await maker.makePdf(content, signer));
    expect(read.attachments).to.deep.equal([{ filename: "credential.jwt", text: "eyJ.eyJ.c2ln" }]);
  });

  it("signs so that OpenSSL and, where it is installed, pdfsig verify every byte", async () => {
    const pdf = await maker.makePdf(document(everyBlock), signer);
    expect(await verifyWithOpenssl(pdf, signer.certificateDer)).to.equal(true);
    const said = await verifyWithPdfsig(pdf);
    if (said !== undefined) {
      expect(said).to.include("Signature is Valid");
      expect(said).to.include("Total document signed");
      expect(said).to.include("ETSI.CAdES.detached");
    }
    const read = await readPdf(pdf);
    expect(read.unmarkedText.trim()).to.equal("");
  });

  it("no longer verifies when a byte was changed, or another certificate is asked for", async () => {
    const pdf = await maker.makePdf(document(everyBlock), signer);
    const changed = Buffer.from(pdf);
    changed[200] = (changed[200] ?? 0) ^ 1;
    expect(await verifyWithOpenssl(changed, signer.certificateDer)).to.equal(false);
    const other = await maker.makeSigningCertificate({
      organisationName: "Somebody else",
      validFrom: new Date("2026-01-01T00:00:00Z"),
      validUntil: new Date("2049-01-01T00:00:00Z"),
    });
    expect(await verifyWithOpenssl(pdf, other.certificateDer)).to.equal(false);
  });

  it("goes on with a fresh thread after one was stopped", async () => {
    await maker.stop();
    const pdf = await maker.makePdf(document([{ kind: "name", text: "Sam" }]));
    expect(pdf.subarray(0, 5).toString()).to.equal("%PDF-");
  });

  it("draws a picture with its letters, in our own fonts", async () => {
    const svg = (text: string) =>
      `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100"><text x="50" y="60" font-size="40" font-family="system-ui, sans-serif">${text}</text></svg>`;
    const [letters, none] = await Promise.all([
      maker.drawPng({ svg: svg("AB"), widthPx: 64 }),
      maker.drawPng({ svg: svg(""), widthPx: 64 }),
    ]);
    expect(letters.subarray(1, 4).toString()).to.equal("PNG");
    expect(letters.length).to.be.greaterThan(none.length + 100);
  });
});
