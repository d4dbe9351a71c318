import { foldEligibility, type ProfessionalStanding } from "../eligibility/eligibility.js";
import { type Licence, licenceStateOf, type Profession } from "../eligibility/licence.js";
import { plainDate } from "../progress/plain-words.js";

const stateTexts = {
  submitted: { state: "waiting", label: "Waits to be verified" },
  verified: { state: "active", label: "Verified" },
  rejected: { state: "declined", label: "Not accepted" },
  lapsed: { state: "earlier", label: "Lapsed" },
} as const;

/** When a licence is valid, e.g. `from 1 May 2026 to 30 April 2027`. */
export const validityOf = ({ validFrom, validTo }: Pick<Licence, "validFrom" | "validTo">) =>
  `from ${plainDate(validFrom)}${validTo === undefined ? "" : ` to ${plainDate(validTo)}`}`;

/** What a learner has said and handed in; the number is not shown again. */
export const eligibilityPage = (
  professions: readonly Profession[],
  known: { standings: readonly ProfessionalStanding[]; licences: readonly Licence[] },
  now: Date,
) => {
  const nameOf = new Map(professions.map(({ id, name }) => [id, name]));
  return {
    professions: [
      { value: "", label: "Choose a profession" },
      ...professions.map(({ id, name }) => ({ value: id, label: name })),
    ],
    hasProfessions: professions.length > 0,
    // Of all that was said in whatever account what was said last, as the rules read it.
    said: foldEligibility(known.standings, []).flatMap(({ professionId, status }) => {
      const name = nameOf.get(professionId);
      return name === undefined || status === undefined ? [] : [{ name, status }];
    }),
    licences: known.licences.map((licence) => ({
      profession: nameOf.get(licence.professionId) ?? "A profession that is no longer listed",
      jurisdiction: licence.jurisdiction,
      validity: validityOf(licence),
      ...stateTexts[licenceStateOf(licence, now)],
      reason: licence.reason,
      hasFile: licence.evidenceFile !== undefined,
    })),
  };
};
