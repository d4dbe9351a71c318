import { ToolError } from "../errors.js";
import { isId } from "../stored-record.js";
import type { Credential } from "./credential.js";
import type { CredentialStore } from "./credential-store.js";

/**
 * A credential that its learner has shared, by the id in its address.
 * @throws ToolError not-found, or credential-not-shared when there is one but it is private
 */
export async function getSharedCredential(
  needs: { credentials: Pick<CredentialStore, "findById"> },
  id: string,
): Promise<Credential> {
  const credential = isId(id) ? await needs.credentials.findById(id) : undefined;
  if (credential === undefined) throw new ToolError("not-found");
  if (credential.visibility === "private") throw new ToolError("credential-not-shared");
  return credential;
}
