import { createExplainer } from "../../src/progress/explain-progress.js";
import { isDone, type Verdict } from "../../src/progress/verdict.js";
import { day } from "../../test/support/core-fixtures.js";
import { catalogue, certificate, learners } from "./certificate.js";

/** Reads every node's state, sentence (its last letter, so that it must be there) and evidence. */
function readAll(verdict: Verdict): number {
  const { sentence, evidence, steps } = verdict;
  let read = sentence.charCodeAt(sentence.length - 1) + (isDone(verdict) ? 1 : 0);
  for (const id of evidence) read += id.length;
  for (const step of steps) read += readAll(step);
  return read;
}

/**
 * Evaluations of the professional certificate in a second on one core: each from a learner's
 * facts, awards and licences to the verdict of every node with its evidence and sentence, of the
 * micro-credentials that are under way as well.
 * @param of the learner's place, e.g. only those who are through
 */
export function measureEvaluations(durationMs: number): number {
  const now = day(400);
  let read = 0;
  const run = (until: number): number => {
    let count = 0;
    while (performance.now() < until) {
      for (const record of learners)
        read += readAll(createExplainer(catalogue, record, now)(certificate));
      count += learners.length;
    }
    return count;
  };
  run(performance.now() + durationMs / 4);
  const begun = performance.now();
  const count = run(begun + durationMs);
  const seconds = (performance.now() - begun) / 1000;
  if (read === 0) throw new Error("Nothing was evaluated");
  return count / seconds;
}
