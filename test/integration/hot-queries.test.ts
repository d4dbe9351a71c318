import { expect } from "chai";
import { pushResults } from "../../src/results/push-results.js";
import { newId } from "../../src/stored-record.js";
import { approve, placeLink, publish, teach, type Taught } from "../support/story-school.js";
import { startTestProduct, type TestProduct } from "../support/test-product.js";

type Command = Record<string, unknown>;
type Stage = { stage: string; inputStage?: Stage; inputStages?: Stage[] };

const [CONTEXT, BYSTANDERS] = ["ess-101", 2500] as const;

/** Every part of a command that looks for documents, as a command of its own. */
function searchesIn(command: Command): Command[] {
  const [name = ""] = Object.keys(command);
  // Agenda's own: a handful at a time.
  if (command[name] === "jobs") return [];
  if (name === "find" || name === "count") {
    const { filter, query, sort, limit } = command;
    const search = { [name]: command[name], filter, query, sort, limit };
    return [Object.fromEntries(Object.entries(search).filter(([, part]) => part !== undefined))];
  }
  if (name === "findAndModify" || name === "findandmodify")
    return [{ find: command[name], filter: command["query"], limit: 1 }];
  if (name === "update" || name === "delete") {
    const parts = command[`${name}s`] as { q: unknown }[];
    return parts.map(({ q }) => ({ find: command[name], filter: q }));
  }
  if (name !== "aggregate") return [];
  const pipeline = command["pipeline"] as Record<string, unknown>[];
  const unions = pipeline.flatMap((stage) => {
    const union = stage["$unionWith"] as { coll: string; pipeline: unknown[] } | undefined;
    return union === undefined ? [] : [{ aggregate: union.coll, pipeline: union.pipeline }];
  });
  const lead = pipeline.filter((stage) => !("$unionWith" in stage));
  return [{ aggregate: command["aggregate"], pipeline: lead }, ...unions].map((one) => ({
    ...{ ...one, cursor: {} },
  }));
}

const stagesOf = (stage: Stage): string[] => [
  stage.stage,
  ...(stage.inputStage === undefined ? [] : stagesOf(stage.inputStage)),
  ...(stage.inputStages ?? []).flatMap(stagesOf),
];

describe("what is asked of the store all the time", () => {
  let product: TestProduct;
  let taught: Taught;
  let linkId: string;
  const sent: Command[] = [];

  const launch = async () => await product.launchAs({ userId: "amara", courseId: CONTEXT, linkId });

  /** As they lie there when many learners have been here for long. */
  async function addBystanders(): Promise<void> {
    const { connection, organisationId } = product;
    const ids = Array.from({ length: BYSTANDERS }, newId);
    const at = new Date(Date.now() - 86_400_000);
    const insert = async (collection: string, documents: object[]) =>
      await connection.collection(collection).insertMany(documents);
    const { course, exam } = taught;
    const about = { organisationId, courseId: course.id, examId: exam.id, source: "pushed" };
    await insert(
      "accounts",
      ids.map((_id) => ({ _id, organisationId, issuer: "https://else", sub: _id, createdAt: at })),
    );
    await insert(
      "examFacts",
      ids.map((accountId) => ({
        ...{ _id: newId(), ...about, accountId, sourceKey: `pushed:${accountId}:1`, queued: 1 },
        ...{ outcome: { kind: "graded", score: 1, maximum: 100 }, passMarkPercent: 60 },
        ...{ occurredAt: at, observedAt: at, dueAt: at },
      })),
    );
    await insert(
      "awards",
      ids.map((learnerId) => ({
        ...{ _id: newId(), organisationId, learnerId, trackId: "earlier", trackVersion: 1 },
        ...{ trackName: "Earlier", round: 1, subjectUrn: `urn:uuid:${newId()}`, awardedAt: at },
        ...{ explanation: {}, evidence: [], credential: "issued" },
      })),
    );
    await insert(
      "launches",
      ids.map((accountId) => ({
        ...{ _id: newId(), organisationId, accountId, platformId: newId() },
        ...{ session: { id: newId(), replaces: newId() }, expiresAt: new Date(Date.now() + 1e8) },
      })),
    );
    await insert(
      "learnerNotices",
      ids.map((learnerId) => ({
        ...{ _id: newId(), organisationId, learnerId, key: "k", createdAt: at },
        ...{ subject: { kind: "name-approved" }, shownInLaunch: "earlier" },
      })),
    );
  }

  before(async () => {
    product = await startTestProduct({ monitorCommands: true });
    const { parts, organisationId, lms, url } = product;
    taught = await teach(parts, organisationId, { code: "ESS-101" });
    await publish(parts, organisationId, { name: "One", exams: [taught.exam] });
    const courseId = taught.course.id;
    await approve(parts, { organisationId, issuer: lms.issuer, contextId: CONTEXT, courseId });
    linkId = placeLink(lms, { url, contextId: CONTEXT, exam: taught.exam });
    await addBystanders();
    await launch();
    product.connection.getClient().on("commandStarted", ({ command }) => {
      sent.push(structuredClone<Command>(command));
    });
  });
  after(async () => {
    await product.close();
  });

  /** What `run` looked for, each search with how the store finds it. */
  async function searchesOf(run: () => Promise<unknown>) {
    sent.length = 0;
    await run();
    const searches = [...sent].flatMap(searchesIn);
    const { db } = product.connection;
    if (db === undefined) throw new Error("not connected");
    const explained = [];
    for (const search of searches) {
      const answer = await db.command({ explain: search, verbosity: "executionStats" });
      const { queryPlanner, executionStats } = answer as unknown as {
        queryPlanner: { winningPlan: Stage };
        executionStats: { nReturned: number; totalDocsExamined: number };
      };
      const { nReturned: returned, totalDocsExamined: examined } = executionStats;
      const stages = stagesOf(queryPlanner.winningPlan);
      explained.push({ search: JSON.stringify(search), stages, returned, examined });
    }
    return explained;
  }

  function expectIndexed(searches: Awaited<ReturnType<typeof searchesOf>>): void {
    expect(searches).to.not.be.empty;
    for (const { search, stages, returned, examined } of searches) {
      expect(stages, search).to.not.include("COLLSCAN");
      expect(examined - returned, `${search}: looked at ${examined} for ${returned}`).to.be.at.most(
        1,
      );
    }
  }

  it("finds what a launch needs by indexes alone", async () => {
    expectIndexed(await searchesOf(launch));
  });

  it("finds what a learner's page needs by indexes alone", async () => {
    const visit = await launch();
    const track = await searchesOf(async () => {
      expect((await visit.get("/progress")).status).to.equal(200);
    });
    expectIndexed(track);
  });

  it("finds what a push and the evaluation after it need by indexes alone", async () => {
    const { parts, organisationId, lms } = product;
    const key = {
      ...{ id: newId(), organisationId, sender: "Quiz", sealedSecret: "" },
      ...{ createdAt: new Date(), createdBy: "admin", revokedAt: undefined },
    };
    const item = (sub: string) => ({
      ...{ id: newId(), learner: { issuer: lms.issuer, sub }, exam: { course: "ESS-101" } },
      ...{ takenAt: new Date().toISOString(), score: 90, maximum: 100 },
    });
    const subs = ["one", "two", "three"];
    const body = Buffer.from(JSON.stringify({ results: subs.map(item) }));
    expectIndexed(
      await searchesOf(async () => {
        const { counts } = await pushResults(parts.resultIntake, key, body);
        expect(counts.stored).to.equal(3);
      }),
    );
    const accounts = await parts.accounts.listBySubs({
      ...{ organisationId, issuer: lms.issuer, subs },
    });
    expectIndexed(
      await searchesOf(async () => {
        const waiting = accounts.map(({ id: accountId }) => ({ organisationId, accountId }));
        await parts.journey.evaluateLearners(waiting);
      }),
    );
    const ids = accounts.map(({ id }) => id);
    expect(await parts.awards.listForLearners(organisationId, ids)).to.have.length(3);
  });

  it("finds what a sweep goes on with by indexes alone", async () => {
    expectIndexed(
      await searchesOf(async () => {
        await product.parts.journey.sweep({ reach: "all" });
      }),
    );
  });
});
