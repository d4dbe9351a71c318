import { examIdsReached } from "../equivalencies/equivalency.js";
import { trackIdsOf } from "../tracks/requirement.js";
import type { Catalogue } from "../progress/read-catalogue.js";
import { tracksByExam } from "../progress/tracks-by-exam.js";
import type { Award } from "./award.js";
import { firstStanding } from "./award-standing.js";
import type { AwardStore } from "./award-store.js";
import { type LearnerFile, listEarned } from "./earned-awards.js";

type Needs = {
  awards: Pick<AwardStore, "addAll" | "listForLearners">;
  /** Awards that were made by this very call. */
  onGiven: (awards: readonly Award[]) => Promise<void>;
  now: () => Date;
};

/** Somebody to look at, because something was heard of these exams. */
export type Looked = { file: LearnerFile; examIds: readonly string[] };

/** As often another process may be there first with one of a learner's awards. */
const MOST_OVERTAKEN = 5;

/**
 * Awards whatever these learners' facts earn on the tracks that mention `examIds` and on those
 * that stand on them: round by round, as what stands on an award is earned when that one is
 * stored. Any number of calls, from any number of processes, give an award once: the store's
 * unique index decides. Whoever was overtaken by another process is read and looked at again.
 * @param learners of one organisation
 */
export async function awardEarned(
  needs: Needs,
  catalogue: Catalogue,
  learners: readonly Looked[],
): Promise<void> {
  const tracks = tracksByExam(catalogue);
  const former = [...catalogue.earlier.values()].flatMap(({ editions }) => editions);
  const askedFor = new Set(
    [...catalogue.tracks, ...former].flatMap(({ requirement }) => trackIdsOf(requirement)),
  );
  let open = learners;
  const mostRounds = catalogue.tracks.length + MOST_OVERTAKEN;
  for (let round = 0; open.length > 0; round += 1) {
    if (round === mostRounds) throw new Error("Awards are being made elsewhere all the time");
    const now = needs.now();
    const earned = open.flatMap((looked) =>
      listEarned(catalogue, looked.file, {
        ...{ tracks: tracks(reachedBy(catalogue, looked)), now },
      }).map((award) => ({
        ...{ looked, award },
      })),
    );
    if (earned.length === 0) return;
    const outcomes = await needs.awards.addAll(earned.map(({ award }) => award));
    const given = earned.filter((_one, index) => outcomes[index] === "added");
    const late = earned.filter((_one, index) => outcomes[index] !== "added");
    const overtaken = new Set(late.map(({ looked }) => looked));
    if (given.length > 0) await needs.onGiven(given.map(({ award }) => award));
    const onward = new Set(
      given.filter(({ award }) => askedFor.has(award.trackId)).map(({ looked }) => looked),
    );
    open = [
      ...withGiven(
        [...onward].filter((looked) => !overtaken.has(looked)),
        given,
      ),
      ...(await readAgain(needs, [...overtaken])),
    ];
  }
}

/** The exams that something was heard of, and those that they count for. */
const reachedBy = ({ equivalencies }: Catalogue, { examIds, file }: Looked): string[] =>
  examIdsReached(examIds, [...equivalencies, ...file.equivalencies]);

type Given = { looked: Looked; award: Award };

/** What a learner was given counts at the next look. */
function withGiven(learners: readonly Looked[], given: readonly Given[]): Looked[] {
  const byLearner = new Map<Looked, Award[]>();
  for (const { looked, award } of given)
    byLearner.set(looked, [...(byLearner.get(looked) ?? []), award]);
  return learners.map((looked) => {
    const fresh = (byLearner.get(looked) ?? []).map((award) => ({
      ...award,
      standing: firstStanding(award),
    }));
    return { ...looked, file: { ...looked.file, awards: [...looked.file.awards, ...fresh] } };
  });
}

async function readAgain(needs: Needs, learners: readonly Looked[]): Promise<Looked[]> {
  const [first] = learners;
  if (first === undefined) return [];
  const everyone = learners.flatMap(({ file }) => file.accountIds);
  const found = await needs.awards.listForLearners(first.file.organisationId, everyone);
  return learners.map(({ file, examIds }) => ({
    ...{ examIds },
    file: { ...file, awards: found.filter((award) => file.accountIds.includes(award.learnerId)) },
  }));
}
