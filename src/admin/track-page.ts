import { type Exam, isReady } from "../courses/exam.js";
import { examIdsOf } from "../tracks/requirement.js";
import {
  graceDaysOf,
  initialsStatementOf,
  type Track,
  type TrackContent,
  type TrackVersion,
} from "../tracks/track.js";
import type { Choices } from "./list-choices.js";
import { dayOf, momentOf } from "./moments.js";
import { describeRequirement } from "./requirement-sentences.js";
import { badgeFieldsOf, badgePreviewPath } from "./badge-form.js";
import { nameChoices } from "./track-editor.js";

const sayGrace = (days: number): string =>
  days === 0
    ? "The award is on hold, and revoked as soon as that is noticed."
    : `The award is on hold for ${days === 1 ? "a day" : `${days} days`}. It is revoked then, unless what is missing is there again.`;

const issuerNameOf = ({ issuerId }: TrackContent, { issuers }: Choices): string | undefined =>
  issuers.find(({ id }) => id === issuerId)?.name ?? issuers[0]?.name;

/** What was written about a track, for reading. */
export const trackContentView = (content: TrackContent | TrackVersion, list: Choices) => ({
  name: content.name,
  description: content.description,
  criteriaNarrative: content.criteriaNarrative,
  initials: initialsStatementOf(content),
  subject: content.subject,
  // A published version says whose name was frozen in it.
  issuer: ("issuer" in content ? content.issuer?.name : undefined) ?? issuerNameOf(content, list),
  contactHours: content.contactHours,
  developmentPoints: content.developmentPoints,
  grace: sayGrace(graceDaysOf(content)),
  competencies: content.competencies,
  badgePath: badgePreviewPath(badgeFieldsOf(content.badge)),
  path: describeRequirement(content.requirement, nameChoices(list)),
});

/** Exams that a draft asks for and nobody can take yet; they stand in the way of publishing. */
function unreadyExams(content: TrackContent, exams: readonly Exam[]) {
  const wanted = new Set(examIdsOf(content.requirement));
  return exams
    .filter((exam) => wanted.has(exam.id) && !isReady(exam))
    .map(({ id, courseId, title }) => ({ id, courseId, title }));
}

/** The states a track can be in, as the list and its page show them. */
function trackStates(track: Track): { state: string; label: string }[] {
  const { publishedVersion, draft } = track;
  const published = {
    state: "published",
    label: `Published, version ${publishedVersion}`,
  };
  const changed = { state: "draft", label: publishedVersion === 0 ? "Draft" : "Draft of changes" };
  return [...(publishedVersion > 0 ? [published] : []), ...(draft === undefined ? [] : [changed])];
}

export const trackRow = (track: Track) => ({
  id: track.id,
  name: track.name,
  states: trackStates(track),
  updated: dayOf(track.updatedAt),
});

/** One track: its draft, the version in force and the earlier ones. */
export function trackPage(track: Track, versions: readonly TrackVersion[], list: Choices) {
  const inForce = versions.find(({ version }) => version === track.publishedVersion);
  return {
    id: track.id,
    states: trackStates(track),
    draft:
      track.draft === undefined
        ? undefined
        : {
            content: trackContentView(track.draft, list),
            unready: unreadyExams(track.draft, list.exams),
          },
    inForce: inForce === undefined ? undefined : trackContentView(inForce, list),
    isFirst: track.publishedVersion === 0,
    nextVersion: Math.max(track.publishedVersion, versions[0]?.version ?? 0) + 1,
    versions: versions
      .filter(({ version }) => version <= track.publishedVersion)
      .map(({ version, name, publishedAt }) => ({
        version,
        name,
        published: momentOf(publishedAt),
        isInForce: version === track.publishedVersion,
      })),
  };
}
