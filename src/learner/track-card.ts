import type { StandingAward } from "../awards/award-standing.js";
import type { Course } from "../courses/course.js";
import type { Credential } from "../credentials/credential.js";
import { pathOf, type PathStep } from "../progress/pathway.js";
import type { Catalogue } from "../progress/read-catalogue.js";
import { isDone, shareOf, type Verdict } from "../progress/verdict.js";
import { examIdsOf } from "../tracks/requirement.js";
import { initialsStatementOf, type TrackVersion } from "../tracks/track.js";
import { printDay, type PrintedDay } from "./printed-day.js";

/** Where one learner stands in one published track. */
export type TrackStanding = {
  track: TrackVersion;
  verdict: Verdict;
  /** Which version they may finish under, where they began under an earlier one. */
  note?: string | undefined;
  /** The award of the latest round, when there is one. */
  award: StandingAward | undefined;
  credential: Pick<Credential, "id" | "visibility" | "status"> | undefined;
};

/** The exams and courses behind the tracks, by id. */
type NamedThings = Pick<Catalogue, "examRecords" | "courses">;

/** One line of a badge's metadata. `details` holds one entry or several. */
export type BadgeFact = { term: string; details: string[] };

/** What the learner may do with the credential of an award. */
type CredentialLine =
  /** The award stands; its credential waits for a name or is being made. */
  | { kind: "waiting"; because: "name" | "issuing" }
  | { kind: "private"; id: string }
  | { kind: "shared"; id: string; url: string };

/** An award that does not count now, why, and until when it can be put right. */
type Withheld = {
  state: "on-hold" | "revoked";
  since: PrintedDay;
  reason: string;
  until: PrintedDay | undefined;
};

export type TrackCard = {
  trackId: string;
  name: string;
  description: string;
  state: "earned" | "on-hold" | "in-progress" | "not-started";
  /** Parts of the ring, in the order of the track. */
  ring: RingPart[];
  ringLabel: string;
  summary: string;
  note: string | undefined;
  /** The whole tree, drawn from its outermost group. */
  path: PathStep;
  badgeUrl: string;
  badgeFacts: BadgeFact[];
  /** What it says of initials after the name. */
  initials: string | undefined;
  awardedOn: PrintedDay | undefined;
  credential: CredentialLine | undefined;
  withheld: Withheld | undefined;
};

type RingPart = "met" | "in-progress" | "missing";

/** What is nearest to its end first; of equals what has more behind it, as `shareOf` counts. */
function nearestFirst(one: Verdict, other: Verdict): number {
  const [first, second] = [shareOf(one), shareOf(other)];
  const lackingMore = first.needed - first.done - (second.needed - second.done);
  return lackingMore === 0 ? second.done - first.done : lackingMore;
}

/**
 * The parts of the ring: one for each exam that is needed. Of `at least n of` the n steps that
 * are furthest along stand for the group.
 */
export function ringOf(verdict: Verdict): RingPart[] {
  if (verdict.steps.length === 0) {
    if (isDone(verdict)) return ["met"];
    return [verdict.state === "in-progress" ? "in-progress" : "missing"];
  }
  const nearest =
    verdict.needed === verdict.steps.length
      ? verdict.steps
      : [...verdict.steps].sort(nearestFirst).slice(0, verdict.needed);
  return nearest.flatMap(ringOf);
}

const nameOfCourse = ({ code, title }: Pick<Course, "code" | "title">): string =>
  `${code} ${title}`;

function coursesOf(track: TrackVersion, catalogue: NamedThings): string[] {
  const courses = examIdsOf(track.requirement).flatMap((examId) => {
    const exam = catalogue.examRecords.get(examId);
    return exam === undefined ? [] : (catalogue.courses.get(exam.courseId) ?? []);
  });
  return [...new Set(courses.map(nameOfCourse))];
}

/** What a badge says about itself: issuer, criteria, competencies, courses, hours. */
export function badgeFactsOf(
  track: TrackVersion,
  issuerName: string,
  catalogue: NamedThings,
): BadgeFact[] {
  const facts: BadgeFact[] = [
    { term: "Issuer", details: [issuerName] },
    { term: "Criteria", details: [track.criteriaNarrative] },
    {
      term: "Competencies",
      details: track.competencies.map(({ name, frameworkName }) =>
        frameworkName === undefined ? name : `${name} (${frameworkName})`,
      ),
    },
    { term: "Courses", details: coursesOf(track, catalogue) },
    { term: "Contact hours", details: [String(track.contactHours)] },
    {
      term: "Development points",
      details: track.developmentPoints === undefined ? [] : [String(track.developmentPoints)],
    },
    { term: "Initials", details: [initialsStatementOf(track)].flatMap((said) => said ?? []) },
    { term: "Version", details: [String(track.version)] },
  ];
  return facts.filter(({ details }) => details.length > 0);
}

function credentialLine(
  standing: TrackStanding,
  about: { hasName: boolean; credentialUrl: (id: string) => string },
): CredentialLine | undefined {
  const { award, credential } = standing;
  if (award?.standing.state !== "active") return undefined;
  if (credential === undefined)
    return { kind: "waiting", because: about.hasName ? "issuing" : "name" };
  if (credential.visibility === "private") return { kind: "private", id: credential.id };
  return { kind: "shared", id: credential.id, url: about.credentialUrl(credential.id) };
}

function withheldOf(award: StandingAward | undefined): Withheld | undefined {
  if (award === undefined || award.standing.state === "active") return undefined;
  const { state, since, reason, graceEndsAt } = award.standing;
  return { state, since: printDay(since), reason, until: graceEndsAt && printDay(graceEndsAt) };
}

function stateOf(award: StandingAward | undefined, ring: readonly RingPart[]): TrackCard["state"] {
  if (award?.standing.state === "active") return "earned";
  if (award?.standing.state === "on-hold") return "on-hold";
  return ring.some((part) => part !== "missing") ? "in-progress" : "not-started";
}

/** What is the same for every card of one page. */
export type CardSurroundings = {
  issuerName: string;
  catalogue: NamedThings;
  /** Whether a name is known that may stand in credentials. */
  hasName: boolean;
  /** The course whose exams open in this visit: the one that the LMS course is approved as. */
  openCourseId: string | undefined;
  badgeUrl: (trackId: string, version: number) => string;
  credentialUrl: (credentialId: string) => string;
};

/** One track as its card on the learner's page. An award that counts is shown as earned whole. */
export function trackCard(standing: TrackStanding, around: CardSurroundings): TrackCard {
  const { track, verdict, award } = standing;
  const now = ringOf(verdict);
  const isEarned = award?.standing.state === "active";
  const ring = isEarned ? now.map(() => "met" as const) : now;
  const metCount = ring.filter((part) => part === "met").length;
  return {
    trackId: track.trackId,
    name: track.name,
    description: track.description,
    state: stateOf(award, ring),
    ring,
    ringLabel: `${metCount} of ${ring.length} ${ring.length === 1 ? "step" : "steps"} done`,
    summary: verdict.sentence,
    note: standing.award?.standing.state === "active" ? undefined : standing.note,
    path: pathOf(verdict, {
      courses: around.catalogue.courses,
      openCourseId: around.openCourseId,
    }),
    badgeUrl: around.badgeUrl(track.trackId, track.version),
    initials: initialsStatementOf(track),
    badgeFacts: badgeFactsOf(track, around.issuerName, around.catalogue),
    awardedOn: isEarned ? printDay(award.awardedAt) : undefined,
    credential: credentialLine(standing, around),
    withheld: withheldOf(award),
  };
}
