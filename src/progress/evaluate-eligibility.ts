import type { Eligibility } from "../eligibility/eligibility.js";
import type { EligibilityStep } from "../tracks/requirement.js";
import type { Evaluation } from "./evaluation.js";
import { plainDate } from "./plain-words.js";
import type { Verdict } from "./verdict.js";

/**
 * Where a learner stands in a profession. A licence that was verified meets the step for good;
 * whether it was valid when it mattered is asked of the step that comes after.
 */
export function evaluateEligibility(step: EligibilityStep, given: Evaluation): Verdict {
  const { professionId } = step;
  const name = given.professionNames.get(professionId) ?? "a profession that is no longer listed";
  const known = given.eligibility.get(professionId);
  const base = {
    nodeId: step.id,
    kind: step.kind,
    needed: 0,
    steps: [],
    eligibility: { professionId, name },
  };
  return step.asks === "licence"
    ? { ...base, ...judgeLicence(name, known) }
    : { ...base, ...judgeStatus(name, known) };
}

type Judgement = Pick<Verdict, "state" | "sentence" | "evidence">;

function judgeStatus(name: string, known: Eligibility | undefined): Judgement {
  const [licence] = known?.licences ?? [];
  if (known?.status === undefined && licence === undefined) {
    const sentence = `For ${name}: say whether you are a student or a practitioner.`;
    return { state: "missing", sentence, evidence: [] };
  }
  const status = licence !== undefined ? "practitioner" : known?.status;
  return {
    state: "met",
    sentence: `For ${name}: ${status ?? "practitioner"}.`,
    evidence: licence === undefined ? [] : [licence.id],
  };
}

function judgeLicence(name: string, known: Eligibility | undefined): Judgement {
  const licence = known?.licences.at(-1);
  if (licence !== undefined) {
    const { validFrom, validTo } = licence;
    const until = validTo === undefined ? "" : ` to ${plainDate(validTo)}`;
    const sentence = `Licence as ${name}: verified, valid from ${plainDate(validFrom)}${until}.`;
    return { state: "met", sentence, evidence: [licence.id] };
  }
  return { state: "blocked", sentence: `Licence as ${name}: ${sayPending(known)}.`, evidence: [] };
}

function sayPending(known: Eligibility | undefined): string {
  switch (known?.pending) {
    case "submitted":
      return "handed in, and not verified yet";
    case "rejected":
      return "the one handed in was not accepted; hand in another";
    case "none":
    case undefined:
      return known?.status === "student"
        ? "this opens when you are registered or licensed"
        : "not handed in yet";
  }
}
