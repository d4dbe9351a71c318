import { expect } from "chai";
import { firstStanding, type AwardStanding } from "../../../src/awards/award-standing.js";
import {
  decideByHand,
  decideStanding,
  follow,
  heldTwice,
  judgedAt,
  unmetStepsOf,
} from "../../../src/awards/decide-standing.js";
import type { Verdict } from "../../../src/progress/verdict.js";
import { anAward, day } from "../../support/core-fixtures.js";

const exam = {
  ...{ examId: "exam", courseId: "course", title: "Exam", bestPercent: 50 },
  ...{ passMarkPercent: 70, passedAt: undefined },
};
const step = (nodeId: string, state: Verdict["state"], given: Partial<Verdict> = {}): Verdict => ({
  ...{ nodeId, kind: "exam-passed", state, sentence: `${nodeId}.`, evidence: [], needed: 0 },
  ...{ exam, steps: [], ...given },
});

/** A tree that asks for all of its steps; those named are not met. */
const tree = (...unmet: string[]): Verdict => ({
  ...{ nodeId: "root", kind: "all-of", sentence: "The sentence.", evidence: [], needed: 2 },
  state: unmet.length === 0 ? "met" : "in-progress",
  steps: ["a", "b"].map((id) => step(id, unmet.includes(id) ? "missing" : "met")),
});

const standing = (given: Partial<AwardStanding> = {}): AwardStanding => ({
  ...firstStanding(anAward()),
  ...given,
});
const onHold = standing({ state: "on-hold", revision: 1, graceEndsAt: day(14) });

describe("where an award stands, by the rules", () => {
  const cases: {
    name: string;
    from: AwardStanding;
    verdict: Verdict;
    now?: Date;
    to: string | undefined;
    cause?: string;
  }[] = [
    { name: "stays while all is met", from: standing(), verdict: tree(), to: undefined },
    {
      name: "is put on hold when something is not met any more",
      ...{ from: standing(), verdict: tree("a"), to: "on-hold", cause: "requirement-unmet" },
    },
    { name: "stays on hold for the grace period", from: onHold, verdict: tree("a"), to: undefined },
    {
      name: "is active again when all is met in time",
      ...{ from: onHold, verdict: tree(), to: "active", cause: "requirement-met-again" },
    },
    {
      name: "is revoked when the grace period is over",
      ...{ from: onHold, verdict: tree("a"), now: day(14), to: "revoked", cause: "grace-ended" },
    },
    {
      name: "is active again when it was met at the end, however late one looks",
      ...{ from: onHold, verdict: tree(), now: day(99), to: "active" },
    },
    {
      name: "stays revoked whatever is met",
      ...{ from: standing({ state: "revoked" }), verdict: tree(), to: undefined },
    },
    {
      name: "stays when an administrator let it stand despite that very step",
      ...{ from: standing({ despite: ["a"] }), verdict: tree("a"), to: undefined },
    },
    {
      name: "is put on hold when another step fails besides",
      ...{ from: standing({ despite: ["a"] }), verdict: tree("a", "b"), to: "on-hold" },
    },
  ];
  for (const { name, from, verdict, now = day(1), to, cause } of cases) {
    it(name, () => {
      const next = decideStanding({
        standing: from,
        verdict,
        explanation: tree(),
        graceDays: 14,
        now,
      });
      expect(next?.state).to.equal(to);
      if (cause !== undefined) expect(next?.cause).to.equal(cause);
      if (next !== undefined) expect(next.reason).to.include("The sentence.");
    });
  }

  it("stays when a licence lapsed or an exam is no longer offered, not when a result is gone", () => {
    const decide = (lost: Partial<Verdict>) =>
      decideStanding({
        ...{ standing: standing(), explanation: tree(), graceDays: 14, now: day(1) },
        verdict: { ...tree("a"), steps: [step("a", "missing", lost), step("b", "met")] },
      });
    const isGone = { exam: undefined } as unknown as Partial<Verdict>;
    expect(decide({ kind: "eligibility", ...isGone })).to.equal(undefined);
    expect(decide(isGone)).to.equal(undefined);
    expect(decide({})?.state).to.equal("on-hold");
  });

  it("ends its grace period after the days that its track gives", () => {
    const next = decideStanding({
      ...{
        standing: standing(),
        verdict: tree("a"),
        explanation: tree(),
        graceDays: 3,
        now: day(1),
      },
    });
    expect(next?.graceEndsAt).to.deep.equal(day(4));
  });

  it("is judged as of now, and beyond the grace period as of its end", () => {
    expect(judgedAt(onHold, day(13))).to.deep.equal(day(13));
    expect(judgedAt(onHold, day(20))).to.deep.equal(day(14));
    expect(judgedAt(standing(), day(20))).to.deep.equal(day(20));
  });

  it("keeps what it was before, and counts its changes", () => {
    const next = decideStanding({
      ...{
        standing: standing(),
        verdict: tree("a"),
        explanation: tree(),
        graceDays: 14,
        now: day(1),
      },
    });
    expect(follow(standing(), next!, day(1))).to.deep.include({
      ...{ revision: 1, previousState: "active", since: day(1), state: "on-hold" },
    });
  });

  it("names the steps that are not met, not the groups around them", () => {
    expect(unmetStepsOf(tree("b"))).to.deep.equal(["b"]);
  });
});

describe("an administrator's decision about an award", () => {
  const decide = (kind: "revoke" | "reinstate", from: AwardStanding, given: object = {}) =>
    decideByHand({
      ...{ standing: from, verdict: tree("a"), isHeldOtherwise: false },
      decision: { kind, actorId: "admin", reason: " Somebody else sat it. " },
      ...given,
    });

  it("revokes what is active or on hold, with the administrator's words", () => {
    for (const from of [standing(), onHold]) {
      expect(decide("revoke", from)).to.deep.equal({
        ...{ state: "revoked", cause: "administrator", actorId: "admin" },
        ...{ reason: "Somebody else sat it.", despite: [] },
      });
    }
  });

  it("reinstates what is on hold or revoked, and lets it stand despite what is not met", () => {
    for (const from of [onHold, standing({ state: "revoked" })]) {
      expect(decide("reinstate", from)).to.deep.include({ state: "active", despite: ["a"] });
    }
  });

  const refusals: { name: string; outcome: unknown; because: string }[] = [
    {
      name: "without a reason",
      outcome: decide("revoke", standing(), {
        decision: { kind: "revoke", actorId: "admin", reason: " " },
      }),
      because: "reason-missing",
    },
    {
      name: "to revoke what is revoked",
      outcome: decide("revoke", standing({ state: "revoked" })),
      because: "revoked-already",
    },
    {
      name: "to reinstate what is active",
      outcome: decide("reinstate", standing()),
      because: "active-already",
    },
    {
      name: "to reinstate what the learner has earned again",
      outcome: decide("reinstate", standing({ state: "revoked" }), { isHeldOtherwise: true }),
      because: "earned-again",
    },
  ];
  for (const { name, outcome, because } of refusals) {
    it(`is refused ${name}`, () => {
      expect(outcome).to.equal(because);
    });
  }
});

describe("an award held twice since accounts were joined", () => {
  it("is every one but the earliest of a track that is not revoked", () => {
    const at = (id: string, days: number, given: Partial<AwardStanding> = {}) => ({
      ...anAward({ id, trackId: id === "other" ? "another" : "track", awardedAt: day(days) }),
      standing: standing(given),
    });
    const awards = [
      at("revoked", 0, { state: "revoked" }),
      at("later", 3),
      at("first", 1),
      at("held", 2, { state: "on-hold" }),
      at("other", 2),
    ];
    expect(heldTwice(awards).map(({ id }) => id)).to.deep.equal(["held", "later"]);
  });
});
