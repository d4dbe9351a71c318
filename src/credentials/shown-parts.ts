/** Which parts of a credential its learner shows to others. */
export type ShownParts = { evidence: boolean; hours: boolean; scores: boolean };

/** What is shown when nothing else was decided: the credential as it was issued, without scores. */
export const usualParts: ShownParts = { evidence: true, hours: true, scores: false };

export const isUsual = (parts: ShownParts): boolean =>
  parts.evidence && parts.hours && !parts.scores;
