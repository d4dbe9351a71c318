import { expect } from "chai";
import { contentPage, readChoices } from "../../src/instructor/choose-content.js";
import { choiceValue, contentItemOf } from "../../src/instructor/content-item.js";
import { courseState, learnerRow, pageOfLearners } from "../../src/instructor/course-page.js";
import { ownResultsOf } from "../../src/instructor/own-results.js";
import { deepLinkingResponse } from "../../src/instructor/deep-linking-response.js";
import { learnerLabel } from "../../src/people/account.js";
import { evaluateRequirement } from "../../src/progress/evaluate-requirement.js";
import { nothingKnown } from "../../src/progress/evaluation.js";
import { prepareRequirement } from "../../src/progress/prepared-step.js";
import { foldStandings } from "../../src/progress/standing.js";
import { shareOf } from "../../src/progress/verdict.js";
import {
  aCourse,
  aFact,
  anExam,
  anOffering,
  aTrackContent,
  aTrackVersion,
  NOW,
} from "../support/learning-fixtures.js";

const own = aCourse({ code: "ESS-101", title: "Balance" });
const other = aCourse({ code: "ESS-102", title: "Gait" });
const ownExam = anExam(own.id, { title: "Balance exam" });
const otherExam = anExam(other.id, { title: "Gait exam" });
const courses = new Map([own, other].map((course) => [course.id, course]));
const track = aTrackVersion(aTrackContent([ownExam.id, otherExam.id]));

describe("results in an LMS course", () => {
  const here = { offeringId: "here" };

  it("are the best hosted attempt", () => {
    const facts = [aFact(ownExam, 60, here), aFact(ownExam, 85, here), aFact(ownExam, 70, here)];
    expect(ownResultsOf(facts, "here", NOW).get(ownExam.id)).to.deep.equal({
      percent: 85,
      passed: true,
    });
  });

  it("are not those of another LMS course, even of the same course", () => {
    const facts = [aFact(ownExam, 95, { offeringId: "elsewhere" }), aFact(ownExam, 40, here)];
    expect(ownResultsOf(facts, "here", NOW).get(ownExam.id)).to.deep.equal({
      percent: 40,
      passed: false,
    });
  });

  it("are none once the grade was taken back", () => {
    const lms = { ...here, source: "lms-gradebook" } as const;
    const later = new Date("2026-11-21T09:00:00Z");
    const facts = [
      aFact(ownExam, 90, lms),
      aFact(ownExam, "cleared", { ...lms, occurredAt: later, observedAt: later }),
    ];
    expect(ownResultsOf(facts, "here", NOW).has(ownExam.id)).to.equal(false);
  });
});

describe("a learner's row", () => {
  const facts = [aFact(ownExam, 72.46), aFact(otherExam, 93)];
  const tree = prepareRequirement(track.requirement, {
    exams: new Map(
      [ownExam, otherExam].map((exam) => [exam.id, { ...exam, courseCode: "", contactHours: 1 }]),
    ),
    ...{ trackNames: new Map(), professionNames: new Map() },
  });
  const verdict = evaluateRequirement(tree, {
    ...nothingKnown,
    standings: foldStandings(facts, NOW),
  });
  const row = learnerRow(
    {
      learnerId: "l1",
      name: "Ada Lind",
      hasLeft: false,
      results: ownResultsOf(facts, "offering", NOW),
      work: new Map(),
      tracks: [{ track, verdict, share: shareOf(verdict), lastAt: NOW }],
      awards: new Map([[track.trackId, { state: "on-hold" }]]),
    },
    { course: own, exams: [ownExam] },
    { courses, now: NOW },
  );

  it("has the score of this course's exam", () => {
    expect(row.results).to.deep.equal([{ exam: "Balance exam", text: "72.4%", state: "not-met" }]);
  });

  it("says of other courses whether they are met, and nothing else", () => {
    const [shown] = row.tracks;
    expect(shown).to.include({ share: "1 of 2", isMet: false, withheld: "on-hold" });
    expect(shown?.outlook).to.deep.equal({
      kind: "close",
      sentence: "One step is left: Balance exam.",
    });
    const steps = shown?.path.steps.map(({ mark, state, sentence }) => [mark, state, sentence]);
    expect(steps).to.deep.equal([
      ["ESS-101", "in-progress", "Balance exam: 72.4%; 80% is needed to pass."],
      ["ESS-102", "met", "Gait exam: met."],
    ]);
    expect(JSON.stringify(row)).not.to.contain("93");
  });
});

describe("the list of learners", () => {
  const learners = ["Zoë", "ada", "Ben", undefined].map((name, index) => ({
    learnerId: `${index}2345678-0000`,
    name,
  }));
  const query = { search: "", page: 1, pageSize: 2 };

  it("is sorted by name and paged", () => {
    expect(pageOfLearners(learners, query).items.map(learnerLabel)).to.deep.equal(["ada", "Ben"]);
    const second = pageOfLearners(learners, { ...query, page: 2 });
    expect(second.items.map(learnerLabel)).to.deep.equal(["Learner 32345678", "Zoë"]);
    expect(second).to.include({ page: 2, pageCount: 2, total: 4 });
  });

  it("finds a name whatever its case", () => {
    expect(pageOfLearners(learners, { ...query, search: "ADA" }).total).to.equal(1);
  });

  it("shows the last page when a later one is asked for", () => {
    expect(pageOfLearners(learners, { ...query, page: 99 }).page).to.equal(2);
  });

  it("is one empty page when nobody is found", () => {
    const none = pageOfLearners(learners, { ...query, search: "nobody" });
    expect(none).to.deep.equal({ items: [], page: 1, pageCount: 1, total: 0 });
  });
});

describe("the state of an LMS course", () => {
  it("is none outside a course", () => {
    expect(courseState(undefined, undefined, []).kind).to.equal("no-context");
  });

  for (const status of ["pending", "declined"] as const) {
    it(`is ${status} and says nothing about exams`, () => {
      expect(courseState(anOffering({ status }), own, [ownExam])).to.deep.equal({
        kind: status,
        contextTitle: "Balance, autumn group",
      });
    });
  }

  it("is pending when the approved course is gone", () => {
    expect(courseState(anOffering({ status: "approved" }), undefined, []).kind).to.equal("pending");
  });

  it("is approved with the course's exams", () => {
    const state = courseState(anOffering({ status: "approved", courseId: own.id }), own, [ownExam]);
    expect(state).to.deep.equal({ kind: "approved", course: own, exams: [ownExam] });
  });
});

describe("choosing content", () => {
  const deepLinking = {
    returnUrl: "https://lms.example/return?course=2",
    acceptTypes: ["link", "ltiResourceLink"],
    acceptMultiple: true,
    data: "opaque",
  };
  const project = anExam(own.id, {
    kind: "project",
    title: "Activity",
    gradeSource: "lms-gradebook",
  });
  const named = (name: string, examId: string) =>
    aTrackVersion({ ...aTrackContent([examId]), name });
  const counting = named("Balance", ownExam.id);
  const elsewhere = named("Vision", otherExam.id);
  const offer = { exams: [ownExam, project], tracks: [elsewhere, counting] };
  const offered = (page: ReturnType<typeof contentPage>) =>
    page.kind === "choose"
      ? page.groups.map(({ title, isAside, options }) => [
          title,
          isAside,
          options.map((option) => option.title),
        ])
      : page.kind;

  it("offers the exams of the course, the progress page and the pages of tracks", () => {
    expect(offered(contentPage({ deepLinking, offer }))).to.deep.equal([
      ["Exams", false, ["Balance exam", "Activity"]],
      ["Progress", false, ["My micro-credentials"]],
      ["Tracks that count this course", false, ["Balance"]],
      ["Other tracks", true, ["Vision"]],
    ]);
  });

  it("folds nothing away that was chosen", () => {
    const chosen = [`track:${elsewhere.trackId}`];
    const page = contentPage({ deepLinking, offer, chosen, fault: "Choose one." });
    expect(page.kind === "choose" && page.groups.at(-1)).to.deep.include({ isAside: false });
  });

  it("offers no exam while the course waits for approval", () => {
    const page = contentPage({ deepLinking, offer: { ...offer, exams: undefined } });
    expect(page).to.include({ kind: "choose", waitsForApproval: true });
    expect(page.kind === "choose" && page.groups.map(({ title }) => title)).to.deep.equal([
      "Progress",
      "Other tracks",
    ]);
  });

  it("offers nothing where the LMS takes no links", () => {
    const page = contentPage({ deepLinking: { ...deepLinking, acceptTypes: ["file"] }, offer });
    expect(page.kind).to.equal("not-accepted");
  });

  const readings: [string, string[], boolean, string][] = [
    ["takes one", ["progress"], false, "chosen"],
    ["takes several where the LMS does", ["progress", `exam:${project.id}`], true, "chosen"],
    ["takes one that was sent twice as one", ["progress", "progress"], false, "chosen"],
    ["takes a track of any course", [`track:${elsewhere.trackId}`], false, "chosen"],
    ["refuses a track that is not in force", ["track:nowhere"], true, "faulty"],
    ["refuses none", [], true, "faulty"],
    [
      "refuses several where the LMS takes one",
      ["progress", `exam:${project.id}`],
      false,
      "faulty",
    ],
    ["refuses an exam of another course", [`exam:${otherExam.id}`], true, "faulty"],
  ];
  for (const [name, values, several, kind] of readings) {
    it(name, () => {
      expect(readChoices(values, offer, several).kind).to.equal(kind);
    });
  }

  const at = { launchUrl: "https://tool.example/lti/launch", takesColumn: true };

  it("makes a link that carries the exam and its column", () => {
    const item = contentItemOf({ kind: "exam", exam: ownExam }, at);
    expect(item).to.deep.include({
      type: "ltiResourceLink",
      url: "https://tool.example/lti/launch",
      custom: { rosette_exam: ownExam.id },
      lineItem: {
        scoreMaximum: 100,
        label: "Balance exam",
        resourceId: `rosette-exam-${ownExam.id}`,
        tag: "rosette",
        submissionReview: {
          reviewableStatus: ["Submitted", "Completed"],
          url: "https://tool.example/lti/launch",
          custom: { rosette_exam: ownExam.id },
        },
      },
    });
  });

  it("makes a link without a column where that stands already", () => {
    const item = contentItemOf({ kind: "exam", exam: ownExam }, { ...at, takesColumn: false });
    expect(item.custom).to.deep.equal({ rosette_exam: ownExam.id });
    expect(item).not.to.have.property("lineItem");
  });

  it("makes a link to the progress page without a column", () => {
    const item = contentItemOf({ kind: "progress" }, at);
    expect(item.custom).to.deep.equal({ rosette_page: "progress" });
    expect(item).not.to.have.property("lineItem");
    expect(choiceValue({ kind: "progress" })).to.equal("progress");
  });

  it("makes a link to a track's page without a column", () => {
    const item = contentItemOf({ kind: "track", track: counting }, at);
    expect(item).to.deep.include({ title: "Balance", custom: { rosette_track: counting.trackId } });
    expect(item).not.to.have.property("lineItem");
  });

  it("answers the LMS with its own data and for five minutes", () => {
    const about = {
      clientId: "client-1",
      issuer: "https://lms.example",
      deploymentId: "1",
      data: "opaque",
      items: [],
      nonce: "n",
      now: NOW,
    };
    const claims = deepLinkingResponse(about);
    const issuedAt = NOW.getTime() / 1000;
    expect(claims).to.include({ iss: "client-1", aud: "https://lms.example", nonce: "n" });
    expect(claims).to.include({ iat: issuedAt, exp: issuedAt + 300 });
    expect(claims["https://purl.imsglobal.org/spec/lti-dl/claim/data"]).to.equal("opaque");
    const without = deepLinkingResponse({ ...about, data: undefined });
    expect(without).not.to.have.property("https://purl.imsglobal.org/spec/lti-dl/claim/data");
  });
});
