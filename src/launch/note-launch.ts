import { type Account, isKnownOf } from "../people/account.js";
import type { AccountStore, KnownPerson } from "../people/account-store.js";
import type { ArrivedName, ProfileStore } from "../people/profile-store.js";
import { familyOf } from "../platforms/platform.js";
import type { PlatformStore } from "../platforms/platform-store.js";
import type { Launch } from "./launch.js";
import type { LaunchStore } from "./launch-store.js";
import type { VerifiedLaunch } from "./verify-launch.js";

type NoteNeeds = {
  platforms: Pick<PlatformStore, "noteFamily">;
  accounts: Pick<AccountStore, "findOrCreate" | "markTestUser">;
  profiles: Pick<ProfileStore, "noteFromLms">;
  launches: Pick<LaunchStore, "setAccount">;
  /** Told when the LMS has sent a name that was not known before; for later chapters. */
  nameArrived: (arrived: ArrivedName) => Promise<void>;
  now: () => Date;
};

export type NoteLaunchNeeds<Course> = NoteNeeds & {
  /** Told of every accepted launch before its pages can be opened; for later chapters. */
  noteLaunch: (launch: Launch, course: Course | undefined) => Promise<void>;
};

/** The account of a launch that was opened under an id of its own for whoever is new. */
async function keepAccount(
  needs: NoteNeeds,
  { claims }: VerifiedLaunch,
  launch: Launch,
): Promise<{ account: Account; launch: Launch }> {
  const { organisationId, issuer, accountId: id } = launch;
  const key = { organisationId, issuer, sub: claims.sub, id };
  const account = await needs.accounts.findOrCreate(key, needs.now());
  if (account.id === id) return { account, launch };
  await needs.launches.setAccount(launch.id, account.id);
  return { account, launch: { ...launch, accountId: account.id } };
}

async function noteProfile(
  needs: NoteNeeds,
  said: VerifiedLaunch["claims"]["person"],
  about: { account: Account; person: KnownPerson | undefined },
): Promise<void> {
  const { account, person } = about;
  if (isKnownOf(person?.profile, said)) return;
  const { name, email } = said;
  const { id, organisationId } = account;
  const { isNewName } = await needs.profiles.noteFromLms({ id, organisationId, name, email });
  if (isNewName && name !== undefined)
    await needs.nameArrived({ organisationId, accountId: id, name });
}

async function noteFamily(needs: NoteNeeds, { platform, claims }: VerifiedLaunch): Promise<void> {
  const family = familyOf(platform.issuer, claims.productFamilyCode);
  if (claims.productFamilyCode !== undefined && family !== platform.family) {
    await needs.platforms.noteFamily(platform.id, family);
  }
}

/** Writes what an opened launch tells that was not known before: mostly nothing. */
export async function noteLaunch<Course>(
  needs: NoteLaunchNeeds<Course>,
  verified: VerifiedLaunch,
  known: { launch: Launch; person: KnownPerson | undefined; course: Course | undefined },
): Promise<{ launch: Launch; account: Account }> {
  const { person, course } = known;
  const { account, launch } =
    person === undefined
      ? await keepAccount(needs, verified, known.launch)
      : { account: person.account, launch: known.launch };
  if (launch.isTestUser && !account.isTestUser) {
    await needs.accounts.markTestUser(launch.organisationId, account.id);
  }
  await Promise.all([
    noteProfile(needs, verified.claims.person, { account, person }),
    noteFamily(needs, verified),
    needs.noteLaunch(launch, course),
  ]);
  return { launch, account };
}
