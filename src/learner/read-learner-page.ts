import type { StandingAward } from "../awards/award-standing.js";
import type { AwardStore } from "../awards/award-store.js";
import { readLearnerRecords } from "../awards/read-learner-records.js";
import type { OfferingStore } from "../courses/offering-store.js";
import type { CredentialStore } from "../credentials/credential-store.js";
import type { PublicAddresses } from "../issuers/public-addresses.js";
import type { EligibilityStore } from "../eligibility/eligibility-store.js";
import type { EquivalencyStore } from "../equivalencies/equivalency-store.js";
import type { TrackMoveStore } from "../tracks/track-move-store.js";
import type { Visit } from "../launch/visit.js";
import type { OrganisationStore } from "../organisations/organisation-store.js";
import type { AccountStore } from "../people/account-store.js";
import type { ProfileStore } from "../people/profile-store.js";
import type { ExamFactStore } from "../progress/exam-fact-store.js";
import { explainTracks } from "../progress/explain-progress.js";
import type { Catalogue } from "../progress/read-catalogue.js";
import type { Notice } from "../web/page.js";
import { learnerPage, type LearnerPage, type Onlooker } from "./learner-page.js";
import { noticeText } from "./notice.js";
import type { NoticeStore } from "./notice-store.js";
import type { TrackStanding } from "./track-card.js";

/** What the page is made of. All of it is read; only notices are marked as shown. */
export type LearnerPageNeeds = {
  /** The tracks in force, as this process may remember them for some seconds. */
  recallCatalogue: (organisationId: string) => Promise<Catalogue>;
  accounts: Pick<AccountStore, "listIdsOfLearner">;
  profiles: Pick<ProfileStore, "listByIds">;
  organisations: Pick<OrganisationStore, "findById">;
  offerings: Pick<OfferingStore, "findByContext">;
  facts: Pick<ExamFactStore, "listForAccounts">;
  awards: Pick<AwardStore, "listForLearners">;
  eligibility: Pick<EligibilityStore, "listProfessions" | "listForAccounts">;
  equivalencies: Pick<EquivalencyStore, "listStanding">;
  trackMoves: Pick<TrackMoveStore, "listForAccounts">;
  credentials: Pick<CredentialStore, "listOfLearner">;
  notices: Pick<NoticeStore, "takeForLaunch">;
  addresses: Pick<PublicAddresses, "badgeUrl" | "credentialUrl">;
  now: () => Date;
};

const onlookerOf = ({ launch }: Pick<Visit, "launch">): Onlooker => {
  if (launch.isTestUser) return "test-user";
  return launch.courseRoles.includes("learner") ? "learner" : "teacher";
};

/** Of several rounds, or of accounts that were joined: the latest, one that is not revoked first. */
const latestByTrack = (awards: readonly StandingAward[]): Map<string, StandingAward> => {
  const isRevoked = ({ standing }: StandingAward) => (standing.state === "revoked" ? 0 : 1);
  const inOrder = [...awards].sort((one, other) => isRevoked(one) - isRevoked(other));
  return new Map(inOrder.map((award) => [award.trackId, award]));
};

/** The course that the visit's LMS course is approved as. */
async function findOpenCourseId(
  needs: LearnerPageNeeds,
  { launch }: Visit,
): Promise<string | undefined> {
  const { organisationId, issuer, context } = launch;
  if (context === undefined) return undefined;
  const about = { organisationId, issuer, contextId: context.id };
  const offering = await needs.offerings.findByContext(about);
  return offering?.status === "approved" ? offering.courseId : undefined;
}

/** Whose page, and who looks at it. */
type Subject = {
  organisationId: string;
  /** Every account of the learner's. */
  accountIds: string[];
  onlooker: Onlooker;
  /** The course whose exams open from the page. */
  openCourseId: Promise<string | undefined> | undefined;
};

/** What the page is made of, whoever looks at it; only read. */
export type PageOfNeeds = Omit<LearnerPageNeeds, "notices" | "offerings">;

/** Reads the page of one learner, for whoever looks at it. */
export async function readPageOf(
  needs: PageOfNeeds,
  { organisationId, accountIds, onlooker, openCourseId: opening }: Subject,
): Promise<LearnerPage> {
  const [openCourseId, catalogue, records, awards, credentials, profiles, organisation] =
    await Promise.all([
      opening,
      needs.recallCatalogue(organisationId),
      readLearnerRecords(needs, organisationId, [{ accountIds }]),
      needs.awards.listForLearners(organisationId, accountIds),
      needs.credentials.listOfLearner(organisationId, accountIds),
      needs.profiles.listByIds(organisationId, accountIds),
      needs.organisations.findById(organisationId),
    ]);
  const awardOf = latestByTrack(awards);
  const credentialOf = new Map(credentials.map((credential) => [credential.awardId, credential]));
  const progress = records.flatMap((record) => explainTracks(catalogue, record, needs.now()));
  const standings = progress.map(({ track, verdict, note }): TrackStanding => {
    const award = awardOf.get(track.trackId);
    return { track, verdict, note, award, credential: award && credentialOf.get(award.id) };
  });
  return learnerPage({
    onlooker,
    standings,
    awards: [...awardOf.values()],
    profile:
      profiles.find(({ name }) => name !== undefined) ??
      profiles.find(({ proposedName }) => proposedName !== undefined),
    around: {
      issuerName: organisation?.name ?? "",
      catalogue,
      openCourseId,
      // The page stands on the same host: a path is enough, and works behind any proxy.
      badgeUrl: (trackId, version) => new URL(needs.addresses.badgeUrl(trackId, version)).pathname,
      credentialUrl: needs.addresses.credentialUrl,
    },
  });
}

/** Reads the page of this visit's person, and the notices to show above it in this launch. */
export async function readLearnerPage(
  needs: LearnerPageNeeds,
  visit: Visit,
): Promise<{ page: LearnerPage; notices: Notice[] }> {
  const { organisationId, id: launchId } = visit.launch;
  const onlooker = onlookerOf(visit);
  const accountIds =
    visit.mayBeJoined === false
      ? [visit.learnerId]
      : await needs.accounts.listIdsOfLearner(organisationId, visit.learnerId);
  const openCourseId = onlooker === "teacher" ? undefined : findOpenCourseId(needs, visit);
  const [page, notices] = await Promise.all([
    readPageOf(needs, { organisationId, accountIds, onlooker, openCourseId }),
    needs.notices.takeForLaunch({ organisationId, learnerIds: accountIds, launchId }),
  ]);
  return { page, notices: notices.map(noticeText) };
}
