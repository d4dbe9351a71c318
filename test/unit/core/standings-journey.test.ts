import { expect } from "chai";
import type { Requirement } from "../../../src/tracks/requirement.js";
import { aResult, allOf, aTrackContent, day, examStep } from "../../support/core-fixtures.js";
import {
  addExams,
  addTrack,
  Crash,
  createPeople,
  openJourney,
} from "../../support/journey-fixtures.js";
import { createMemoryCore } from "../../support/memory-core.js";

const heldStep = (trackId: string): Requirement => ({
  id: `held-${trackId}`,
  kind: "micro-credential-held",
  trackId,
});

/** A micro-credential for exam a; a certificate for it and exam b; an honour for the certificate. */
async function openScene(
  linked: Record<string, string> = {},
  around?: (run: () => Promise<unknown>) => Promise<unknown>,
) {
  const stores = createMemoryCore();
  await addExams(stores, ["a", "b"]);
  await addTrack(stores, allOf("root", examStep("a")), "badge");
  await addTrack(stores, allOf("root", heldStep("badge"), examStep("b")), "certificate");
  await addTrack(stores, allOf("root", heldStep("certificate")), "honour");
  const { people, link } = createPeople(linked);
  const scene = openJourney({ stores, people, ...(around === undefined ? {} : { around }) });
  for (const trackId of ["badge", "certificate", "honour"]) {
    await scene.calm.publishTrack({ organisationId: "org", trackId, publishedBy: "admin" });
  }
  let count = 0;
  const gradeOf = async (accountId: string, sat: { examId: string; percent: number; at: Date }) => {
    const { examId, percent, at } = sat;
    scene.setNow(at);
    count += 1;
    await scene.calm.recordResult(
      aResult({
        ...{ examId, percent, accountId, occurredAt: at, sourceKey: `key-${count}` },
        source: "lms-gradebook",
      }),
    );
    await scene.calm.sweep({ reach: "all" });
  };
  const grade = async (examId: string, percent: number, at: Date) => {
    await gradeOf("ann", { examId, percent, at });
  };
  const wait = async (until: Date) => {
    scene.setNow(until);
    await scene.calm.sweep({ reach: "all" });
  };
  const states = async (accountIds = ["ann"]) =>
    Object.fromEntries(
      (await stores.awards.listForLearners("org", accountIds)).map((award) => [
        `${award.trackId} ${award.round}`,
        award.standing.state,
      ]),
    );
  const decide = async (
    trackId: string,
    kind: "revoke" | "reinstate",
    by: Pick<typeof scene.calm, "decideAboutAward"> = scene.calm,
  ) => {
    const awards = await stores.awards.listForLearners("org", ["ann"]);
    const award = awards.filter((one) => one.trackId === trackId).at(-1);
    return await by.decideAboutAward({
      ...{ organisationId: "org", awardId: award?.id ?? "" },
      decision: { kind, actorId: "admin", reason: "A good reason." },
    });
  };
  return { ...scene, stores, link, grade, gradeOf, wait, states, decide };
}

describe("what stands on an award", () => {
  it("is revoked after the days that its track sets, and by its own version's days", async () => {
    const { stores, calm, grade, wait, states } = await openScene();
    const draft = aTrackContent({ name: "Badge", requirement: allOf("root", examStep("a")) });
    const redraft = async (graceDays: number) => {
      const about = { organisationId: "org", id: "badge", at: day(2) };
      await stores.tracks.saveDraft({ ...about, draft: { ...draft, graceDays } });
      await calm.publishTrack({ organisationId: "org", trackId: "badge", publishedBy: "admin" });
    };
    await redraft(3);
    await grade("a", 90, day(3));
    await redraft(30);
    await grade("a", 10, day(4));
    await wait(day(6));
    expect(await states()).to.deep.equal({ "badge 1": "on-hold" });
    await wait(day(7));
    expect(await states()).to.deep.equal({ "badge 1": "revoked" });
  });

  it("stays while the award is on hold, and is put on hold when it is revoked, and so on up", async () => {
    const { grade, wait, states } = await openScene();
    await grade("a", 80, day(2));
    await grade("b", 80, day(2, 1));
    const all = { "badge 1": "active", "certificate 1": "active", "honour 1": "active" };
    expect(await states()).to.deep.equal(all);
    await grade("a", 20, day(3));
    expect(await states()).to.deep.equal({ ...all, "badge 1": "on-hold" });
    await wait(day(17));
    const second = { ...all, "badge 1": "revoked", "certificate 1": "on-hold" };
    expect(await states()).to.deep.equal(second);
    await wait(day(31));
    const third = { ...second, "certificate 1": "revoked", "honour 1": "on-hold" };
    expect(await states()).to.deep.equal(third);
    await wait(day(45));
    expect(await states()).to.deep.equal({ ...third, "honour 1": "revoked" });
  });

  it("is active again when the award is earned again in time, in its next round", async () => {
    const { grade, wait, states } = await openScene();
    await grade("a", 80, day(2));
    await grade("b", 80, day(2, 1));
    await grade("a", 20, day(3));
    await wait(day(17));
    await grade("a", 90, day(18));
    expect(await states()).to.deep.equal({
      ...{ "badge 1": "revoked", "badge 2": "active" },
      ...{ "certificate 1": "active", "honour 1": "active" },
    });
  });

  it("goes with an administrator's decision, and comes back with it", async () => {
    const { grade, states, decide, trail } = await openScene();
    await grade("a", 80, day(2));
    await grade("b", 80, day(2, 1));
    expect(await decide("badge", "revoke")).to.deep.equal({ kind: "changed" });
    const revoked = { "badge 1": "revoked", "certificate 1": "on-hold", "honour 1": "active" };
    expect(await states()).to.deep.equal(revoked);
    expect(await decide("badge", "reinstate")).to.deep.equal({ kind: "changed" });
    expect(new Set(Object.values(await states()))).to.deep.equal(new Set(["active"]));
    expect(trail.map(({ action, actorId }) => `${action} ${actorId}`)).to.deep.equal([
      "award-revoked admin",
      "award-put-on-hold rosette",
      "award-reinstated admin",
      "award-reinstated rosette",
    ]);
  });

  it("has its entry in the audit trail wherever a process dies in a decision by hand", async () => {
    for (const kind of ["revoke", "reinstate"] as const) {
      let isDone = false;
      for (let lastStep = 0; !isDone; lastStep += 1) {
        let steps = Infinity;
        const scene = await openScene({}, async (run) => {
          steps -= 1;
          if (steps < 0) throw new Crash();
          return await run();
        });
        const { decide, grade, journey, states, trail, wait } = scene;
        await grade("a", 90, day(3));
        if (kind === "reinstate") await decide("badge", "revoke");
        const before = (await states())["badge 1"];
        const known = trail.length;
        steps = lastStep;
        isDone = await decide("badge", kind, journey).then(
          () => true,
          () => false,
        );
        await wait(day(4));
        const entries = trail.slice(known).filter(({ actorId }) => actorId === "admin");
        const after = (await states())["badge 1"];
        expect(entries, `${kind}, dead after ${lastStep}`).to.have.length(after === before ? 0 : 1);
        expect(lastStep).to.be.lessThan(100);
      }
      expect(isDone).to.equal(true);
    }
  });

  it("is not earned while the award is on hold", async () => {
    const { grade, states } = await openScene();
    await grade("a", 80, day(2));
    await grade("a", 20, day(3));
    await grade("b", 80, day(4));
    expect(await states()).to.deep.equal({ "badge 1": "on-hold" });
    await grade("a", 80, day(5));
    expect(await states()).to.deep.equal({
      ...{ "badge 1": "active", "certificate 1": "active", "honour 1": "active" },
    });
  });
});

describe("an award that an administrator revoked", () => {
  it("does not come back by the results that earned it, and is earned again by later ones", async () => {
    const { grade, wait, states, decide } = await openScene();
    await grade("a", 80, day(2));
    await decide("badge", "revoke");
    await wait(day(40));
    await grade("b", 80, day(41));
    expect(await states()).to.deep.equal({ "badge 1": "revoked" });
    await grade("a", 85, day(42));
    expect(await states()).to.include({ "badge 1": "revoked", "badge 2": "active" });
    expect(await decide("badge", "reinstate")).to.deep.equal({
      ...{ kind: "refused", because: "active-already" },
    });
  });

  it("is not reinstated beside the one that was earned since", async () => {
    const { calm, stores, grade, decide } = await openScene();
    await grade("a", 80, day(2));
    await decide("badge", "revoke");
    await grade("a", 85, day(3));
    const [first] = await stores.awards.listForLearners("org", ["ann"]);
    const outcome = await calm.decideAboutAward({
      ...{ organisationId: "org", awardId: first?.id ?? "" },
      decision: { kind: "reinstate", actorId: "admin", reason: "A good reason." },
    });
    expect(outcome).to.deep.equal({ kind: "refused", because: "earned-again" });
  });
});

describe("accounts that are joined after each has earned the same", () => {
  it("keep the earlier award; the later one is revoked and says why", async () => {
    const { calm, link, grade, gradeOf, states, stores } = await openScene();
    await grade("a", 80, day(2));
    await gradeOf("ann-elsewhere", { examId: "a", percent: 80, at: day(3) });
    link("ann-elsewhere", "ann");
    await calm.accountsLinked({ organisationId: "org", accountId: "ann-elsewhere" });
    await calm.sweep({ reach: "all" });
    const awards = await stores.awards.listForLearners("org", ["ann", "ann-elsewhere"]);
    const badges = awards.filter(({ trackId }) => trackId === "badge");
    expect(
      badges.map(({ learnerId, standing: { state, cause } }) => [learnerId, state, cause]),
    ).to.deep.equal([
      ["ann", "active", "awarded"],
      ["ann-elsewhere", "revoked", "held-twice"],
    ]);
    expect(await states(["ann"])).to.deep.equal({ "badge 1": "active" });
  });
});
