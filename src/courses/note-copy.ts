import type { OfferingStore } from "./offering-store.js";

type Needs = {
  offerings: Pick<OfferingStore, "listByContexts" | "noteOrigins">;
  now: () => Date;
};

/**
 * An LMS has said that a course was copied. Of copies of courses that we know it is remembered
 * until their first launch; of others nothing is.
 */
export async function noteCopy(
  needs: Needs,
  copy: {
    organisationId: string;
    issuer: string;
    contextId: string;
    contextTitle: string;
    originContextIds: readonly string[];
  },
): Promise<void> {
  const { organisationId, issuer, originContextIds } = copy;
  const known = await needs.offerings.listByContexts(organisationId, issuer, originContextIds);
  if (!known.some(({ status }) => status === "approved")) return;
  await needs.offerings.noteOrigins({ ...copy, at: needs.now() });
}
