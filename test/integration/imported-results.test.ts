import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { expect } from "chai";
import fc from "fast-check";
import { readResultsCommand, runResultsCommand } from "../../scripts/results-command.js";
import { CommandError } from "../../scripts/command.js";
import {
  addCounts,
  type ImportedBatch,
  importResults,
  type LineFault,
  noCounts,
} from "../../src/results/import-results.js";
import type { ImportKind } from "../../src/results/imported-row.js";
import { readCsv } from "../../src/results/read-csv.js";
import { teach } from "../support/story-school.js";
import { startTestProduct, type TestProduct } from "../support/test-product.js";

const SCORES = "sub,course,score,maximum,taken_at";

async function sumOf(batches: AsyncIterable<ImportedBatch>): Promise<ImportedBatch> {
  const faults: LineFault[] = [];
  let counts = noCounts;
  for await (const batch of batches) {
    counts = addCounts(counts, batch.counts);
    faults.push(...batch.faults);
  }
  return { counts, faults };
}

describe("results that are imported from CSV", function () {
  this.timeout(60_000);
  let product: TestProduct;
  let organisationId: string;
  let folder: string;

  before(async () => {
    product = await startTestProduct();
    organisationId = product.organisationId;
    await teach(product.parts, organisationId, { code: "AH-101", gradeSource: "external" });
    folder = await mkdtemp(join(tmpdir(), "rosette-import-"));
  });
  after(async () => {
    await rm(folder, { recursive: true });
    await product.close();
  });

  async function run(
    text: string | Buffer,
    { kind = "scores", dryRun = false }: { kind?: ImportKind; dryRun?: boolean } = {},
  ) {
    const about = { organisationId, kind, dryRun };
    const chunks = Readable.from([Buffer.from(text)]);
    const batches = importResults(product.parts.resultIntake, about, chunks);
    const { counts, faults } = await sumOf(batches);
    return { counts, faults: faults.map(({ line, code }) => `${line} ${code}`) };
  }

  const refusalOf = async (text: string | Buffer): Promise<string> =>
    await run(text).then(
      () => "taken",
      (error: unknown) => (error as Error).message,
    );

  async function factsOf(sub: string) {
    const issuer = product.lms.issuer;
    const account = await product.parts.accounts.findBySub({ organisationId, issuer, sub });
    if (account === undefined) return [];
    return await product.parts.facts.listForAccounts(organisationId, [account.id]);
  }

  it("say in a dry run what would become of each line, and write nothing", async () => {
    const text = `${SCORES}\ndry,AH-101,80,100,2026-03-01\ndry,OLD-9,80,100,2026-03-01\n`;
    const { counts } = await run(text, { dryRun: true });
    expect(counts).to.deep.include({ lines: 2, stored: 1, "kept-for-binding": 1, refused: 0 });
    expect(await factsOf("dry")).to.deep.equal([]);
    expect(await product.parts.waitingResults.listNames(organisationId)).to.deep.equal([]);
    const key = { organisationId, issuer: product.lms.issuer, sub: "dry" };
    expect(await product.parts.accounts.findBySub(key)).to.equal(undefined);
  });

  it("are stored once, however often the file is imported", async () => {
    const text = `${SCORES}\nonce,AH-101,80,100,2026-03-01\nonce,AH-101,70,100,2026-04-01\n`;
    expect((await run(text)).counts).to.deep.include({ stored: 2, "already-there": 0 });
    expect((await run(text)).counts).to.deep.include({ stored: 0, "already-there": 2 });
    expect(await factsOf("once")).to.have.length(2);
  });

  it("keep earlier completions, which pass under every pass mark", async () => {
    const text = "sub;course;completed_on\r\nprior;AH-101;2019-06-30\r\n";
    expect((await run(text, { kind: "completions" })).counts.stored).to.equal(1);
    const [fact] = await factsOf("prior");
    expect(fact).to.deep.include({
      source: "imported",
      outcome: { kind: "graded", score: 1, maximum: 1 },
    });
    expect(fact?.occurredAt.toISOString()).to.equal("2019-06-30T00:00:00.000Z");
  });

  it("name every bad row with its line and reason, and take the others", async () => {
    const text = [
      SCORES,
      "bad,AH-101,80,0,2026-03-01",
      "bad,AH-101,-1,100,2026-03-01",
      "bad,AH-101,many,100,2026-03-01",
      "bad,AH-101,80,100,2026-02-30",
      "bad,AH-101,80,100,2026-02-30T10:00Z",
      ",AH-101,80,100,2026-03-01",
      "bad,,80,100,2026-03-01",
      "bad,AH-101,80",
      "bad@example.org,AH-101,80,100,2026-03-01",
      '"quoted\nname",AH-101,NaN,100,2026-03-01',
      '"good","AH-101","80,5","100","2026-03-01"',
    ].join("\n");
    const { counts, faults } = await run(text);
    expect(faults.sort()).to.deep.equal(
      [
        "2 maximum-not-positive",
        "3 score-negative",
        "4 score-not-a-number",
        "5 time-unreadable",
        "6 time-unreadable",
        "7 learner-missing",
        "8 course-missing",
        "9 cells-do-not-fit",
        "10 learner-by-email",
        "12 score-not-a-number",
      ].sort(),
    );
    expect(counts).to.deep.include({ lines: 11, stored: 1, refused: 10 });
    expect((await factsOf("good"))[0]?.outcome).to.deep.include({ score: 80.5 });
  });

  it("are refused as a whole when the file is none of ours, with the reason", async () => {
    const cases: [string | Buffer, RegExp][] = [
      ["", /empty/],
      ["sub,course,grade\n", /Column 3 has a name that is not known/],
      ["sub,course,score,maximum\n", /missing: taken_at/],
      ["course,score,maximum,taken_at\n", /sub .* or account is missing/],
      [`${SCORES},score\n`, /same name/],
      [
        `${SCORES}\n"never closed,AH-101,1,1,2026-01-01`,
        /mark opens near line 2 and is never closed/,
      ],
      [`${SCORES}\n"${"endless,".repeat(10_000)}`, /line 2 is longer than any line of results/],
      [`${SCORES}\nab"c,AH-101,1,1,2026-01-01`, /stops being CSV near line 2/],
      [Buffer.from("504b0304140008", "hex"), /spreadsheet's own file/],
      [Buffer.concat([Buffer.from(`${SCORES}\n`), Buffer.from([0xff, 0xfe, 0x41])]), /UTF-8/],
    ];
    for (const [text, words] of cases) expect(await refusalOf(text)).to.match(words);
  });

  it("come to the same in any order, repetition and cutting of the file into chunks", async () => {
    let run = 0;
    const rows = fc.array(
      fc.record({ sub: fc.constantFrom("p", "q", "r"), score: fc.integer({ min: 0, max: 100 }) }),
      { minLength: 1, maxLength: 8 },
    );
    await fc.assert(
      fc.asyncProperty(rows, fc.integer({ min: 1, max: 40 }), async (given, size) => {
        run += 1;
        const subs = new Map(given.map(({ sub, score }) => [`${sub}-${run}`, score]));
        const lines = [...subs].map(([sub, score]) => `${sub},AH-101,${score},100,2026-05-01`);
        const bytes = Buffer.from([SCORES, ...lines, ...lines.reverse()].join("\n"));
        const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
          bytes.subarray(index * size, (index + 1) * size),
        );
        const about = { organisationId, kind: "scores" as const, dryRun: false };
        const intake = product.parts.resultIntake;
        await sumOf(importResults(intake, about, Readable.from(chunks)));
        for (const [sub, score] of subs) {
          const facts = await factsOf(sub);
          expect(facts.map(({ outcome }) => outcome)).to.deep.equal([
            { kind: "graded", score, maximum: 100 },
          ]);
        }
      }),
      { numRuns: 10 },
    );
  });

  it("go on where they were after a process that died in the middle", async () => {
    const lines = Array.from(
      { length: 1200 },
      (_, index) => `died-${index},AH-101,80,100,2026-05-01`,
    );
    const text = [SCORES, ...lines].join("\n");
    const intake = product.parts.resultIntake;
    let batches = 0;
    const dying = importResults(
      {
        ...intake,
        recordResults: async (results) => {
          batches += 1;
          const recorded = await intake.recordResults(results);
          if (batches === 2) throw new Error("killed");
          return recorded;
        },
      },
      { organisationId, kind: "scores", dryRun: false },
      Readable.from([Buffer.from(text)]),
    );
    expect(await sumOf(dying).then(() => "", String)).to.equal("Error: killed");
    expect((await run(text)).counts).to.deep.include({ stored: 200, "already-there": 1000 });
  });

  it("name lines by the file's own numbers also behind those that are skipped", async () => {
    const good = Array.from({ length: 3 }, (_, at) => `skip-${at},AH-101,80,100,2026-05-01`);
    const text = [SCORES, ...good, "skip-3,AH-101,x,100,2026-05-01"].join("\n");
    const batches = importResults(
      product.parts.resultIntake,
      { organisationId, kind: "scores", dryRun: true, skip: 2 },
      Readable.from([Buffer.from(text)]),
    );
    const { counts, faults } = await sumOf(batches);
    expect(counts).to.deep.include({ lines: 2, stored: 1, refused: 1 });
    expect(faults.map(({ line }) => line)).to.deep.equal([5]);
  });

  it("are read as they are used, so that memory does not grow with the file", async () => {
    let handedOut = 0;
    async function* rows(count: number) {
      yield Buffer.from(`${SCORES}\n`);
      for (let index = 0; index < count; index += 1000) {
        const lines = Array.from(
          { length: 1000 },
          (_, at) => `p${index + at},AH-101,80,100,2026-05-01\n`,
        );
        handedOut += 1000;
        yield Buffer.from(lines.join(""));
      }
    }
    let mostAhead = 0;
    let lines = 0;
    for await (const { line } of readCsv(rows(60_000))) {
      lines = line;
      mostAhead = Math.max(mostAhead, handedOut - line);
    }
    expect(lines).to.equal(60_001);
    expect(mostAhead).to.be.lessThan(10_000);
  });

  describe("by the command line", () => {
    it("say what became of the file, and write every refused line into a report", async () => {
      const file = join(folder, "scores.csv");
      const report = join(folder, "report.csv");
      await writeFile(
        file,
        `${SCORES}\ncli,AH-101,80,100,2026-03-01\n=cmd(),AH-101,x,100,2026-03-01\n`,
      );
      const args = ["import", file, "--report", report];
      const dry = await runResultsCommand(
        product.parts,
        readResultsCommand([...args, "--dry-run"]),
      );
      expect(dry).to.contain("Dry run: nothing was written. 2 lines.");
      expect(await factsOf("cli")).to.deep.equal([]);
      const done = await runResultsCommand(product.parts, readResultsCommand(args));
      expect(done).to.contain("stored: 1").and.contain("refused: 1").and.contain("line 3:");
      expect(await readFile(report, "utf8")).to.equal(
        "line,code,reason\r\n3,score-not-a-number,The score is not a number.\r\n",
      );
    });

    it("refuse what is no command, no file or no CSV in a sentence", async () => {
      expect(() => readResultsCommand(["export"])).to.throw(CommandError, /npm run results/);
      expect(() => readResultsCommand(["import", "x", "--kind", "y"])).to.throw(CommandError);
      const say = async (file: string) =>
        await runResultsCommand(product.parts, readResultsCommand(["import", file])).then(
          () => "",
          (error: unknown) => (error instanceof CommandError ? error.message : "another error"),
        );
      expect(await say(join(folder, "nowhere.csv"))).to.contain("There is no file");
      const other = join(folder, "other.csv");
      await writeFile(other, "a,b\n1,2\n");
      expect(await say(other)).to.contain("not known");
    });
  });
});
