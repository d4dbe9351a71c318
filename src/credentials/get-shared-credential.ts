import { ToolError } from "../errors.js";
import { isId } from "../stored-record.js";
import type { Credential } from "./credential.js";
import { asShown } from "./shown-edition.js";
import type { CredentialStore } from "./credential-store.js";

export type SharedCredentialNeeds = {
  credentials: Pick<CredentialStore, "findById">;
  /** Has the edition signed that its learner shows; it may have been corrected since. */
  wakeSigning?: (credential: Credential) => Promise<void>;
};

/**
 * A credential that its learner has shared, by the id in its address, with the parts they show.
 * @throws ToolError not-found; credential-not-shared when there is one but it is private;
 *   credential-being-made while the parts that are shown are being signed
 */
export async function getSharedCredential(
  needs: SharedCredentialNeeds,
  id: string,
): Promise<Credential> {
  const credential = isId(id) ? await needs.credentials.findById(id) : undefined;
  if (credential === undefined) throw new ToolError("not-found");
  if (credential.visibility === "private") throw new ToolError("credential-not-shared");
  const shown = asShown(credential);
  if (shown !== undefined) return shown;
  await needs.wakeSigning?.(credential);
  throw new ToolError("credential-being-made");
}
