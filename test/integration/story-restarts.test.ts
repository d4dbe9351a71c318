import { expect } from "chai";
import { connectDatabase } from "../../src/database.js";
import { createLog } from "../../src/log.js";
import { createWorkQueue } from "../../src/work/work-queue.js";
import { eventually } from "../support/story-school.js";
import { testDatabaseUri } from "../support/test-database.js";

const organisationId = "00000000-0000-4000-8000-00000000000a";
const log = createLog({ logLevel: "silent" });

/** One process' share of a work queue, working at `evaluate-learner` alone. */
async function openQueue(uri: string, handle: () => Promise<void>) {
  const connection = await connectDatabase(uri);
  const work = createWorkQueue({ connection, log });
  work.handle("evaluate-learner", handle);
  work.handle("sweep", async () => undefined);
  return { work, connection, jobs: () => connection.collection("jobs") };
}

describe("background work when processes come and go", () => {
  const never = () => new Promise<void>(() => undefined);
  const isLocked = { name: "evaluate-learner", lockedAt: { $ne: null } };
  let uri: string;
  let closing: (() => Promise<void>)[];

  beforeEach(async () => {
    uri = await testDatabaseUri();
    closing = [];
  });
  afterEach(async () => {
    for (const close of closing) await close();
  });

  const open = async (handle: () => Promise<void>) => {
    const queue = await openQueue(uri, handle);
    closing.push(async () => {
      await queue.work.stop(0);
      await queue.connection.close();
    });
    return queue;
  };

  it("gives back what a stopping process had begun, so that the next does it at once", async () => {
    const first = await open(never);
    await first.work.start({ isAlone: false });
    // More than are done at a time, so that some are begun and some merely taken.
    const keys = Array.from({ length: 20 }, (_, index) => `learner-${index}`);
    for (const key of keys) await first.work.wake("evaluate-learner", { key, organisationId });
    await eventually(
      "jobs are taken",
      async () => (await first.jobs().countDocuments(isLocked)) > 0,
    );
    await first.work.stop(50);
    expect(await first.jobs().countDocuments(isLocked)).to.equal(0);

    let done = 0;
    const second = await open(async () => {
      done += 1;
    });
    await second.work.start({ isAlone: false });
    await eventually("all are done", async () => done === keys.length);
    await eventually("none is left", async () => {
      return (await second.jobs().countDocuments({ name: "evaluate-learner" })) === 0;
    });
    expect(done).to.equal(keys.length);
  });

  it("takes up what a killed process had begun at the next start on a store of one's own", async () => {
    const killed = await open(never);
    await killed.work.start({ isAlone: true });
    await killed.work.wake("evaluate-learner", { key: "learner", organisationId });
    await eventually("it is begun", async () => (await killed.jobs().countDocuments(isLocked)) > 0);

    let done = 0;
    const next = await open(async () => {
      done += 1;
    });
    await next.work.start({ isAlone: true });
    await eventually("it is done", async () => done === 1);
  });

  it("leaves to a living process what that has begun", async () => {
    const busy = await open(never);
    await busy.work.start({ isAlone: false });
    await busy.work.wake("evaluate-learner", { key: "learner", organisationId });
    await eventually("it is begun", async () => (await busy.jobs().countDocuments(isLocked)) > 0);

    let done = 0;
    const other = await open(async () => {
      done += 1;
    });
    await other.work.start({ isAlone: false });
    await other.work.wake("evaluate-learner", { key: "another", organisationId });
    await eventually("the other is done", async () => done === 1);
    await other.work.stop();
    expect(await busy.jobs().countDocuments(isLocked)).to.equal(1);
    expect(done).to.equal(1);
  });

  it("lists what failed with its reason until a retry succeeds", async () => {
    let isDown = true;
    const queue = await open(async () => {
      if (isDown) throw new Error("the LMS is down");
    });
    await queue.work.start({ isAlone: true });
    await queue.work.wake("evaluate-learner", { key: "learner", organisationId });
    const listed = { organisationId, search: "", page: 1, pageSize: 10 };
    const failed = await eventually("it is listed", async () => {
      return (await queue.work.listFailed(listed)).items[0];
    });
    expect(failed).to.include({ name: "evaluate-learner", reason: "the LMS is down" });
    expect(failed.nextRunAt, "it is tried again by itself").to.be.greaterThan(new Date(0));
    const foreign = { ...listed, organisationId: "somebody-else" };
    expect((await queue.work.listFailed(foreign)).total).to.equal(0);

    isDown = false;
    await queue.work.retry({ organisationId, id: failed.id });
    await eventually("it is done and gone", async () => {
      return (await queue.jobs().countDocuments({ name: "evaluate-learner" })) === 0;
    });
    expect((await queue.work.listFailed(listed)).total).to.equal(0);
  });
});
