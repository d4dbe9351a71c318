import type { EligibilityStore } from "../eligibility/eligibility-store.js";
import { evidenceName } from "../eligibility/evidence.js";
import type { Licence } from "../eligibility/licence.js";
import { createUniqueNames, safeFileName } from "../web/file-name.js";
import type { ArchivedFile } from "../web/send-archive.js";
import { archivedLicence, type Contents, type Owner } from "./archive-index.js";

export type LicenceFileNeeds = {
  eligibility: Pick<EligibilityStore, "listForAccounts" | "listProfessions">;
  openEvidence: (licence: Licence) => Promise<Buffer | undefined>;
  openLicenceNumber: (licence: Licence) => string;
};

/** The licences that a learner handed in, each with the file that proves it. */
export async function* licenceFiles(
  needs: LicenceFileNeeds,
  { index, add }: Contents,
  { organisationId, learnerIds }: Owner,
): AsyncGenerator<ArchivedFile, void> {
  const { licences } = await needs.eligibility.listForAccounts(organisationId, [...learnerIds]);
  if (licences.length === 0) return;
  const professions = await needs.eligibility.listProfessions(organisationId);
  const names = new Map(professions.map(({ id, name }) => [id, name]));
  const unique = createUniqueNames();
  for (const licence of licences) {
    const profession = names.get(licence.professionId) ?? "Licence";
    const number = needs.openLicenceNumber(licence);
    const listed = archivedLicence(licence, { profession, number });
    index.licences.push(listed);
    const bytes = await needs.openEvidence(licence);
    if (licence.evidenceFile === undefined || bytes === undefined) continue;
    const folder = `licences/${unique(safeFileName(profession, "Licence"))}`;
    const file = add(`${folder}/${evidenceName(licence.evidenceFile)}`, bytes);
    listed.files.push({ path: file.path, label: "The file that was handed in" });
    yield file;
  }
}
