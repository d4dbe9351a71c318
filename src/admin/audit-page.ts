import { type AuditEntry, COMMAND_LINE, ROSETTE } from "../audit/audit-entry.js";
import type { AuditFilter } from "../audit/audit-store.js";
import type { Profile } from "../people/account.js";
import { nameOf } from "./award-page.js";
import { momentOf } from "./moments.js";
import { readUtcDay } from "../utc-day.js";

/** What decisions are called, in the order of the filter. What is not here goes by its code. */
const ACTIONS: Record<string, string> = {
  "award-put-on-hold": "Award put on hold",
  "award-reinstated": "Award reinstated",
  "award-revoked": "Award revoked",
  "lms-course-approved": "LMS course approved",
  "lms-course-declined": "LMS course declined",
  "track-draft-saved": "Draft of a track saved",
  "track-draft-discarded": "Draft of a track discarded",
  "track-wording-corrected": "Slip in a published track corrected",
  "track-published": "Track published",
  "group-move-begun": "Everybody who began a track earlier moved to another version",
  "learner-moved-to-version": "Learner moved to another version of a track",
  "course-added": "Course added",
  "course-edition-made": "New edition of a course made",
  "course-changed": "Course changed",
  "equivalency-entered": "Equivalency entered",
  "equivalency-refused": "Equivalency looked at and refused",
  "equivalency-withdrawn": "Equivalency withdrawn",
  "exam-changed": "Exam settings changed",
  "project-added": "Project added",
  "project-removed": "Project removed",
  "questions-written": "Questions written",
  "activity-saved": "Activity saved",
  "work-assessed": "Work of a learner accepted or returned",
  "hour-units-saved": "Units of hours saved",
  "push-key-made": "Key for sending results made",
  "push-key-revoked": "Key for sending results revoked",
  "results-bound": "Results bound to an exam",
  "results-import-begun": "Import of a file of results begun",
  "results-imported": "Results imported from a file",
  "account-deleted": "Account deleted by its owner",
  "name-approved": "Name approved",
  "name-declined": "Name declined",
  "profession-added": "Profession added",
  "licence-verified": "Licence verified",
  "licence-rejected": "Licence rejected",
  "licence-date-waived": "Exam counted though no licence was valid",
  "administrator-added": "Administrator added",
  "administrator-removed": "Administrator removed",
  "administrator-code-made": "Code for an administrator made",
  "deployment-approved": "Deployment approved",
  "deployment-closed": "Deployment closed",
  "deployment-reopened": "Deployment opened again",
  "deployments-accepted-changed": "Which deployments of an LMS are accepted changed",
  "platform-invited": "Link for a new LMS made",
  "platform-added": "LMS registered",
  "platform-hosts-approved": "Hosts of a new LMS approved",
  "platform-addresses-changed": "Addresses of an LMS changed",
  "platform-removed": "LMS removed",
  "platforms-brought-over": "LMSs and keys brought over from ltijs",
  "organisation-renamed": "Organisation renamed",
  "issuer-saved": "Issuer written",
  "issuer-keys-rotated": "Keys that sign credentials changed",
  "issuer-keys-replaced": "Keys that sign credentials taken out of use",
  "tool-key-rotated": "Key that signs messages to LMSs changed",
  "work-retried": "Failed work tried again",
};

const SUBJECTS: Record<AuditEntry["subject"]["kind"], { label: string; path?: string }> = {
  account: { label: "Account" },
  award: { label: "Award", path: "/awards/" },
  course: { label: "Course", path: "/courses/" },
  equivalency: { label: "Equivalency", path: "/equivalencies/" },
  exam: { label: "Exam" },
  issuer: { label: "Issuer", path: "/issuers/" },
  "issuer-key": { label: "Issuer key" },
  licence: { label: "Licence", path: "/licences/" },
  profession: { label: "Profession" },
  "push-key": { label: "Key for sending results" },
  "result-file": { label: "File of results" },
  "lms-course": { label: "LMS course", path: "/lms-courses/" },
  organisation: { label: "Organisation" },
  platform: { label: "Platform" },
  track: { label: "Track", path: "/tracks/" },
  work: { label: "Background work" },
};

export const actionChoices = (chosen: string) => [
  { value: "", label: "Everything", selected: chosen === "" },
  ...Object.entries(ACTIONS).map(([value, label]) => ({
    value,
    label,
    selected: value === chosen,
  })),
];

type State = NonNullable<AuditEntry["before"]>;

/** `graceEndsAt` as "Grace ends at". */
const inWords = (name: string): string => {
  const words = name.replace(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
};

const valueText = (value: State[string] | undefined): string => {
  if (value === undefined) return "none";
  if (typeof value === "boolean") return value ? "yes" : "no";
  const text = String(value);
  return /^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/.test(text) ? momentOf(new Date(text)) : text;
};

/** What a decision changed, a line for each: "Status: pending → approved". */
function changesOf(before: State = {}, after: State = {}): string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names.map((name) => {
    const was = Object.hasOwn(before, name) ? `${valueText(before[name])} → ` : "";
    return `${inWords(name)}: ${was}${valueText(after[name])}`;
  });
}

function whoIs(actorId: string, profiles: readonly Profile[]): string {
  if (actorId === ROSETTE) return "Rosette, by the rules";
  return actorId === COMMAND_LINE
    ? "Somebody at the server's command line"
    : nameOf(profiles, actorId);
}

export const auditRows = (entries: readonly AuditEntry[], profiles: readonly Profile[]) =>
  entries.map(({ at, actorId, action, subject, reason, before, after }) => ({
    at: momentOf(at),
    who: whoIs(actorId, profiles),
    what: ACTIONS[action] ?? action,
    subject: { ...SUBJECTS[subject.kind], id: subject.id },
    reason,
    changes: changesOf(before, after),
  }));

/** What the page was asked for, as it stands in its address and its form. */
export type AuditAsked = { search: string; action: string; from: string; to: string };

const DAY_MS = 24 * 60 * 60 * 1000;

/** The days are whole and both included, in UTC as everything the panel shows. */
export function auditFilterOf({ search, action, from, to }: AuditAsked): AuditFilter {
  const last = readUtcDay(to);
  return {
    search,
    action: action === "" ? undefined : action,
    from: readUtcDay(from),
    before: last === undefined ? undefined : new Date(last.getTime() + DAY_MS),
  };
}

/** One entry as a line of an export: opaque ids, no names. */
export const auditLine = (entry: AuditEntry) => ({
  at: entry.at.toISOString(),
  actorId: entry.actorId,
  action: entry.action,
  subjectKind: entry.subject.kind,
  subjectId: entry.subject.id,
  reason: entry.reason ?? "",
  before: entry.before === undefined ? "" : JSON.stringify(entry.before),
  after: entry.after === undefined ? "" : JSON.stringify(entry.after),
  id: entry.id,
});
