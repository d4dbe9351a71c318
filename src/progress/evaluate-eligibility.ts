import type { Eligibility } from "../eligibility/eligibility.js";
import type { Evaluation } from "./evaluation.js";
import { plainDate } from "./plain-words.js";
import type { PreparedEligibility } from "./prepared-step.js";
import type { Verdict } from "./verdict.js";

/**
 * Where a learner stands in a profession. A licence that was verified meets the step for good;
 * whether it was valid when it mattered is asked of the step that comes after.
 */
export function evaluateEligibility(step: PreparedEligibility, given: Evaluation): Verdict {
  const { professionId, name } = step.profession;
  const known = given.eligibility.get(professionId);
  const { state, sentence, licenceId } =
    step.asks === "licence" ? judgeLicence(name, known) : judgeStatus(name, known);
  return {
    nodeId: step.id,
    kind: step.kind,
    needed: 0,
    steps: [],
    eligibility: { professionId, name },
    state,
    sentence,
    evidence: licenceId === undefined ? [] : [licenceId],
  };
}

type Judgement = Pick<Verdict, "state" | "sentence"> & { licenceId: string | undefined };

function judgeStatus(name: string, known: Eligibility | undefined): Judgement {
  const licenceId = known?.licences[0]?.id;
  if (known?.status === undefined && licenceId === undefined) {
    const sentence = `For ${name}: say whether you are a student or a practitioner.`;
    return { state: "missing", sentence, licenceId };
  }
  const status = licenceId !== undefined ? "practitioner" : known?.status;
  return { state: "met", sentence: `For ${name}: ${status ?? "practitioner"}.`, licenceId };
}

function judgeLicence(name: string, known: Eligibility | undefined): Judgement {
  const licence = known?.licences.at(-1);
  if (licence === undefined) {
    const sentence = `Licence as ${name}: ${sayPending(known)}.`;
    return { state: "blocked", sentence, licenceId: undefined };
  }
  const { validFrom, validTo } = licence;
  const until = validTo === undefined ? "" : ` to ${plainDate(validTo)}`;
  const sentence = `Licence as ${name}: verified, valid from ${plainDate(validFrom)}${until}.`;
  return { state: "met", sentence, licenceId: licence.id };
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
