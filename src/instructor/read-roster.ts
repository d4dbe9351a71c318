import type { OfferingStore } from "../courses/offering-store.js";
import type { LmsRosterClient, Member } from "../exams/lms-roster-client.js";
import { isKnownOf } from "../people/account.js";
import type { AccountStore } from "../people/account-store.js";
import type { ArrivedName, ProfileStore } from "../people/profile-store.js";
import type { CourseMemberStore } from "./course-member-store.js";

export type ReadRosterNeeds = {
  roster: Pick<LmsRosterClient, "listMemberPages">;
  offerings: Pick<OfferingStore, "findById">;
  accounts: Pick<AccountStore, "findOrCreateAll">;
  profiles: Pick<ProfileStore, "listByIds" | "noteFromLms">;
  courseMembers: Pick<CourseMemberStore, "noteMembers" | "markLeft">;
  /** Credentials may have waited for a name. */
  nameArrived: (arrived: ArrivedName) => Promise<void>;
  now: () => Date;
};

/** Whose roster, and where the LMS lists it. */
export type RosterAddress = {
  organisationId: string;
  offeringId: string;
  platformId: string;
  membershipsUrl: string;
};

type Named = { accountId: string; name: string | undefined; email: string | undefined };

/** Only what changed is written: a roster is read often and hardly ever says anything new. */
async function noteNames(needs: ReadRosterNeeds, organisationId: string, named: Named[]) {
  const ids = named.map(({ accountId }) => accountId);
  const stored = await needs.profiles.listByIds(organisationId, ids);
  const known = new Map(stored.map((profile) => [profile.id, profile]));
  for (const { accountId, name, email } of named) {
    if (isKnownOf(known.get(accountId), { name, email })) continue;
    const about = { id: accountId, organisationId, name, email };
    const { isNewName } = await needs.profiles.noteFromLms(about);
    if (isNewName && name !== undefined)
      await needs.nameArrived({ organisationId, accountId, name });
  }
}

/**
 * Reads who learns in an approved LMS course, so that its instructor sees everybody, also who
 * never opened Rosette. Who has left is marked so and keeps every fact and award. Idempotent.
 * @throws ToolError faults of the LMS; who was read so far is kept, and nobody has left
 */
export async function readRoster(needs: ReadRosterNeeds, at: RosterAddress): Promise<void> {
  const { organisationId, offeringId } = at;
  const offering = await needs.offerings.findById(organisationId, offeringId);
  if (offering?.status !== "approved") return;
  const begunAt = needs.now();
  for await (const page of needs.roster.listMemberPages(at)) {
    const learners = page.filter(({ isLearner, isActive }) => isLearner && isActive);
    const bySub = new Map<string, Member>(learners.map((member) => [member.sub, member]));
    const accounts = await needs.accounts.findOrCreateAll(
      { organisationId, issuer: offering.issuer, subs: [...bySub.keys()] },
      begunAt,
    );
    const named = accounts.map(({ id, sub }) => {
      const { name, email } = bySub.get(sub) ?? { name: undefined, email: undefined };
      return { accountId: id, name, email };
    });
    // Names first: a page that is opened meanwhile shows nobody without theirs.
    await noteNames(needs, organisationId, named);
    const accountIds = accounts.map(({ id }) => id);
    await needs.courseMembers.noteMembers({ organisationId, offeringId, accountIds, at: begunAt });
  }
  await needs.courseMembers.markLeft({ organisationId, offeringId, notSeenSince: begunAt });
}
