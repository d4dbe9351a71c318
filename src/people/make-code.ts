import { newId } from "../stored-record.js";
import {
  codeLifetimeMs,
  type CodePurpose,
  hashCode,
  makeLinkToken,
  makeTypedCode,
} from "./one-time-code.js";
import type { OneTimeCodeStore } from "./one-time-code-store.js";

type Needs = { codes: Pick<OneTimeCodeStore, "add">; now: () => Date };

type Wanted = {
  purpose: CodePurpose;
  organisationId: string | undefined;
  madeBy?: string;
};

async function keep(needs: Needs, wanted: Wanted, code: string): Promise<Date> {
  const createdAt = needs.now();
  const expiresAt = new Date(createdAt.getTime() + codeLifetimeMs[wanted.purpose]);
  await needs.codes.add({
    id: newId(),
    purpose: wanted.purpose,
    codeHash: hashCode(code),
    organisationId: wanted.organisationId,
    madeBy: wanted.madeBy,
    createdAt,
    expiresAt,
    usedAt: undefined,
  });
  return expiresAt;
}

/** Makes a code for a person to type. It is told once and kept only as its hash. */
export async function makeCode(
  needs: Needs,
  wanted: Wanted & { purpose: "administrator" | "link-accounts" },
): Promise<{ code: string; expiresAt: Date }> {
  const code = makeTypedCode();
  return { code, expiresAt: await keep(needs, wanted, code) };
}

/** Makes the secret part of a one-time link. */
export async function makeLink(
  needs: Needs,
  wanted: Wanted & { purpose: "open-backpack" | "platform-invitation" | "setup" },
): Promise<{ token: string; expiresAt: Date }> {
  const token = makeLinkToken();
  return { token, expiresAt: await keep(needs, wanted, token) };
}
