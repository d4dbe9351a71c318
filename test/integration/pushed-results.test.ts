import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect } from "chai";
import fc from "fast-check";
import type { ExamFact } from "../../src/progress/exam-fact.js";
import { foldStandings } from "../../src/progress/standing.js";
import { pushResults } from "../../src/results/push-results.js";
import { newId } from "../../src/stored-record.js";
import { anItem, type Item, push, type PushWish, type SenderKey } from "../support/push-sender.js";
import { publish, teach, type Taught } from "../support/story-school.js";
import { startTestProduct, type TestProduct } from "../support/test-product.js";

const document = fileURLToPath(new URL("../../docs/pushing-results.md", import.meta.url));

describe("results that are pushed", function () {
  this.timeout(60_000);
  let product: TestProduct;
  let organisationId: string;
  let key: SenderKey;
  let taught: Taught;
  let issuer: string;

  before(async () => {
    product = await startTestProduct();
    organisationId = product.organisationId;
    issuer = product.lms.issuer;
    taught = await teach(product.parts, organisationId, {
      ...{ code: "AH-101", gradeSource: "external" },
    });
    key = await makeKey();
  });
  after(async () => {
    await product.close();
  });

  async function makeKey(given: { organisationId?: string; sender?: string } = {}) {
    const made = await product.parts.makePushKey({
      ...{ organisationId, sender: "Quiz tool", createdBy: newId(), ...given },
    });
    return { url: product.url, keyId: made.key.id, secret: made.secret };
  }

  const item = (given: Item = {}): Item => anItem(issuer, given);

  const send = async (items: unknown[], wish?: PushWish, by = key) =>
    await push(by, { results: items }, wish);

  const outcomesOf = ({ body }: { body: Record<string, unknown> }): string[] =>
    (body["results"] as { outcome: string; code?: string }[]).map(({ outcome, code }) =>
      code === undefined ? outcome : `${outcome}: ${code}`,
    );

  async function factsOf(sub: string): Promise<ExamFact[]> {
    const account = await product.parts.accounts.findBySub({ organisationId, issuer, sub });
    if (account === undefined) return [];
    return await product.parts.facts.listForAccounts(organisationId, [account.id]);
  }

  const person = (sub: string) => ({ learner: { issuer, sub } });

  it("become facts, and an award, of somebody who never came", async () => {
    const { parts } = product;
    await publish(parts, organisationId, { name: "Pushed badge", exams: [taught.exam] });
    const answer = await send([item(person("awarded"))]);
    expect(answer.status).to.equal(200);
    expect(outcomesOf(answer)).to.deep.equal(["stored"]);
    const [fact] = await factsOf("awarded");
    expect(fact).to.deep.include({ source: "pushed", examId: taught.exam.id, passMarkPercent: 60 });
    await parts.journey.sweep({ reach: "all" });
    const awards = await parts.awards.listForLearners(organisationId, [fact?.accountId ?? ""]);
    expect(awards.map(({ trackName }) => trackName)).to.deep.equal(["Pushed badge"]);
  });

  it("are taken once, however often they are sent, alone or twice in a batch", async () => {
    const same = item(person("repeated"));
    expect(outcomesOf(await send([same, same]))).to.deep.equal(["stored", "already-there"]);
    expect(outcomesOf(await send([same]))).to.deep.equal(["already-there"]);
    expect(await factsOf("repeated")).to.have.length(1);
  });

  it("are taken once when two requests bring them at the same moment", async () => {
    const items = Array.from({ length: 20 }, () => item(person("at-once")));
    await Promise.all([send(items), send(items), send(items)]);
    expect(await factsOf("at-once")).to.have.length(20);
  });

  it("are refused when an id stands for another content, and corrected by a revision", async () => {
    const first = item(person("corrected"));
    await send([first]);
    const lower = { ...first, score: 10 };
    expect(outcomesOf(await send([lower]))).to.deep.equal(["refused: result-id-taken"]);
    expect(outcomesOf(await send([{ ...lower, revision: 2 }]))).to.deep.equal(["stored"]);
    const moved = { ...first, ...person("somebody-else"), revision: 3 };
    expect(outcomesOf(await send([moved]))).to.deep.equal(["refused: result-id-taken"]);
    const standing = foldStandings(await factsOf("corrected"), new Date()).get(taught.exam.id);
    expect(standing?.counting.map(({ outcome }) => outcome.score)).to.deep.equal([10]);
  });

  const refused: { title: string; given: Item; code: string }[] = [
    { title: "a maximum of 0", given: { maximum: 0 }, code: "maximum-not-positive" },
    { title: "a maximum below 0", given: { maximum: -5 }, code: "maximum-not-positive" },
    { title: "a score below 0", given: { score: -1 }, code: "score-negative" },
    { title: "a score that is no number", given: { score: "NaN" }, code: "item-unreadable" },
    { title: "no score", given: { score: undefined }, code: "item-unreadable" },
    { title: "both a score and withdrawn", given: { withdrawn: true }, code: "item-unreadable" },
    {
      title: "an e-mail address alone",
      given: { learner: { email: "amara@example.org" } },
      code: "item-unreadable",
    },
    {
      title: "an unknown LMS",
      given: { learner: { issuer: "https://elsewhere.example", sub: "1" } },
      code: "issuer-unknown",
    },
    {
      title: "an unknown account",
      given: { learner: { account: newId() } },
      code: "learner-unknown",
    },
    { title: "a time without a zone", given: { takenAt: "2026-11-20" }, code: "item-unreadable" },
    { title: "a field that is not ours", given: { grade: "A" }, code: "item-unreadable" },
    { title: "a revision of 0", given: { revision: 0 }, code: "item-unreadable" },
    { title: "a query for an id", given: { id: { $ne: "" } }, code: "item-unreadable" },
  ];
  for (const { title, given, code } of refused) {
    it(`are refused one by one with ${title}, and the others are stored`, async () => {
      const sub = `beside-${title}`;
      const answer = await send([item({ ...person("refused"), ...given }), item(person(sub))]);
      expect(outcomesOf(answer)).to.deep.equal([`refused: ${code}`, "stored"]);
      expect(await factsOf("refused")).to.deep.equal([]);
      expect(await factsOf(sub)).to.have.length(1);
      const query = { search: "pushed-results-refused", page: 1, pageSize: 1 };
      const { items } = await product.parts.events.list(organisationId, query);
      expect(items[0]?.about["because"]).to.equal(code);
    });
  }

  it("wait when they lie in the future, and say until when", async () => {
    const takenAt = new Date(Date.now() + 3_600_000).toISOString();
    const answer = await send([item({ ...person("early"), takenAt })]);
    expect((answer.body["results"] as Item[])[0]).to.deep.include({
      outcome: "stored",
      waitsUntil: takenAt,
    });
    expect(foldStandings(await factsOf("early"), new Date()).size).to.equal(0);
  });

  it("are kept for an exam that nobody knows, and counted once when it is bound", async () => {
    const { parts } = product;
    const unknown = item({ ...person("waits"), exam: { course: "OLD-1" } });
    const [first, again] = [await send([unknown]), await send([unknown])];
    expect([outcomesOf(first), outcomesOf(again)]).to.deep.equal([
      ["kept-for-binding"],
      ["already-there"],
    ]);
    const [waiting] = await parts.waitingResults.listNames(organisationId);
    expect(waiting).to.deep.include({ examName: "OLD-1", count: 1 });
    expect(await factsOf("waits")).to.deep.equal([]);
    const examId = taught.exam.id;
    const decision = { organisationId, examName: "OLD-1", examId, decidedBy: newId() };
    const bind = async () => {
      await parts.bindResults(decision);
      return await parts.countBound(decision.organisationId, decision.examName);
    };
    expect(await bind()).to.deep.equal({ counted: 1 });
    expect(await bind()).to.deep.equal({ counted: 0 });
    expect(outcomesOf(await send([unknown]))).to.deep.equal(["already-there"]);
    expect(await factsOf("waits")).to.have.length(1);
    expect(await parts.waitingResults.listNames(organisationId)).to.deep.equal([]);
    const later = item({ ...person("waits"), exam: { course: "OLD-1" } });
    expect(outcomesOf(await send([later]))).to.deep.equal(["stored"]);
  });

  it("count after a binding whose process died before it had counted them", async () => {
    const { parts } = product;
    await send([item({ ...person("left"), exam: { course: "OLD-2" } })]);
    await parts.waitingResults.bind({
      ...{ organisationId, examName: "OLD-2", examId: taught.exam.id },
      ...{ decidedBy: newId(), decidedAt: new Date() },
    });
    await parts.sweepResults({ reach: "all" });
    expect(await factsOf("left")).to.have.length(1);
    expect(await parts.waitingResults.listAwaitingCounting(10)).to.deep.equal([]);
  });

  it("are all there when the process dies between store and answer, and are sent again", async () => {
    const { resultIntake: intake, pushKeys } = product.parts;
    const body = Buffer.from(JSON.stringify({ results: [item(person("killed"))] }));
    const [pushKey] = await pushKeys.list(organisationId);
    if (pushKey === undefined) throw new Error("no key");
    const recordResults: typeof intake.recordResults = async (results) => {
      await intake.recordResults(results);
      throw new Error("killed");
    };
    const dying = pushResults({ ...intake, recordResults }, pushKey, body);
    expect(await dying.catch(String)).to.equal("Error: killed");
    const again = await pushResults(intake, pushKey, body);
    expect(again.counts).to.deep.include({ stored: 0, "already-there": 1 });
    expect(await factsOf("killed")).to.have.length(1);
  });

  it("come to the same in any order and repetition", async () => {
    let round = 0;
    const results = fc.record({
      sitting: fc.constantFrom("a", "b"),
      revision: fc.constantFrom(1, 2, 3),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(results, { minLength: 1, maxLength: 6 }), async (sent) => {
        round += 1;
        const run = round;
        const make = (sub: string) => (given: { sitting: string; revision: number }) => {
          const { sitting, revision } = given;
          // The score follows from what the result is called, so that a repetition is the same.
          const score = ((sitting === "a" ? 7 : 3) * revision * 11) % 101;
          return item({ ...person(sub), id: `${sub} ${sitting}`, revision, score });
        };
        const countingOf = async (sub: string) => {
          const standing = foldStandings(await factsOf(sub), new Date()).get(taught.exam.id);
          return standing?.counting.map(({ outcome }) => outcome.score).sort();
        };
        await send(sent.map(make(`forward-${run}`)));
        for (const one of [...sent, ...sent].reverse()) await send([make(`backward-${run}`)(one)]);
        expect(await countingOf(`backward-${run}`)).to.deep.equal(
          await countingOf(`forward-${run}`),
        );
      }),
      { numRuns: 12 },
    );
  });

  describe("are refused whole, and nothing is stored,", () => {
    const cases: {
      title: string;
      /** A function where the clock has a say: it is asked when the test runs. */
      wish?: PushWish | (() => PushWish);
      items?: (valid: Item) => unknown;
      by?: () => Promise<SenderKey>;
      status: number;
      code: string;
    }[] = [
      {
        title: "when the body was altered",
        wish: { signed: '{"results":[]}' },
        ...{ status: 401, code: "push-signature-wrong" },
      },
      {
        title: "with another secret",
        by: async () => ({ ...key, secret: (await makeKey()).secret }),
        ...{ status: 401, code: "push-signature-wrong" },
      },
      {
        title: "with a key that does not exist",
        by: async () => ({ ...key, keyId: newId() }),
        ...{ status: 401, code: "push-signature-wrong" },
      },
      {
        title: "with a query for a key",
        by: async () => ({ ...key, keyId: '{"$ne":""}' }),
        ...{ status: 401, code: "push-signature-wrong" },
      },
      {
        title: "with a key that was revoked",
        by: async () => {
          const revoked = await makeKey();
          await product.parts.pushKeys.revoke(organisationId, revoked.keyId, new Date());
          return revoked;
        },
        ...{ status: 401, code: "push-signature-wrong" },
      },
      {
        title: "under another address than the signed one",
        wish: { path: "/api/v1/results?organisation=other" },
        ...{ status: 401, code: "push-signature-wrong" },
      },
      {
        title: "six minutes late",
        wish: () => ({ timestamp: String(Math.floor(Date.now() / 1000) - 360) }),
        ...{ status: 401, code: "push-expired" },
      },
      {
        title: "six minutes early",
        wish: () => ({ timestamp: String(Math.floor(Date.now() / 1000) + 360) }),
        ...{ status: 401, code: "push-expired" },
      },
      {
        title: "with a nonce that is too short",
        wish: { nonce: "short" },
        ...{ status: 401, code: "push-signature-missing" },
      },
      {
        title: "without a signature",
        wish: { headers: { "rosette-signature": "" } },
        ...{ status: 401, code: "push-signature-wrong" },
      },
      {
        title: "with 1,001 results",
        items: (valid) =>
          Array.from({ length: 1001 }, (_, index) => ({ ...valid, id: `${index}` })),
        ...{ status: 413, code: "push-batch-too-long" },
      },
      { title: "with none", items: () => [], status: 422, code: "push-batch-malformed" },
      { title: "with no list", items: () => "x", status: 422, code: "push-batch-malformed" },
    ];
    for (const [index, { title, wish, items, by, status, code }] of cases.entries()) {
      it(title, async () => {
        const valid = item(person(`whole-${index}`));
        const results = items === undefined ? [valid] : items(valid);
        const answer = await push(
          (await by?.()) ?? key,
          { results },
          typeof wish === "function" ? wish() : wish,
        );
        expect(answer.status).to.equal(status);
        expect(answer.type).to.match(/^application\/problem\+json/);
        expect(answer.body).to.include({ code, status, type: `urn:rosette:error:${code}` });
        expect(await factsOf(`whole-${index}`)).to.deep.equal([]);
      });
    }

    it("when a signed request is replayed", async () => {
      const body = { results: [item(person("replayed"))] };
      const wish = { nonce: "a-nonce-used-twice", timestamp: `${Math.floor(Date.now() / 1000)}` };
      const answers = await Promise.all([push(key, body, wish), push(key, body, wish)]);
      expect(answers.map(({ status }) => status).sort()).to.deep.equal([200, 409]);
      expect((await push(key, body, wish)).body["code"]).to.equal("push-replayed");
    });

    it("when the body is larger than Rosette takes", async () => {
      const answer = await push(key, "x".repeat(2 * 1024 * 1024 + 1));
      expect([answer.status, answer.body["code"]]).to.deep.equal([413, "request-too-large"]);
    });

    it("when the body is no JSON", async () => {
      const answer = await push(key, '{"results": [');
      expect(answer.body["code"]).to.equal("push-batch-malformed");
    });
  });

  it("land in the organisation of the key, and reach no other's people and courses", async () => {
    const other = await product.parts.organisations.ensureNamed("Elsewhere", new Date());
    const theirs = await makeKey({ organisationId: other.id });
    const account = await product.parts.accounts.findOrCreate(
      { organisationId, issuer, sub: "ours" },
      new Date(),
    );
    const named = [{ learner: { account: account.id } }, person("ours")];
    const answer = await send(named.map(item), {}, theirs);
    expect(outcomesOf(answer)).to.deep.equal([
      "refused: learner-unknown",
      "refused: issuer-unknown",
    ]);
    expect(await factsOf("ours")).to.deep.equal([]);
  });

  it("keep their ids apart by sender, and together over a sender's keys", async () => {
    const same = item(person("rotated"));
    const second = await makeKey();
    const stranger = await makeKey({ sender: "Another tool" });
    await send([same]);
    expect(outcomesOf(await send([same], {}, second))).to.deep.equal(["already-there"]);
    expect(outcomesOf(await send([same], {}, stranger))).to.deep.equal(["stored"]);
  });

  it("are sealed away as keys: the secret stands nowhere in the store", async () => {
    const { secret } = await makeKey();
    const kept = JSON.stringify(await product.connection.collection("pushKeys").find().toArray());
    expect(kept).not.to.contain(secret);
  });

  it("are taken as the documentation shows, with curl and openssl", async () => {
    const text = await readFile(document, "utf8");
    const blockOf = (language: string) =>
      new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``).exec(text)?.[1] ?? "";
    const folder = await mkdtemp(join(tmpdir(), "rosette-push-"));
    try {
      const results = blockOf("json").replace("https://lms.example.org", issuer);
      await writeFile(join(folder, "results.json"), results);
      const { stdout } = await promisify(execFile)("sh", ["-eu", "-c", blockOf("sh")], {
        cwd: folder,
        env: {
          PATH: "/usr/local/bin:/usr/bin:/bin",
          ...{ ROSETTE: product.url, KEY_ID: key.keyId, SECRET: key.secret },
        },
      });
      expect(JSON.parse(stdout)).to.deep.equal(
        JSON.parse(text.split("```json\n")[2]?.split("```")[0] ?? ""),
      );
      expect(await factsOf("4711")).to.have.length(1);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
