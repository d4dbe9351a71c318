import type { EvidenceFile } from "../eligibility/evidence.js";
import { type Licence, licenceStateOf, type Profession } from "../eligibility/licence.js";
import { validityOf } from "../learner/eligibility-page.js";
import type { Profile } from "../people/account.js";
import type { TrackProgress } from "../progress/explain-progress.js";
import { nameOf } from "./award-page.js";
import { dayOf, momentOf } from "./moments.js";

type Around = {
  profiles: readonly Profile[];
  professions: readonly Profession[];
  /** Where its holder stands on the tracks that ask for eligibility. */
  progress: readonly TrackProgress[];
};

/** The tracks on which everything is done but this licence's verification. */
const awaitedBy = ({ professionId }: Licence, progress: readonly TrackProgress[]): string[] =>
  progress
    .filter(({ verdict }) => verdict.awaitsLicence?.professionId === professionId)
    .map(({ track }) => track.name);

const professionOf = ({ professionId }: Licence, professions: readonly Profession[]): string =>
  professions.find(({ id }) => id === professionId)?.name ?? "A profession that is gone";

/** One line of the queue. The number is not in it. */
export const licenceRow = (licence: Licence, around: Around) => ({
  id: licence.id,
  learnerId: licence.accountId,
  holder: nameOf(around.profiles, licence.accountId),
  profession: professionOf(licence, around.professions),
  jurisdiction: licence.jurisdiction,
  submitted: momentOf(licence.submittedAt),
  awaitedBy: awaitedBy(licence, around.progress),
});

const kinds: Record<EvidenceFile["type"], string> = {
  "application/pdf": "PDF",
  "image/png": "picture (PNG)",
  "image/jpeg": "picture (JPEG)",
};

const evidenceText = ({ type, sizeBytes }: EvidenceFile): string =>
  `${kinds[type]}, ${Math.max(1, Math.round(sizeBytes / 1024)).toLocaleString("en")} kB`;

/** One licence with all that is needed to decide. */
export const licencePage = (licence: Licence, about: Around & { number: string; now: Date }) => ({
  ...licenceRow(licence, about),
  number: about.number,
  validity: validityOf(licence),
  evidenceUrl: licence.evidenceUrl,
  evidenceFile: licence.evidenceFile && evidenceText(licence.evidenceFile),
  state: licenceStateOf(licence, about.now),
  mayDecide: licence.state === "submitted",
  decided: licence.decidedAt && dayOf(licence.decidedAt),
  reason: licence.reason,
  tracks: about.progress.map(({ track, verdict }) => ({
    name: track.name,
    sentence: verdict.sentence,
    steps: verdict.steps,
  })),
});
