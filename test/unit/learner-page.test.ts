import { expect } from "chai";
import fc from "fast-check";
import { learnerPage, nameStateOf } from "../../src/learner/learner-page.js";
import { noticeText } from "../../src/learner/notice.js";
import { NameForm } from "../../src/learner/propose-name.js";
import { badgeFactsOf, ringOf, trackCard } from "../../src/learner/track-card.js";
import { navigationOf } from "../../src/learner/visit-frame.js";
import { shareOf, type Verdict } from "../../src/progress/verdict.js";
import {
  aCourse,
  anAccount,
  anAward,
  anExam,
  aTrackContent,
  aTrackVersion,
  aVisit,
} from "../support/learning-fixtures.js";

const leaf = (state: Verdict["state"], id = "leaf"): Verdict => ({
  nodeId: id,
  kind: "exam-passed",
  state,
  sentence: `${id} is ${state}.`,
  evidence: [],
  needed: 0,
  steps: [],
});

const group = (needed: number, steps: Verdict[]): Verdict => ({
  nodeId: "group",
  kind: needed === steps.length ? "all-of" : "at-least",
  state: steps.filter(({ state }) => state === "met").length >= needed ? "met" : "missing",
  sentence: "A group.",
  evidence: [],
  needed,
  steps,
});

const courses = ["ESS-101", "ESS-102", "ESS-103"].map((code) =>
  aCourse({ code, title: `Course ${code}` }),
);
const exams = courses.map(({ id }) => anExam(id));
const track = aTrackVersion(aTrackContent(exams.map(({ id }) => id)));
const around = {
  issuerName: "Allied Health Association",
  catalogue: {
    examRecords: new Map(exams.map((exam) => [exam.id, exam])),
    courses: new Map(courses.map((course) => [course.id, course])),
  },
  openCourseId: undefined,
  badgeUrl: (trackId: string, version: number) => `/achievements/${trackId}/${version}/badge.svg`,
  credentialUrl: (id: string) => `https://badges.example/credentials/${id}`,
};
const named = { ...around, hasName: true };
const underWay = group(3, [leaf("met"), leaf("in-progress"), leaf("missing")]);
const standing = { track, verdict: underWay, award: undefined, credential: undefined };
const held = (state: "on-hold" | "revoked", given = anAward(track)) => ({
  ...given,
  standing: {
    ...given.standing,
    ...{ state, reason: "A grade is gone.", since: new Date("2026-12-01T10:00:00Z") },
    graceEndsAt: state === "on-hold" ? new Date("2026-12-15T10:00:00Z") : undefined,
  },
});
const credential = { id: "c1", visibility: "private", status: "active" } as const;

describe("the ring of a track", () => {
  const cases: [string, Verdict, Verdict["state"][]][] = [
    ["has one part for a single exam", leaf("met"), ["met"]],
    [
      "has a part for each course in the track's order",
      underWay,
      ["met", "in-progress", "missing"],
    ],
    [
      "shows the furthest of a choice",
      group(2, [leaf("missing"), leaf("met"), leaf("missing"), leaf("met")]),
      ["met", "met"],
    ],
    [
      "counts the exams of groups within groups",
      group(2, [leaf("met"), group(1, [leaf("missing"), leaf("met")])]),
      ["met", "met"],
    ],
  ];
  for (const [name, verdict, expected] of cases) {
    it(name, () => {
      expect(ringOf(verdict)).to.deep.equal(expected);
    });
  }

  it("agrees with the share, whatever the tree", () => {
    const states = fc.constantFrom<Verdict["state"]>("met", "in-progress", "missing");
    const trees = fc.letrec<{ tree: Verdict }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 3 },
        states.map((state) => leaf(state)),
        fc
          .tuple(fc.array(tie("tree"), { minLength: 1, maxLength: 4 }), fc.nat())
          .map(([steps, number]) => group((number % steps.length) + 1, steps)),
      ),
    })).tree;
    fc.assert(
      fc.property(trees, (verdict) => {
        const ring = ringOf(verdict);
        const { done, needed } = shareOf(verdict);
        expect(ring).to.have.length(needed);
        expect(ring.filter((part) => part === "met")).to.have.length(done);
      }),
    );
  });
});

describe("a track's card", () => {
  it("says how far the learner is, in a ring and in words", () => {
    const card = trackCard(standing, named);
    expect(card.state).to.equal("in-progress");
    expect(card.ringLabel).to.equal("1 of 3 steps done");
  });

  it("is not begun while nothing was tried", () => {
    const verdict = group(2, [leaf("missing"), leaf("missing")]);
    expect(trackCard({ ...standing, verdict }, named).state).to.equal("not-started");
  });

  it("stays earned when a grade is taken back after the award", () => {
    const card = trackCard({ ...standing, award: anAward(track) }, named);
    expect(card.state).to.equal("earned");
    expect(card.ring).to.deep.equal(["met", "met", "met"]);
    expect(card.awardedOn).to.deep.equal({ iso: "2026-11-21", text: "21 November 2026" });
  });

  it("shows the verdict's own sentences, step by step", () => {
    const verdict = group(2, [leaf("met", "one"), group(1, [leaf("missing", "two"), leaf("met")])]);
    const { steps } = trackCard({ ...standing, verdict }, named).path;
    expect(steps[0]?.sentence).to.equal("one is met.");
    expect(steps[1]?.steps[0]?.sentence).to.equal("two is missing.");
  });

  it("opens the exams of the course that the visit is in, and no others", () => {
    const exam = (courseId: string, examId: string): Verdict => ({
      ...leaf("missing", examId),
      exam: {
        ...{ examId, courseId, title: examId, bestPercent: undefined },
        ...{ passMarkPercent: 80, passedAt: undefined },
      },
    });
    const verdict = group(2, [exam("here", "one"), exam("there", "two")]);
    const card = trackCard({ ...standing, verdict }, { ...named, openCourseId: "here" });
    const { steps } = card.path;
    expect(steps.map(({ openExamId }) => openExamId)).to.deep.equal(["one", undefined]);
  });

  const award = anAward(track);
  const lines: [string, Parameters<typeof trackCard>, object | undefined][] = [
    ["has no credential without an award", [standing, named], undefined],
    [
      "waits for a name",
      [
        { ...standing, award },
        { ...around, hasName: false },
      ],
      { kind: "waiting", because: "name" },
    ],
    [
      "waits for the credential when there is a name",
      [{ ...standing, award }, named],
      { kind: "waiting", because: "issuing" },
    ],
    [
      "has a private credential without an address",
      [{ ...standing, award, credential }, named],
      { kind: "private", id: "c1" },
    ],
    [
      "has a shared credential with its address",
      [{ ...standing, award, credential: { ...credential, visibility: "link" } }, named],
      { kind: "shared", id: "c1", url: "https://badges.example/credentials/c1" },
    ],
  ];
  for (const [name, given, expected] of lines) {
    it(name, () => {
      expect(trackCard(...given).credential).to.deep.equal(expected);
    });
  }

  it("says of an award on hold why, and until when it can be put right", () => {
    const card = trackCard({ ...standing, award: held("on-hold"), credential }, named);
    expect(card).to.include({ state: "on-hold", credential: undefined, awardedOn: undefined });
    expect(card.withheld).to.deep.equal({
      ...{ state: "on-hold", reason: "A grade is gone." },
      since: { iso: "2026-12-01", text: "1 December 2026" },
      until: { iso: "2026-12-15", text: "15 December 2026" },
    });
    expect(card.ring).to.deep.equal(["met", "in-progress", "missing"]);
  });

  it("says of a revoked award why, offers nothing of it, and shows what is still to do", () => {
    const card = trackCard({ ...standing, award: held("revoked"), credential }, named);
    expect(card).to.include({ state: "in-progress", credential: undefined });
    expect(card.withheld).to.include({ state: "revoked", until: undefined });
  });

  it("tells the badge's issuer, criteria, competencies, courses, hours and points", () => {
    const facts = new Map(
      badgeFactsOf(track, around.issuerName, around.catalogue).map(({ term, details }) => [
        term,
        details,
      ]),
    );
    expect(facts.get("Issuer")).to.deep.equal(["Allied Health Association"]);
    expect(facts.get("Criteria")).to.deep.equal([track.criteriaNarrative]);
    expect(facts.get("Competencies")).to.deep.equal(["Assesses gait (Allied Health 2025)"]);
    expect(facts.get("Courses")).to.have.length(3);
    expect(facts.get("Contact hours")).to.deep.equal(["9"]);
    expect(facts.get("Development points")).to.deep.equal(["12"]);
  });
});

describe("the learner's page", () => {
  const input: Parameters<typeof learnerPage>[0] = {
    onlooker: "learner",
    standings: [standing],
    awards: [],
    profile: undefined,
    around,
  };

  it("puts what is under way first, then what is earned, then the rest", () => {
    const untouched = group(1, [leaf("missing")]);
    const standings = [
      { ...standing, verdict: untouched },
      { ...standing, award: anAward(track) },
      standing,
    ];
    const { cards } = learnerPage({ ...input, standings });
    expect(cards.map(({ state }) => state)).to.deep.equal(["in-progress", "earned", "not-started"]);
  });

  it("keeps awards of tracks that are no longer offered", () => {
    const former = anAward(track, { trackId: "gone", trackName: "Old Ways" });
    const page = learnerPage({ ...input, awards: [former] });
    expect(page.formerAwards.map(({ trackName }) => trackName)).to.deep.equal(["Old Ways"]);
    expect(page.earnedCount).to.equal(1);
  });

  it("counts no award that was revoked among those of former tracks", () => {
    expect(learnerPage({ ...input, awards: [held("revoked")] }).formerAwards).to.deep.equal([]);
  });

  it("asks for a name urgently only when an award waits for it", () => {
    const awarded = [{ ...standing, award: anAward(track) }];
    expect(learnerPage(input).nameIsUrgent).to.equal(false);
    expect(learnerPage({ ...input, standings: awarded }).nameIsUrgent).to.equal(true);
    const profile = { name: undefined, nameFrom: undefined, proposedName: "Ada Lind" };
    expect(learnerPage({ ...input, standings: awarded, profile }).nameIsUrgent).to.equal(false);
  });

  it("knows a name from the LMS, an approved one, a proposed one and none", () => {
    const none = { name: undefined, nameFrom: undefined, proposedName: undefined };
    expect(nameStateOf(undefined)).to.deep.equal({ kind: "needed" });
    expect(nameStateOf(none)).to.deep.equal({ kind: "needed" });
    expect(nameStateOf({ ...none, proposedName: "Ada" }).kind).to.equal("proposed");
    expect(nameStateOf({ ...none, name: "Ada", nameFrom: "approved" })).to.deep.equal({
      kind: "known",
      name: "Ada",
      from: "approved",
    });
  });
});

describe("the name on credentials", () => {
  const good = [
    "Ada Lind",
    "  José   María  ",
    "李 明",
    "O’Neil-Smith, Jr.",
    "Ng",
    "علی\u200cرضا کریمی",
  ];
  for (const name of good) {
    it(`takes ${JSON.stringify(name)}`, () => {
      expect(NameForm.safeParse({ name }).success).to.equal(true);
    });
  }

  const bad = [
    "",
    " ",
    "A",
    "x".repeat(121),
    "ada@example.org",
    "<b>Ada</b>",
    "12345",
    "Ada\u202eLind",
    "Ada\u200c",
    "Ada \u200dLind",
  ];
  for (const name of bad) {
    it(`refuses ${JSON.stringify(name.slice(0, 20))} of ${name.length} characters`, () => {
      expect(NameForm.safeParse({ name }).success).to.equal(false);
    });
  }

  it("makes blanks even", () => {
    expect(NameForm.parse({ name: "  José   María  " }).name).to.equal("José María");
  });
});

describe("the navigation of a visit", () => {
  const labels = (visit: Parameters<typeof navigationOf>[0]) =>
    navigationOf(visit, "progress").map(({ label }) => label);
  const account = anAccount();
  const deepLinking = {
    returnUrl: "https://lms.example/return",
    acceptTypes: ["ltiResourceLink"],
    acceptMultiple: true,
    data: undefined,
  };

  it("shows a learner their progress and their hours", () => {
    expect(labels(aVisit(account))).to.deep.equal(["My progress", "My backpack", "My hours"]);
  });

  it("shows a teacher the course", () => {
    expect(labels(aVisit(account, { courseRoles: ["instructor"] }))).to.deep.equal([
      "This course",
      "Work to assess",
      "Micro-credentials",
    ]);
  });

  it("offers adding content only in a Deep Linking visit", () => {
    const visit = aVisit(account, { courseRoles: ["instructor"], deepLinking });
    expect(labels(visit)[0]).to.equal("Add to the course");
  });

  it("shows the panel to a granted administrator and not to who only claims to be one", () => {
    const claiming = aVisit(account, { claimsAdministrator: true });
    expect(labels(claiming)).not.to.include("Administration");
    expect(labels({ ...claiming, isAdministrator: true })).to.include("Administration");
  });

  it("gives no course page to somebody who is a teacher elsewhere in the LMS", () => {
    const visit = aVisit(account, { courseRoles: ["instructor"], context: undefined });
    expect(labels(visit)).to.deep.equal(["My progress"]);
  });
});

describe("a notice", () => {
  it("names the micro-credential that was earned", () => {
    const { text } = noticeText({ subject: { kind: "awarded", trackName: "Gait" } });
    expect(text).to.equal("Congratulations: you earned “Gait”.");
  });
});
