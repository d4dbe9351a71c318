import { fileURLToPath } from "node:url";
import { crc32, deflateSync, inflateSync } from "node:zlib";
import { load } from "cheerio";
import { expect } from "chai";
import express from "express";
import request from "supertest";
import { bakePng } from "../../src/credentials/baked-png.js";
import { signedForms } from "../../src/credentials/credential-form.js";
import { createMadeForms } from "../../src/credentials/made-forms.js";
import { publicDocumentRoutes } from "../../src/credentials/public-documents.routes.js";
import { createDocumentMaker } from "../../src/documents/document-maker.js";
import type { DocumentCertificate } from "../../src/issuers/document-signer.js";
import { createLog } from "../../src/log.js";
import { canonicalForm } from "../../src/signing/canonical-form.js";
import type { FetchDocument } from "../../src/verification/fetch-document.js";
import type { Check } from "../../src/verification/verification-report.js";
import { createIssuers } from "../../src/verification/issuer-directory.js";
import { verifyRoutes } from "../../src/verification/verify.routes.js";
import { createErrorHandler } from "../../src/web/error-page.js";
import {
  createMemoryNeeds,
  issueCredential,
  NOW,
  organisation,
} from "../support/credential-fixtures.js";

const fetchDocument: FetchDocument = async () => ({ kind: "unreachable" });

const FORMS = ["json", "jwt", "png", "svg", "pdf"] as const;
type Form = (typeof FORMS)[number];

/** Somebody else's name in the payload, under the signature that was there. */
function forgeJwt(jwt: string): string {
  const [header = "", payload = "", signature = ""] = jwt.split(".");
  const claims = Buffer.from(payload, "base64url").toString("utf8");
  const forged = claims.replaceAll("Safe Handling", "Brain Surgery");
  return [header, Buffer.from(forged).toString("base64url"), signature].join(".");
}

/** Puts other bytes in the place of a PDF's attachment, as a forger would. */
function replaceAttachment(pdf: Buffer, change: (text: string) => Buffer): Buffer {
  const at = pdf.indexOf("/EmbeddedFile\n");
  const begin = pdf.indexOf("stream\n", at) + "stream\n".length;
  const end = pdf.indexOf("\nendstream", begin);
  const data = change(inflateSync(pdf.subarray(begin, end)).toString("utf8"));
  const head = pdf.toString("latin1", at, begin).replace(/\/Length \d+/, `/Length ${data.length}`);
  const parts = [pdf.subarray(0, at), Buffer.from(head, "latin1"), data, pdf.subarray(end)];
  return Buffer.concat(parts);
}

/** Supertest's parsed body as what it is: unknown members. */
const bodyOf = (response: { body: unknown }) => response.body as Record<string, unknown>;

describe("a file handed in to be checked", function () {
  this.timeout(60_000);
  const documents = createDocumentMaker();
  let app: express.Express;
  let jwt = "";
  const served = {} as Record<Form, Buffer>;

  before(async () => {
    const { needs, memory, award } = createMemoryNeeds();
    await issueCredential(needs, { organisationId: organisation.id, awardId: award.id });
    const credential = memory.credentials[0]!;
    credential.visibility = "link";
    jwt = credential.forms.jwtRs256;
    let certificate: DocumentCertificate | undefined;
    const documentCertificates = {
      find: async () => certificate,
      addOnce: async (made: DocumentCertificate) => {
        certificate = made;
        return "added" as const;
      },
    };
    const credentialFiles = { find: async () => undefined, put: async () => undefined };
    const made = createMadeForms({ ...needs, documentCertificates, credentialFiles, documents });
    const wired = {
      ...needs,
      credentialForms: [...signedForms, ...made.forms],
      documentCertificates,
      checkPdfSignature: documents.checkPdfSignature,
      issuers: createIssuers({ ...needs, fetchDocument }),
      canonicalise: canonicalForm,
      fetchDocument,
      now: () => NOW,
    };
    app = express();
    const views = fileURLToPath(new URL("../../views", import.meta.url));
    app.set("view engine", "ejs").set("views", views);
    app.use(publicDocumentRoutes(wired), verifyRoutes(wired));
    app.use(createErrorHandler(createLog({ logLevel: "silent" })));
    for (const form of FORMS) {
      const answer = await request(app)
        .get(`/credentials/${credential.id}.${form}`)
        .responseType("arraybuffer")
        .expect(200);
      served[form] = answer.body as Buffer;
    }
  });
  after(async () => {
    await documents.stop();
  });

  const post = (accept: string, bytes: Buffer, name = "credential") =>
    request(app).post("/verify").set("accept", accept).attach("file", bytes, name);
  const asPage = (bytes: Buffer, name?: string) => post("text/html", bytes, name);
  const asJson = (bytes: Buffer) => post("application/json", bytes);

  const forged: Record<Form, () => Buffer> = {
    json: () =>
      Buffer.from(served.json.toString("utf8").replaceAll("Safe Handling", "Brain Surgery")),
    jwt: () => Buffer.from(forgeJwt(jwt)),
    png: () => bakePng(served.png, forgeJwt(jwt)),
    svg: () => Buffer.from(served.svg.toString("utf8").replace(jwt, forgeJwt(jwt))),
    pdf: () => replaceAttachment(served.pdf, (text) => deflateSync(forgeJwt(text))),
  };

  for (const form of FORMS) {
    it(`is valid as the .${form} that Rosette serves, on the page and as JSON`, async () => {
      const { text } = await asPage(served[form], `my <b> badge &amp; co.${form}`).expect(200);
      const shown = load(text)("main").text().replace(/\s+/g, " ");
      expect(shown).to.contain("Valid").and.contain("Safe Handling");
      expect(shown).to.contain(`Checked the file my <b> badge &amp; co.${form}.`);
      const isCarried = form === "png" || form === "svg" || form === "pdf";
      expect(shown.includes("was not compared with it")).to.equal(isCarried);
      const body = bodyOf(await asJson(served[form]).expect(200));
      const carrier = isCarried ? form : "text";
      expect(body).to.include({ verdict: "valid", carrier });
    });

    it(`is invalid as a .${form} in which somebody changed the credential`, async () => {
      const { text } = await asPage(forged[form]()).expect(200);
      const shown = load(text)("main").text();
      expect(shown).to.contain("Not valid").and.contain("Brain Surgery");
      const body = bodyOf(await asJson(forged[form]()).expect(200));
      expect(body).to.include({ verdict: "invalid" });
    });
  }

  it("is checked in place of the text beside it, and for the person whose e-mail is given", async () => {
    const body = bodyOf(
      await asJson(served.png)
        .field("credential", "something else")
        .field("recipient", "noor@example.edu")
        .expect(200),
    );
    const { verdict, checks } = body as { verdict: string; checks: { name: string }[] };
    expect(verdict).to.equal("valid");
    expect(checks.at(-1)).to.include({ name: "recipient", outcome: "valid" });
  });

  it("is not needed: the same form takes text, as a browser sends it without a file", async () => {
    const { text } = await request(app)
      .post("/verify")
      .set("accept", "text/html")
      .field("credential", jwt)
      .attach("file", Buffer.alloc(0), { filename: "" })
      .expect(200);
    expect(load(text)("main").text()).to.contain("Safe Handling").and.contain("Valid");
    const empty = await request(app)
      .post("/verify")
      .set("accept", "text/html")
      .field("recipient", "");
    expect(load(empty.text)("#fault-credential").text()).to.contain("or choose its file");
  });

  const withChunk = (change: (png: Buffer, at: number) => void): Buffer => {
    const png = Buffer.from(served.png);
    change(png, png.indexOf("openbadgecredential"));
    return png;
  };
  const doctype = '<!DOCTYPE svg [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>';
  const refused: [what: string, bytes: () => Buffer, sentence: string][] = [
    ["it is empty", () => Buffer.alloc(0), "empty"],
    ["it is some other picture", () => Buffer.from([0xff, 0xd8, 0xff, 0xe0]), "none that can hold"],
    ["it is some text", () => Buffer.from("Dear all,\nI passed."), "none that can hold"],
    ["it is a web page", () => Buffer.from("<!doctype html><p>x"), "no Open Badges 3.0"],
    ["it is a PNG that ends early", () => served.png.subarray(0, 3000), "damaged"],
    [
      "the chunk in a PNG is not as it was written",
      () => withChunk((png, at) => png.writeUInt8(0x41, at + 40)),
      "damaged",
    ],
    [
      "the chunk in a PNG says that it is longer than the file",
      () => withChunk((png, at) => png.writeUInt32BE(0x7fff_ffff, at - 8)),
      "damaged",
    ],
    [
      "the chunk in a PNG is compressed",
      () =>
        withChunk((png, at) => {
          const end = at + png.readUInt32BE(at - 8);
          png.writeUInt8(1, at + "openbadgecredential".length + 1);
          png.writeUInt32BE(crc32(png.subarray(at - 4, end)), end);
        }),
      "compressed",
    ],
    [
      "an SVG defines entities",
      () => Buffer.concat([Buffer.from(doctype), served.svg]),
      "XML entities",
    ],
    [
      "what an SVG carries is an address",
      () => Buffer.from(served.svg.toString("utf8").replace(jwt, "https://example.org/1")),
      "no Open Badges 3.0",
    ],
    [
      "a PDF has no attachment",
      () =>
        Buffer.from(
          served.pdf.toString("latin1").replace("/EmbeddedFile\n", "/EmbeddedFil_\n"),
          "latin1",
        ),
      "no Open Badges 3.0",
    ],
    [
      "what is attached to a PDF is something else",
      () => replaceAttachment(served.pdf, () => deflateSync("Minutes of the meeting")),
      "no Open Badges 3.0",
    ],
    ["a PDF has two", () => Buffer.concat([served.pdf, served.pdf]), "more than one"],
    [
      "a PDF ends early",
      () => served.pdf.subarray(0, served.pdf.indexOf("/EmbeddedFile") + 60),
      "no Open Badges 3.0",
    ],
    [
      "the attachment of a PDF cannot be unpacked",
      () => replaceAttachment(served.pdf, (text) => Buffer.from(text)),
      "damaged",
    ],
    [
      "the attachment of a PDF is a bomb",
      () => replaceAttachment(served.pdf, () => deflateSync(Buffer.alloc(20_000_000))),
      "larger than a credential",
    ],
    [
      "a PDF names attachments a thousand times",
      () => Buffer.concat([served.pdf, Buffer.from("/EmbeddedFile ".repeat(1000))]),
      "damaged",
    ],
  ];
  for (const [what, bytesOf, sentence] of refused) {
    it(`is refused beside the field, in plain words, when ${what}`, async () => {
      const $ = load((await asPage(bytesOf()).expect(422)).text);
      expect($("#fault-file").text()).to.contain(sentence);
      expect($('input[name="file"]').attr("aria-invalid")).to.equal("true");
      expect($("#result")).to.have.length(0);
      const body = bodyOf(await asJson(bytesOf()).expect(422));
      const { code, faults } = body as { code: string; faults: { file: string } };
      expect(code).to.equal("form-invalid");
      expect(faults.file).to.contain(sentence);
    });
  }

  /** Ten ways to make a credential say more, or other, than it was signed for. */
  type Said = Record<string, unknown> & { credentialSubject: Record<string, unknown> };
  const edits: [what: string, edit: (said: Said) => unknown][] = [
    [
      "another holder",
      ({ credentialSubject: subject }) =>
        Object.assign((subject["identifier"] as object[])[0]!, { identityHash: "Eve Adams" }),
    ],
    [
      "another achievement",
      (said) => Object.assign(said.credentialSubject["achievement"]!, { name: "Surgery" }),
    ],
    [
      "other criteria",
      (said) =>
        Object.assign(said.credentialSubject["achievement"]!, { criteria: { narrative: "None." } }),
    ],
    ["more hours", (said) => Object.assign(said.credentialSubject, { creditsEarned: 800 })],
    ["another subject", (said) => Object.assign(said.credentialSubject, { id: "urn:uuid:0" })],
    ["an earlier award", (said) => Object.assign(said, { awardedDate: "2001-01-01T00:00:00Z" })],
    ["an end", (said) => Object.assign(said, { validUntil: "2099-01-01T00:00:00Z" })],
    ["no status", (said) => delete said["credentialStatus"]],
    ["other evidence", (said) => (said["evidence"] as object[]).pop()],
    [
      "another name of its issuer",
      (said) => Object.assign(said["issuer"]!, { name: "University" }),
    ],
    ["something new", (said) => Object.assign(said, { image: "https://evil.example/x.png" })],
  ];
  const editJwt = (edit: (said: Said) => unknown): string => {
    const [header = "", payload = "", signature = ""] = jwt.split(".");
    const said = JSON.parse(Buffer.from(payload, "base64url").toString("utf8")) as Said;
    edit(said);
    return [header, Buffer.from(JSON.stringify(said)).toString("base64url"), signature].join(".");
  };
  const editJson = (edit: (said: Said) => unknown): Buffer => {
    const said = JSON.parse(served.json.toString("utf8")) as Said;
    edit(said);
    return Buffer.from(JSON.stringify(said));
  };
  const edited: Record<Form, (edit: (said: Said) => unknown) => Buffer> = {
    json: editJson,
    jwt: (edit) => Buffer.from(editJwt(edit)),
    png: (edit) => bakePng(served.png, editJwt(edit)),
    svg: (edit) => Buffer.from(served.svg.toString("utf8").replace(jwt, editJwt(edit))),
    pdf: (edit) => replaceAttachment(served.pdf, () => deflateSync(editJwt(edit))),
  };
  for (const form of FORMS) {
    for (const [what, edit] of edits) {
      it(`is not valid as a .${form} that says ${what}`, async () => {
        expect(bodyOf(await asJson(edited[form](edit)))).to.include({ verdict: "invalid" });
      });
    }
  }

  describe("as a PDF, whose pages are signed too", () => {
    const pages = async (bytes: Buffer) => {
      const { checks } = bodyOf(await asJson(bytes).expect(200)) as { checks: Check[] };
      const { outcome, sentence } = checks.find(({ name }) => name === "document")!;
      return { outcome, sentence };
    };
    /** With other bytes in the place of some, all of one length. */
    const overwrite = (from: string, to: string): Buffer => {
      const pdf = Buffer.from(served.pdf);
      const at = pdf.lastIndexOf(from);
      if (at < 0 || from.length !== to.length) throw new Error("Nothing to write over");
      pdf.write(to, at, "latin1");
      return pdf;
    };
    const flip = (at: number): Buffer => {
      const pdf = Buffer.from(served.pdf);
      pdf.writeUInt8(pdf.readUInt8(at) ^ 1, at);
      return pdf;
    };
    const byteRange = () => /\/ByteRange \[[^\]]+\]/.exec(served.pdf.toString("latin1"))![0];
    const inTheRange = (change: (range: string) => string) =>
      overwrite(byteRange(), change(byteRange()).padEnd(byteRange().length));
    /** A document that somebody else signs, with the same credential inside. */
    const signedBy = async (name: string) => {
      const now = new Date();
      const validUntil = new Date(now.getTime() + 86_400_000);
      const made = await documents.makeSigningCertificate({
        ...{ organisationName: name, validFrom: now, validUntil },
      });
      return await documents.makePdf(
        {
          ...{ title: "Copy", language: "en", author: name, subject: "Copy", createdAt: now },
          page: {
            orientation: "portrait",
            accentColour: "#000000",
            hasFrame: false,
            fitsOnePage: true,
          },
          blocks: [{ kind: "paragraph", text: "Doctor of everything" }],
          attachments: [
            { name: "c.jwt", mediaType: "text/plain", description: "c", bytes: Buffer.from(jwt) },
          ],
        },
        { ...made, name, reason: "Copied" },
      );
    };

    it("says that they are as its issuer signed them", async () => {
      const { outcome, sentence } = await pages(served.pdf);
      expect(outcome).to.equal("valid");
      expect(sentence).to.contain("as the credential's issuer signed them");
    });

    const changed: [what: string, bytes: () => Buffer][] = [
      ["a title", () => overwrite("/Title", "/Titel")],
      ["one bit at its start", () => flip(40)],
      ["one bit in the middle", () => flip(Math.floor(served.pdf.length / 3))],
      ["one bit at its end", () => flip(served.pdf.length - 10)],
      ["one digit of the signature", () => flip(served.pdf.indexOf("/Contents <3") + 400)],
      [
        "a range that leaves more out",
        () => inTheRange((range) => range.replace(/\d+\]$/, "100]")),
      ],
      ["a range that begins later", () => inTheRange((range) => range.replace("[0 ", "[9 "))],
      [
        "a range beyond its end",
        () => inTheRange((range) => range.replace(/\d+\]$/, (last) => last.replace(/\d/g, "9"))),
      ],
      [
        "an addition after the signature",
        () => Buffer.concat([served.pdf, Buffer.from("\n1 0 obj\n<<>>\nendobj\n")]),
      ],
      [
        "another range in an addition",
        () => Buffer.concat([served.pdf, Buffer.from("\n/ByteRange [0 10 20 30]\n")]),
      ],
      [
        "a signature of nothing",
        () =>
          overwrite(
            /\/Contents <3[0-9a-f]{200}/.exec(served.pdf.toString("latin1"))![0],
            `/Contents <${"0".repeat(201)}`,
          ),
      ],
    ];
    for (const [what, bytes] of changed) {
      it(`says so when somebody changed ${what}`, async () => {
        const { outcome, sentence } = await pages(bytes());
        expect(outcome, sentence).to.equal("invalid");
      });
    }

    it("does not take another's certificate for its issuer's, whatever name it bears", async () => {
      const { outcome, sentence } = await pages(await signedBy(organisation.name));
      expect(outcome).to.equal("unknown");
      expect(sentence).to.contain(`“${organisation.name}”`).and.contain("cannot tell who that is");
    });

    it("says that anybody may have changed pages that are not signed", async () => {
      const { outcome, sentence } = await pages(
        overwrite(byteRange(), " ".repeat(byteRange().length)),
      );
      expect(outcome).to.equal("unknown");
      expect(sentence).to.contain("not signed");
    });
  });

  it("is refused when it is larger than 5 MB, or not alone", async () => {
    const large = Buffer.alloc(5 * 1024 * 1024 + 1, 0x20);
    const $ = load((await asPage(large).expect(413)).text);
    expect($("#fault-file").text()).to.contain("at most 5 MB");
    const body = bodyOf(await asJson(large).expect(413));
    expect(body).to.include({ code: "request-too-large" });
    await asJson(served.jwt).attach("file", served.jwt, "again").expect(413);
  });
});
