import { load } from "cheerio";
import { expect } from "chai";
import { createInOneWrite } from "../../src/database.js";
import { createFileImports } from "../../src/results/import-files.js";
import { importLimits, type ResultImport } from "../../src/results/result-import.js";
import { newId } from "../../src/stored-record.js";
import { eventually, teach } from "../support/story-school.js";
import { startTestProduct, type TestProduct, type TestVisit } from "../support/test-product.js";
import { uploadForm } from "../support/upload-form.js";

const SCORES = "sub,course,score,maximum,taken_at";
const line = (sub: string, score: number | string = 80) => `${sub},AH-101,${score},100,2026-05-01`;

/** Of so many people, with one line that cannot be imported. */
const manyLines = (prefix: string, count: number): string =>
  [
    SCORES,
    ...Array.from({ length: count }, (_, at) => line(`${prefix}-${at}`)),
    line("x", "?"),
  ].join("\n");

describe("a file of results in the administrator's panel", function () {
  this.timeout(60_000);
  let product: TestProduct;
  let administrator: TestVisit;

  before(async () => {
    product = await startTestProduct();
    await teach(product.parts, product.organisationId, {
      code: "AH-101",
      gradeSource: "external",
    });
    administrator = await enter(product.organisationId, {});
  });
  after(async () => {
    await product.close();
  });

  async function enter(organisationId: string, wish: { organisationId?: string }) {
    const { parts } = product;
    const { lms } = wish.organisationId === undefined ? product : await product.connectLms(wish);
    const visit = await product.launchAs({ lms, userId: "ruth", placement: "administration" });
    const id = visit.launch.accountId;
    const grant = { organisationId, grantedBy: undefined, grantedAt: new Date() };
    await parts.grants.addOnce({ id, ...grant });
    return visit;
  }

  const upload = async (
    content: string | Uint8Array<ArrayBuffer>,
    { fields = { kind: "scores" }, visit = administrator, name = "scores.csv" } = {},
  ) =>
    await uploadForm(product, visit, {
      ...{ page: "/admin/results", action: "/admin/results/files", fields },
      files: name === "" ? [] : [{ field: "file", file: new File([content], name) }],
    });

  /** Uploads a file that is taken; the address of its page below the visit. */
  async function uploadAndGo(
    content: string | Uint8Array<ArrayBuffer>,
    wish = {},
  ): Promise<string> {
    const answer = await upload(content, wish);
    expect(answer.status).to.equal(303);
    return (answer.headers.get("location") ?? "").replace(administrator.base, "");
  }

  const idOf = (path: string): string => path.split("/").at(-1) ?? "";
  const find = async (path: string): Promise<ResultImport | undefined> =>
    await product.parts.resultImports.find(product.organisationId, idOf(path));
  const textOf = async (path: string): Promise<string> =>
    load((await administrator.get(path)).text)("main")
      .text()
      .replaceAll(/\s+/g, " ");
  const piecesOf = async (path: string): Promise<number> =>
    await product.connection
      .collection("resultImportPieces")
      .countDocuments({ importId: idOf(path) });
  const factCount = async (): Promise<number> =>
    await product.connection
      .collection("examFacts")
      .countDocuments({ organisationId: product.organisationId });

  async function leftOver() {
    const counts = ["resultImports", "resultImportPieces"].map(
      async (name) => await product.connection.collection(name).countDocuments({}),
    );
    return await Promise.all(counts);
  }

  it("says first what would become of each line, and writes nothing", async () => {
    const before = await factCount();
    const content = [
      SCORES,
      line("amara"),
      line("ben"),
      line("cleo", "many"),
      "dan,OLD-9,1,2,2026-05-01",
    ];
    const path = await uploadAndGo(content.join("\n"));
    const text = await textOf(path);
    expect(text).to.contain("4 lines in all. Nothing has been imported yet.");
    expect(text).to.contain("2 lines would be imported and count.");
    expect(text).to.contain("1 line would be kept until you say which exam is meant");
    expect(text).to.contain("1 line cannot be imported, see below.");
    expect(text).to.contain("4The score is not a number.");
    expect(text).to.contain("Import these 3 lines");
    expect(await factCount()).to.equal(before);
    const report = await administrator.get(`${path}/refused.csv`);
    expect(report.headers["content-disposition"]).to.contain("attachment");
    expect(report.text).to.equal(
      "\uFEFFline,code,reason\r\n4,score-not-a-number,The score is not a number.\r\n",
    );
  });

  it("is imported on the administrator's word, once, and the decision is in the audit trail", async () => {
    const before = await factCount();
    const path = await uploadAndGo([SCORES, line("edo"), line("fay"), line("gus", "?")].join("\n"));
    await administrator.post(`${path}/import`);
    await administrator.post(`${path}/import`);
    const text = await textOf(path);
    expect(text).to.contain("The file is imported").and.contain("2 lines were imported.");
    expect(text)
      .to.contain("1 line could not be imported")
      .and.contain("4The score is not a number.");
    expect(await factCount()).to.equal(before + 2);
    expect(await piecesOf(path)).to.equal(0);
    const query = { search: idOf(path), page: 1, pageSize: 10 };
    const trail = await product.parts.audit.list(product.organisationId, query);
    expect(trail.items.map(({ action, actorId }) => [action, actorId])).to.deep.equal([
      ["results-imported", administrator.launch.accountId],
      ["results-import-begun", administrator.launch.accountId],
    ]);
    expect(trail.items[0]?.after).to.deep.equal({
      kind: "scores",
      lines: 3,
      stored: 2,
      refused: 1,
    });

    const again = await uploadAndGo([SCORES, line("edo"), line("fay")].join("\n"));
    expect(await textOf(again)).to.contain("2 lines are here already and would not count twice.");
    expect(await textOf(again)).not.to.contain("Import ");
  });

  it("may hold courses that were completed earlier", async () => {
    const content = "sub;course;completed_on\r\nhana;AH-101;2019-06-30\r\n";
    const path = await uploadAndGo(content, { fields: { kind: "completions" } });
    await administrator.post(`${path}/import`);
    expect(await textOf(path)).to.contain("1 line was imported.");
  });

  it("goes on in both passes where a process that died has left it", async () => {
    const before = await factCount();
    const { parts } = product;
    const intake = { ...parts.resultIntake, audit: parts.audit };
    const nobody = async () => {
      await Promise.resolve();
    };
    let kept = 0;
    /** What one process does until it has kept so many batches; the next one is done and lost. */
    const dying = (most: number) =>
      createFileImports({
        ...{ ...intake, work: { wake: nobody, wakeUnlessThere: nobody } },
        inOneWrite: createInOneWrite(product.connection),
        imports: {
          ...parts.resultImports,
          advance: async (...given) => {
            kept += 1;
            if (kept > most) throw new Error("killed");
            return await parts.resultImports.advance(...given);
          },
        },
      });
    const path = await uploadAndGo(manyLines("died", 1700));
    const about = { organisationId: product.organisationId, id: idOf(path) };
    expect((await find(path))?.checked.lines).to.equal(1000);
    expect(await textOf(path))
      .to.contain("1,000 lines looked at so far")
      .and.contain("Look again");
    const die = async (work: Promise<unknown>) => await work.then(() => "lived", String);
    expect(await die(dying(0).goOnWithFile(about))).to.equal("Error: killed");
    expect((await find(path))?.checked.lines).to.equal(1000);
    await parts.goOnWithFile(about);
    expect((await find(path))?.checked).to.deep.include({ lines: 1701, stored: 1700, refused: 1 });

    kept = 0;
    const decision = { ...about, decidedBy: administrator.launch.accountId };
    expect(await die(dying(1).importFile(decision))).to.equal("Error: killed");
    expect((await find(path))?.imported.lines).to.equal(500);
    expect(await textOf(path)).to.contain("500 of 1,701 lines done.");

    // The next start finds it and has it done.
    await parts.work.start({ isAlone: true });
    try {
      const done = await eventually("the import", async () => {
        const found = await find(path);
        return found?.state === "imported" && found;
      });
      const { lines, stored, refused, ...rest } = done.imported;
      expect([lines, stored + rest["already-there"], refused]).to.deep.equal([1701, 1700, 1]);
    } finally {
      await parts.work.stop();
    }
    expect(await factCount()).to.equal(before + 1700);
    expect(await textOf(path)).to.contain("1702The score is not a number.");
  });

  it("comes to the same when several processes import it at once", async () => {
    const before = await factCount();
    const { parts, organisationId } = product;
    const path = await uploadAndGo(manyLines("twice", 1200));
    const about = { organisationId, id: idOf(path) };
    await Promise.all([parts.goOnWithFile(about), parts.goOnWithFile(about)]);
    await parts.goOnWithFile(about);
    await parts.importFile({ ...about, decidedBy: newId() });
    await Promise.all([parts.goOnWithFile(about), parts.goOnWithFile(about)]);
    await parts.goOnWithFile(about);
    expect((await find(path))?.state).to.equal("imported");
    expect((await find(path))?.imported.lines).to.equal(1201);
    expect(await factCount()).to.equal(before + 1200);
  });

  const unreadable: [string, string | Uint8Array<ArrayBuffer>, RegExp][] = [
    ["a picture", new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0, 1, 2, 255]), /not text in UTF-8/],
    ["zeros", new Uint8Array(3000), /Column 1 has a name that is not known/],
    ["a spreadsheet's own file", new Uint8Array([0x50, 0x4b, 3, 4, 20]), /save it once more as/],
    ["another header", "name,grade\na,1\n", /Column 1 has a name that is not known/],
    ["one endless line", `${SCORES}\n${"abc,".repeat(60_000)}`, /near line 2 is longer than/],
    ["a quotation mark never closed", `${SCORES}\n"a,AH-101`, /near line 2 and is never closed/],
    ["only spaces", "  \n", /Column 1 has a name/],
  ];
  for (const [what, content, words] of unreadable)
    it(`is told in a sentence that it cannot be read: ${what}`, async () => {
      const path = await uploadAndGo(content);
      expect(await textOf(path))
        .to.match(words)
        .and.contain("nothing of it was imported");
      expect(await piecesOf(path)).to.equal(0);
      await administrator.post(`${path}/import`);
      expect((await find(path))?.state).to.equal("unreadable");
    });

  it("is refused beside its field when it is missing, empty or too large, and nothing is left", async () => {
    const before = await leftOver();
    const large = "a".repeat(importLimits.fileBytes + 1);
    for (const [content, name, words] of [
      ["", "", "Choose a file first."],
      ["", "empty.csv", "This file is empty."],
      [large, "large.csv", "larger than 16 MB"],
    ] as const) {
      const answer = await upload(content, { name });
      const page = load(await answer.text());
      expect([answer.status, page("#fault-file").text()], words).to.deep.equal([
        422,
        page("#fault-file").text(),
      ]);
      expect(page("#fault-file").text()).to.contain(words);
    }
    expect(await leftOver()).to.deep.equal(before);
  });

  it("is not kept for a form that our page has not shown, nor for who may not", async () => {
    const before = await leftOver();
    const forged = await upload(`${SCORES}\n`, { fields: { _csrf: "forged" } as never });
    expect(forged.status).to.equal(403);
    const learner = await product.launchAs({ userId: "amara" });
    const foreign = await upload(`${SCORES}\n`, { visit: learner });
    expect(foreign.status).to.equal(403);
    const unsaid = await upload(`${SCORES}\n`, { fields: { kind: "secrets" } });
    expect(unsaid.status).to.equal(422);
    expect(await leftOver()).to.deep.equal(before);
  });

  it("is one organisation's alone", async () => {
    const path = await uploadAndGo(`${SCORES}\n${line("own")}\n`);
    const other = await product.parts.organisations.ensureNamed("Elsewhere", new Date());
    const stranger = await enter(other.id, { organisationId: other.id });
    expect((await stranger.get(path)).status).to.equal(404);
    expect((await stranger.get(`${path}/refused.csv`)).status).to.equal(404);
    for (const what of ["import", "discard"])
      expect((await stranger.post(`${path}/${what}`)).status).to.equal(404);
    expect((await find(path))?.state).to.equal("checked");
    expect((await stranger.get("/admin/results")).text).not.to.contain("scores.csv");
  });

  it("is removed when an administrator says so, or nobody touches it for a week", async () => {
    const { parts } = product;
    const first = await uploadAndGo(manyLines("gone", 3));
    await administrator.post(`${first}/discard`);
    expect([await find(first), await piecesOf(first)]).to.deep.equal([undefined, 0]);
    const second = await uploadAndGo(manyLines("left", 3));
    await parts.sweepResults({ reach: "all" });
    expect((await find(second))?.state).to.equal("checked");
    product.setNow(new Date(Date.now() + 8 * 86_400_000));
    await parts.sweepResults({ reach: "all" });
    product.setNow(undefined);
    expect([await find(second), await piecesOf(second)]).to.deep.equal([undefined, 0]);
    expect(
      await product.connection
        .collection("resultImportFaults")
        .countDocuments({ importId: idOf(second) }),
    ).to.equal(0);
  });

  it("leaves nothing when it never arrived whole, and is no more than ten at a time", async () => {
    const { organisationId } = product;
    async function* broken() {
      yield new Uint8Array(300_000);
      await Promise.resolve();
      throw new Error("the line went dead");
    }
    const before = await leftOver();
    const about = { organisationId, kind: "scores" as const, fileName: "f", uploadedBy: newId() };
    const failed = await product.parts.receiveFile(about, broken()).then(String, String);
    expect(failed).to.equal("Error: the line went dead");
    expect(await leftOver()).to.deep.equal(before);
    let kind = "received";
    for (let count = 0; kind === "received" && count < 12; count += 1) {
      const answer = await upload(`${SCORES}\n`);
      kind = answer.status === 303 ? "received" : await answer.text();
    }
    expect(kind).to.contain("10 files wait here already");
  });
});
