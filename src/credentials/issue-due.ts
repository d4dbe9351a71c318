import type { Award } from "../awards/award.js";
import type { IssueOutcome } from "./issue-credentials.js";

/** An award whose credential is to be issued now. */
type DueAward = { organisationId: string; awardId: string };

/** So many are read, signed and written together. */
const BATCH = 500;

/** Longest run of one job, in batches; the next sweep goes on. */
const MOST_BATCHES = 200;

type Issue = (about: {
  organisationId: string;
  awardIds: readonly string[];
}) => Promise<IssueOutcome[]>;

/**
 * Issues these together, organisation by organisation; where that fails each alone, and what fails
 * then is left to a job, seen and retried.
 */
export async function issueTogether(
  needs: { issue: Issue; leaveToJob: (award: DueAward) => Promise<void> },
  due: readonly DueAward[],
): Promise<void> {
  for (const organisationId of new Set(due.map((one) => one.organisationId))) {
    const own = due.filter((one) => one.organisationId === organisationId);
    const issue = async (awards: readonly DueAward[]) =>
      await needs.issue({ organisationId, awardIds: awards.map(({ awardId }) => awardId) });
    try {
      await issue(own);
    } catch {
      for (const award of own) {
        await issue([award]).catch(async () => {
          await needs.leaveToJob(award);
        });
      }
    }
  }
}

type Needs = {
  awards: { listCredentialDue: (before: Date, limit: number) => Promise<Award[]> };
  issue: Issue;
  now: () => Date;
};

/**
 * Issues all that is due, in every organisation, some hundreds at a time. The awards themselves
 * are the queue: whatever ends this process, the next run goes on with what is left.
 * @throws AggregateError at the end, when some could not be issued; they are still due
 */
export async function issueDue(needs: Needs): Promise<void> {
  const faults: unknown[] = [];
  for (let batch = 0; batch < MOST_BATCHES; batch += 1) {
    const due = await needs.awards.listCredentialDue(needs.now(), BATCH);
    if (due.length === 0) break;
    for (const organisationId of new Set(due.map((award) => award.organisationId))) {
      const awardIds = due
        .filter((award) => award.organisationId === organisationId)
        .map(({ id }) => id);
      try {
        await needs.issue({ organisationId, awardIds });
      } catch (error) {
        faults.push(error);
      }
    }
    // What failed would come again at once.
    if (faults.length > 0) break;
  }
  if (faults.length > 0) throw new AggregateError(faults, "Some credentials were not issued");
}
