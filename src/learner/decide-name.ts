import type { ProfileStore } from "../people/profile-store.js";
import { newId } from "../stored-record.js";
import type { NoticeStore } from "./notice-store.js";

type Needs = {
  profiles: Pick<ProfileStore, "approveName" | "declineName">;
  notices: Pick<NoticeStore, "addNotice">;
  journey: {
    /** Has the credentials issued that waited for a name. */
    nameArrived: (about: { organisationId: string; accountId: string }) => Promise<void>;
  };
  now: () => Date;
};

/** An administrator's decision about just the name that they saw. */
type Decision = { organisationId: string; accountId: string; name: string };

/** Tells the learner at the next launch; the key holds no name, since names can be erased. */
async function tell(
  needs: Needs,
  { organisationId, accountId }: Decision,
  kind: "name-approved" | "name-declined",
): Promise<void> {
  await needs.notices.addNotice({
    id: newId(),
    organisationId,
    learnerId: accountId,
    key: `${kind}:${newId()}`,
    subject: { kind },
    createdAt: needs.now(),
  });
}

/** Lets a name into credentials; 'changed' when another one was entered meanwhile. */
export async function approveName(
  needs: Needs,
  decision: Decision,
): Promise<"approved" | "changed"> {
  const { organisationId, accountId, name } = decision;
  const outcome = await needs.profiles.approveName(organisationId, accountId, name);
  if (outcome === "changed") return outcome;
  await needs.journey.nameArrived({ organisationId, accountId });
  await tell(needs, decision, "name-approved");
  return outcome;
}

/** Turns a name down; the learner may enter another. */
export async function declineName(
  needs: Needs,
  decision: Decision,
): Promise<"declined" | "changed"> {
  const { organisationId, accountId, name } = decision;
  const outcome = await needs.profiles.declineName(organisationId, accountId, name);
  if (outcome === "declined") await tell(needs, decision, "name-declined");
  return outcome;
}
