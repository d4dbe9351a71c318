import type { LearnerRecord } from "../../src/progress/explain-progress.js";
import type { HeldAward } from "../../src/progress/evaluation.js";
import type { ExamFact } from "../../src/progress/exam-fact.js";
import type { Catalogue } from "../../src/progress/read-catalogue.js";
import type { TrackVersion } from "../../src/tracks/track.js";
import {
  aFact,
  allOf,
  aTrackContent,
  day,
  examStep,
  heldStep,
  inOrder,
  licenceStep,
} from "../../test/support/core-fixtures.js";

const essentials = ["essential-1", "essential-2", "essential-3"];
const badges = ["badge-1", "badge-2", "badge-3"];
const coursesOf = (badge: string): string[] =>
  [1, 2, 3].map((course) => `${badge}-course-${course}`);
const examIds = [...essentials, ...badges.flatMap(coursesOf), "integration"];

const aVersion = (trackId: string, requirement: TrackVersion["requirement"]): TrackVersion => ({
  ...aTrackContent({ name: `Track ${trackId}`, requirement }),
  ...{ id: `${trackId}-1`, organisationId: "bench", trackId, version: 1 },
  ...{ publishedAt: day(0), publishedBy: "bench" },
});

/** Three essential courses, three micro-credentials, a licence, and the integration course last. */
export const certificate = aVersion(
  "certificate",
  inOrder(
    "certificate",
    allOf("essentials", ...essentials.map((id) => examStep(id))),
    allOf("badges", ...badges.map(heldStep)),
    licenceStep("occupational-therapy"),
    examStep("integration"),
  ),
);

const background = badges.map((badge) =>
  aVersion(badge, allOf(badge, ...coursesOf(badge).map((id) => examStep(id)))),
);

/** The certificate, and behind it the micro-credentials that it asks for. */
export const catalogue: Catalogue = {
  ...{ tracks: [certificate], background },
  ...{ examRecords: new Map(), courses: new Map(), earlier: new Map(), equivalencies: [] },
  exams: new Map(
    examIds.map((id) => [
      id,
      {
        ...{ courseId: `course-of-${id}`, title: `Course ${id}`, passMarkPercent: 70 },
        ...{ courseCode: id, contactHours: 3 },
      },
    ]),
  ),
  trackNames: new Map([certificate, ...background].map(({ trackId, name }) => [trackId, name])),
  professionNames: new Map([["occupational-therapy", "occupational therapist"]]),
};

/** One learner on their way: `done` of the thirteen exams passed, some after a first failure. */
function learnerAt(serial: number, done: number): LearnerRecord {
  const facts: ExamFact[] = [];
  for (const [index, examId] of examIds.slice(0, done).entries()) {
    const sat = day(index * 7 + (serial % 5), serial % 600);
    if ((serial + index) % 6 === 0)
      facts.push(aFact({ examId, percent: 30 + (serial % 40), occurredAt: day(index * 7) }));
    facts.push(aFact({ examId, percent: 70 + ((serial + index) % 31), occurredAt: sat }));
  }
  const held = badges
    .filter((badge) => coursesOf(badge).every((id) => examIds.indexOf(id) < done))
    .map((trackId): HeldAward => ({
      ...{ awardId: `${trackId}-of-${serial}`, learnerId: "learner", trackId },
      ...{ awardedAt: day(60 + (serial % 30)), hoursByCourse: new Map() },
    }));
  const licence = { id: `licence-${serial}`, validFrom: day(-(serial % 400)), validTo: undefined };
  return {
    facts,
    held,
    eligibility: [
      {
        ...{ professionId: "occupational-therapy", dateWaiver: undefined },
        status: serial % 3 === 0 ? "student" : "practitioner",
        licences: serial % 3 === 0 ? [] : [licence],
        pending: "none",
      },
    ],
  };
}

/** A thousand learners, as many at every stage of the way, no two alike. */
export const learners: readonly LearnerRecord[] = Array.from({ length: 1000 }, (_, serial) =>
  learnerAt(serial, serial % (examIds.length + 1)),
);
