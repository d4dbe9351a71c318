import type { Connection } from "mongoose";
import { createCourseStore } from "../courses/course-store.js";
import { createExamStore } from "../courses/exam-store.js";
import { createEligibilityStore } from "../eligibility/eligibility-store.js";
import { createLicenceFileStore } from "../eligibility/licence-file-store.js";
import { createEquivalencyStore } from "../equivalencies/equivalency-store.js";
import { type Catalogue, readCatalogue } from "../progress/read-catalogue.js";
import { createShortMemory, forgettingOnWrites } from "../short-memory.js";
import { createTrackMoveStore } from "../tracks/track-move-store.js";
import { createTrackStore } from "../tracks/track-store.js";
import { createTrackVersionStore } from "../tracks/track-version-store.js";

const memory = () => createShortMemory<Catalogue>({ lifetimeMs: 5000, atMost: 200 });

/**
 * What can be earned and by what: the stores behind a catalogue, and what this process remembers
 * of it for a few seconds. It forgets with every write of its own.
 */
export function createCatalogueParts(connection: Connection) {
  const [forPages, forEvaluation] = [memory(), memory()];
  const all = {
    clear: () => {
      forPages.clear();
      forEvaluation.clear();
    },
  };
  const stores = {
    courses: forgettingOnWrites(createCourseStore(connection), all),
    exams: forgettingOnWrites(createExamStore(connection), all),
    tracks: forgettingOnWrites(createTrackStore(connection), all),
    trackVersions: forgettingOnWrites(createTrackVersionStore(connection), all),
    equivalencies: forgettingOnWrites(createEquivalencyStore(connection), all),
    trackMoves: createTrackMoveStore(connection),
    licenceFiles: createLicenceFileStore(connection),
    eligibility: forgettingOnWrites(createEligibilityStore(connection), all),
  };
  return {
    ...stores,
    /** See `EvaluationNeeds`. */
    catalogues: forEvaluation,
    /** Every track in force, for pages. */
    recallCatalogue: async (organisationId: string): Promise<Catalogue> => {
      const read = async () => await readCatalogue(stores, { organisationId });
      return (await forPages.get(organisationId, read)) ?? (await read());
    },
  };
}
