import { expect } from "chai";
import { listBegun } from "../../src/awards/list-begun.js";
import { readLearnerRecords } from "../../src/awards/read-learner-records.js";
import { explainTracks } from "../../src/progress/explain-progress.js";
import { readCatalogue } from "../../src/progress/read-catalogue.js";
import { newId } from "../../src/stored-record.js";
import type { Requirement } from "../../src/tracks/requirement.js";
import {
  allOf,
  aResult,
  aTrackContent,
  day,
  examStep,
  heldStep,
} from "../support/core-fixtures.js";
import { addExams, addTrack, createPeople, openJourney } from "../support/journey-fixtures.js";
import { createMemoryCore } from "../support/memory-core.js";

/** Version 1 asks for exams a and b and is published on day 2; what follows is the test's. */
async function openScene(requirement: Requirement = allOf("g", examStep("a"), examStep("b"))) {
  const stores = createMemoryCore();
  await addExams(stores, ["a", "b", "c", "d"]);
  const people = createPeople().people;
  const scene = openJourney({ stores, people });
  const publish = async (trackId: string) => {
    await scene.calm.publishTrack({ organisationId: "org", trackId, publishedBy: "admin" });
    await scene.calm.sweep({ reach: "all" });
  };
  await addTrack(stores, requirement, "t");
  await publish("t");
  const publishNext = async (next: Requirement, at: Date) => {
    scene.setNow(at);
    const draft = aTrackContent({ name: "Next", requirement: next });
    await stores.tracks.saveDraft({ organisationId: "org", id: "t", draft, at });
    await publish("t");
  };
  const pass = async (accountId: string, examId: string, occurredAt: Date) => {
    scene.setNow(occurredAt);
    await scene.calm.recordResult(aResult({ accountId, examId, occurredAt }));
    await scene.calm.evaluateLearner({ organisationId: "org", accountId });
  };
  const versions = async (accountId: string) =>
    (await stores.awards.listForLearners("org", [accountId])).map(
      ({ trackId, trackVersion }) => `${trackId} ${trackVersion}`,
    );
  const move = async (accountId: string, version: number) => {
    const about = { organisationId: "org", accountId, trackId: "t", version };
    const decided = { movedAt: day(9), movedBy: "admin", reason: "Agreed." };
    await stores.trackMoves.addAll([{ id: newId(), ...about, ...decided }]);
  };
  const progressOf = async (accountId: string, at: Date) => {
    const catalogue = await readCatalogue(stores, { organisationId: "org" });
    const records = await readLearnerRecords(stores, "org", [{ accountIds: [accountId] }]);
    return records.flatMap((record) => explainTracks(catalogue, record, at));
  };
  const begun = async () => {
    const inForce = await stores.trackVersions.find("org", { trackId: "t", version: 2 });
    if (inForce === undefined) throw new Error("no version 2");
    const needs = { ...stores, accounts: people, now: () => day(9) };
    return (await listBegun(needs, { inForce, limit: 10 })).begun;
  };
  return { ...scene, stores, publish, publishNext, pass, versions, move, progressOf, begun };
}

const harder = allOf("g", examStep("c"), examStep("d"));

describe("a learner who began a track under an earlier version", () => {
  it("finishes under it, though nothing of it is asked for any more", async () => {
    const { pass, publishNext, versions } = await openScene();
    await pass("ann", "a", day(3));
    await publishNext(harder, day(4));
    await pass("ann", "b", day(5));
    expect(await versions("ann")).to.deep.equal(["t 1"]);
  });

  it("may finish under the version in force as well", async () => {
    const { pass, publishNext, versions } = await openScene();
    await pass("ann", "a", day(3));
    await publishNext(harder, day(4));
    await pass("ann", "c", day(5));
    await pass("ann", "d", day(6));
    expect(await versions("ann")).to.deep.equal(["t 2"]);
  });

  it("has begun when a micro-credential that it asks for was earned", async () => {
    const scene = await openScene(allOf("g", heldStep("m"), examStep("b")));
    await addTrack(scene.stores, examStep("a"), "m");
    await scene.publish("m");
    // It could not be published before what it asks for.
    await scene.publish("t");
    await scene.pass("ann", "a", day(3));
    await scene.publishNext(harder, day(4));
    await scene.pass("ann", "b", day(5));
    expect(await scene.versions("ann")).to.deep.equal(["m 1", "t 1"]);
  });

  it("is who did something by then, whenever that became known; whoever begins later is not", async () => {
    const { calm, pass, publishNext, setNow, versions } = await openScene();
    await publishNext(harder, day(4));
    await pass("ben", "a", day(5));
    await pass("ben", "b", day(6));
    expect(await versions("ben")).to.deep.equal([]);
    setNow(day(7));
    for (const examId of ["a", "b"])
      await calm.recordResult(aResult({ accountId: "ann", examId, occurredAt: day(3) }));
    await calm.evaluateLearner({ organisationId: "org", accountId: "ann" });
    expect(await versions("ann")).to.deep.equal(["t 1"]);
  });

  it("is under the version in force alone once moved there, and keeps what was awarded", async () => {
    const { move, pass, publishNext, versions } = await openScene();
    await pass("ann", "a", day(3));
    await pass("ben", "a", day(3));
    await pass("ben", "b", day(3, 1));
    await publishNext(harder, day(4));
    await move("ann", 2);
    await move("ben", 2);
    await pass("ann", "b", day(5));
    expect(await versions("ann")).to.deep.equal([]);
    expect(await versions("ben")).to.deep.equal(["t 1"]);
  });

  it("sees the version that is nearer, and is told of both", async () => {
    const { pass, progressOf, publishNext } = await openScene();
    await pass("ann", "a", day(3));
    await publishNext(harder, day(4));
    const [before] = await progressOf("ann", day(5));
    expect(before?.track.version).to.equal(1);
    expect(before?.note).to.equal(
      "Begun under version 1 and may be finished under it, or under version 2, in force since 5 March 2026. Version 1 is nearer, and shown here.",
    );
    const [stranger] = await progressOf("zoe", day(5));
    expect(stranger?.track.version).to.equal(2);
    expect(stranger?.note).to.equal(undefined);
  });

  it("is listed with what moving would mean, until the award is held", async () => {
    const { begun, move, pass, publishNext } = await openScene();
    for (const accountId of ["ann", "ben", "cy"]) await pass(accountId, "a", day(3));
    await pass("cy", "b", day(3, 1));
    await publishNext(allOf("g", examStep("a"), examStep("b"), examStep("c")), day(4));
    await pass("dot", "a", day(5));
    await move("ben", 2);
    const [first, ...others] = await begun();
    expect(others).to.deep.equal([]);
    expect(first?.learner.accountIds).to.deep.equal(["ann"]);
    expect(first?.own.version).to.equal(1);
    expect(first?.before.sentence).to.equal("1 of 2 steps done; Course b would complete this.");
    expect(first?.after.sentence).to.equal(
      "1 of 3 steps done; Course b and Course c would complete this.",
    );
  });
});
