import { load } from "cheerio";
import { expect } from "chai";
import { EVIDENCE_BYTES } from "../../src/eligibility/evidence.js";
import { newId } from "../../src/stored-record.js";
import { startTestProduct, type TestProduct, type TestVisit } from "../support/test-product.js";
import { uploadForm } from "../support/upload-form.js";

const SECRET = "Registered Nurse No. 48213";
const PDF = Buffer.from(`%PDF-1.7\n${SECRET}\n%%EOF`);
const PNG = Buffer.concat([Buffer.from("89504e470d0a1a0a", "hex"), Buffer.from(SECRET)]);
const JPEG = Buffer.concat([Buffer.from("ffd8ffe0", "hex"), Buffer.from(SECRET)]);

describe("a file that proves a licence", function () {
  this.timeout(60_000);
  let product: TestProduct;
  let learner: TestVisit;
  let administrator: TestVisit;
  let professionId: string;

  const enter = async (organisationId: string, wish: { organisationId?: string } = {}) => {
    const { lms } = wish.organisationId === undefined ? product : await product.connectLms(wish);
    const visit = await product.launchAs({ lms, userId: "ruth", placement: "administration" });
    const grant = { organisationId, grantedBy: undefined, grantedAt: new Date() };
    await product.parts.grants.addOnce({ id: visit.launch.accountId, ...grant });
    return visit;
  };

  before(async () => {
    product = await startTestProduct();
    const { organisationId, parts } = product;
    professionId = newId();
    const profession = { id: professionId, organisationId, name: "Nurse", createdAt: new Date() };
    await parts.eligibility.addProfession(profession);
    learner = await product.launchAs({ userId: "amara", courseId: "ess-101" });
    administrator = await enter(organisationId);
  });
  after(async () => {
    await product.close();
  });

  async function handIn(
    file: Uint8Array<ArrayBuffer> | undefined,
    { name = "my licence.pdf", ...changes }: Record<string, string> = {},
  ) {
    const fields = {
      ...{ professionId, number: "OT-48213", jurisdiction: "Ontario", validFrom: "2026-01-01" },
      ...{ validTo: "", evidenceUrl: "", ...changes },
    };
    const files = file === undefined ? [] : [{ field: "evidence", file: new File([file], name) }];
    return await uploadForm(product, learner, {
      ...{ page: "/eligibility", action: "/eligibility/licence", fields, files },
    });
  }

  const licences = async () => {
    const { organisationId, parts } = product;
    const known = await parts.eligibility.listForAccounts(organisationId, [
      learner.launch.accountId,
    ]);
    return known.licences;
  };
  const fileCount = async () =>
    await product.connection.collection("licenceFiles").countDocuments();
  const save = async (visit: TestVisit, id: string) => {
    const jar = visit.browser.cookies.get(product.url) ?? new Map<string, string>();
    return await fetch(`${product.url}${visit.base}/admin/licences/${id}/evidence`, {
      headers: { cookie: [...jar].map((pair) => pair.join("=")).join("; ") },
    });
  };

  it("goes with days that there are, and with no others", async () => {
    const form = {
      ...{ professionId: "x", number: "1", jurisdiction: "Ontario", evidenceUrl: "" },
      ...{ validFrom: "2026-02-30", validTo: "2026-13-01" },
    };
    const { status, text } = await learner.post("/eligibility/licence", form);
    expect(status).to.equal(422);
    expect(text).to.include("Enter the day from which it is valid.");
    expect(text).to.include("Enter a day, or leave it empty.");
  });

  for (const [what, bytes, name] of [
    ["a PDF", PDF, "licence.pdf"],
    ["a PNG", PNG, "licence.png"],
    ["a JPEG", JPEG, "licence.jpg"],
  ] as const)
    it(`is handed in, and saved by the administrator who verifies it: ${what}`, async () => {
      expect((await handIn(new Uint8Array(bytes), { name: "<script>.html" })).status).to.equal(303);
      const licence = (await licences()).at(-1)!;
      const page = load((await administrator.get(`/admin/licences/${licence.id}`)).text);
      expect(page("a[download]").attr("href")).to.contain(`/licences/${licence.id}/evidence`);
      const saved = await save(administrator, licence.id);
      expect(Buffer.from(await saved.arrayBuffer()).equals(bytes)).to.equal(true);
      expect(saved.headers.get("content-disposition")).to.equal(`attachment; filename=${name}`);
      expect(saved.headers.get("content-type")).to.equal("application/octet-stream");
      expect(saved.headers.get("x-content-type-options")).to.equal("nosniff");
      expect(saved.headers.get("content-security-policy")).to.contain("sandbox");
      expect(saved.headers.get("cache-control")).to.equal("no-store");
      expect((await learner.get("/eligibility")).text).to.contain("with a file");
    });

  it("lies in the store encrypted, and its own name nowhere", async () => {
    const stored = await product.connection.collection("licenceFiles").find().toArray();
    const bytes = Buffer.concat(stored.map(({ sealed }) => (sealed as { buffer: Buffer }).buffer));
    expect(bytes.length).to.be.greaterThan(0);
    expect(bytes.includes(SECRET)).to.equal(false);
    const records = await product.connection.collection("licences").find().toArray();
    expect(JSON.stringify(records)).not.to.contain("script");
  });

  const refused: [string, Uint8Array<ArrayBuffer>, string][] = [
    ["a web page called licence.pdf", new Uint8Array(Buffer.from("<html>")), "Choose a PDF"],
    ["a program", new Uint8Array(Buffer.from("4d5a9000", "hex")), "Choose a PDF"],
    ["nothing", new Uint8Array(), "This file is empty."],
    [
      "too much",
      new Uint8Array(Buffer.concat([PDF, Buffer.alloc(EVIDENCE_BYTES)])),
      "larger than 10 MB",
    ],
  ];
  for (const [what, bytes, words] of refused)
    it(`is refused beside its field, with what was typed kept, when it is ${what}`, async () => {
      const before = [(await licences()).length, await fileCount()];
      const answer = await handIn(bytes);
      const page = load(await answer.text());
      expect(answer.status).to.equal(422);
      expect(page("#fault-evidence").text()).to.contain(words);
      expect(page("#field-number").attr("value")).to.equal("OT-48213");
      expect([(await licences()).length, await fileCount()]).to.deep.equal(before);
    });

  it("is asked for once more when another field has a fault, as browsers forget it", async () => {
    const answer = await handIn(new Uint8Array(PDF), { number: "" });
    const page = load(await answer.text());
    expect([answer.status, page("#fault-evidence").text()]).to.deep.equal([
      422,
      "Choose the file once more.",
    ]);
  });

  it("is not asked for: a licence may be handed in without", async () => {
    expect((await handIn(undefined)).status).to.equal(303);
    const licence = (await licences()).at(-1)!;
    expect(licence.evidenceFile).to.equal(undefined);
    expect((await save(administrator, licence.id)).status).to.equal(404);
  });

  it("is for this organisation's administrators alone", async () => {
    const licence = (await licences()).find(({ evidenceFile }) => evidenceFile !== undefined)!;
    const other = await product.parts.organisations.ensureNamed("Elsewhere", new Date());
    const stranger = await enter(other.id, { organisationId: other.id });
    expect((await save(stranger, licence.id)).status).to.equal(404);
    expect((await save(learner, licence.id)).status).to.equal(403);
  });
});
