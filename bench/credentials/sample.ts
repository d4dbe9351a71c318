import { randomUUID } from "node:crypto";
import { composeOpenBadge } from "../../src/credentials/open-badge.js";
import { getSigningKeys } from "../../src/issuers/get-signing-keys.js";
import { issuerDidDocument } from "../../src/issuers/issuer.js";
import { canonicalForm } from "../../src/signing/canonical-form.js";
import { createIssuers } from "../../src/verification/issuer-directory.js";
import {
  addresses,
  award,
  createMemoryNeeds,
  organisation,
  trackVersion,
} from "../../test/support/credential-fixtures.js";

/** Credentials of one achievement as an association gives them, and the keys that sign them. */
export async function createSample() {
  const { needs, memory } = createMemoryNeeds();
  const { keys } = await getSigningKeys(needs, organisation.id);
  const track = trackVersion();
  const given = award();
  const fetchDocument = async () => ({ kind: "unreachable" as const });
  return {
    keys,
    track,
    did: issuerDidDocument(addresses, organisation.id, memory.keys),
    badge: (at: number) =>
      composeOpenBadge(addresses, {
        ...{ credentialId: randomUUID(), award: given, track, organisation },
        statusPlace: { listId: organisation.id, index: at },
        recipient: { name: `Noor van Dijk ${at}`, email: `noor${at}@example.edu`, salt: `s${at}` },
      }),
    verifyNeeds: {
      ...{ addresses, fetchDocument, canonicalise: canonicalForm, now: () => new Date() },
      issuers: createIssuers({ ...needs, fetchDocument }),
      credentials: needs.credentials,
    },
  };
}

export type Sample = Awaited<ReturnType<typeof createSample>>;
