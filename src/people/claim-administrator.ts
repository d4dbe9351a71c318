import type { Account } from "./account.js";
import type { AdministratorGrantStore } from "./administrator-grant-store.js";
import { hashCode, readTypedCode } from "./one-time-code.js";
import type { OneTimeCodeStore } from "./one-time-code-store.js";

type Needs = {
  grants: Pick<AdministratorGrantStore, "addOnce">;
  codes: Pick<OneTimeCodeStore, "consume">;
  now: () => Date;
};

/**
 * Makes an account an administrator of its organisation by a one-time code that was made for that
 * organisation. The code is used up even when the account was an administrator already.
 */
export async function claimAdministrator(
  needs: Needs,
  account: Account,
  typedCode: string,
): Promise<"granted" | "code-invalid"> {
  const { organisationId } = account;
  const code = await needs.codes.consume({
    purposes: ["administrator"],
    codeHash: hashCode(readTypedCode(typedCode)),
    organisationId,
    now: needs.now(),
  });
  if (code === undefined) return "code-invalid";
  await needs.grants.addOnce({
    id: account.id,
    organisationId,
    grantedBy: code.madeBy,
    grantedAt: needs.now(),
  });
  return "granted";
}
