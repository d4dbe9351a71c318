import { ToolError } from "../errors.js";
import type { SealedBox } from "../sealed-box.js";
import { newId } from "../stored-record.js";
import type { EligibilityStore } from "./eligibility-store.js";
import type { LicenceFileStore } from "./licence-file-store.js";
import { type Licence, type LicenceContent, licencePurpose } from "./licence.js";

/**
 * A learner hands in a licence; an administrator verifies it. Nothing counts before.
 * @throws ToolError not-found when there is no such profession
 */
export async function submitLicence(
  needs: {
    eligibility: Pick<EligibilityStore, "listProfessions" | "addLicence" | "setStatus">;
    licenceFiles: Pick<LicenceFileStore, "add">;
    sealedBox: Pick<SealedBox, "seal" | "sealBytes">;
    now: () => Date;
  },
  wanted: { organisationId: string; accountId: string; content: LicenceContent },
): Promise<Licence> {
  const { organisationId, accountId } = wanted;
  const { number, evidence, ...content } = wanted.content;
  const { professionId } = content;
  const professions = await needs.eligibility.listProfessions(organisationId);
  if (!professions.some(({ id }) => id === professionId)) throw new ToolError("not-found");
  const id = newId();
  const licence: Licence = {
    ...{ id, organisationId, accountId, ...content },
    sealedNumber: needs.sealedBox.seal(number, licencePurpose({ id })),
    ...{ state: "submitted", submittedAt: needs.now() },
    ...{ decidedBy: undefined, decidedAt: undefined, reason: undefined },
    evidenceFile: evidence && { type: evidence.type, sizeBytes: evidence.bytes.length },
  };
  // Before the licence, which never lacks it. Left alone by a crash, it goes with the account.
  if (evidence !== undefined) {
    const sealed = needs.sealedBox.sealBytes(evidence.bytes, licencePurpose(licence));
    await needs.licenceFiles.add(licence, sealed);
  }
  await needs.eligibility.addLicence(licence);
  await needs.eligibility.setStatus({
    ...{ organisationId, accountId, professionId, status: "practitioner" },
    saidAt: licence.submittedAt,
  });
  return licence;
}
