import { createAwardStore } from "../../src/awards/award-store.js";
import { createCourseStore } from "../../src/courses/course-store.js";
import { createExamStore } from "../../src/courses/exam-store.js";
import { createOfferingStore } from "../../src/courses/offering-store.js";
import { buildIndexes } from "../../src/database.js";
import { createEligibilityStore } from "../../src/eligibility/eligibility-store.js";
import { createEquivalencyStore } from "../../src/equivalencies/equivalency-store.js";
import { createExamFactStore } from "../../src/progress/exam-fact-store.js";
import { createIssuerStore } from "../../src/issuers/issuer-store.js";
import { createTrackMoveStore } from "../../src/tracks/track-move-store.js";
import { createTrackStore } from "../../src/tracks/track-store.js";
import { createTrackVersionStore } from "../../src/tracks/track-version-store.js";
import { openTestDatabase } from "./test-database.js";

/** The stores that facts become awards in, on a database of their own. */
export async function openCoreStores() {
  const database = await openTestDatabase();
  const { connection } = database;
  const stores = {
    courses: createCourseStore(connection),
    exams: createExamStore(connection),
    offerings: createOfferingStore(connection),
    tracks: createTrackStore(connection),
    trackVersions: createTrackVersionStore(connection),
    facts: createExamFactStore(connection),
    awards: createAwardStore(connection),
    eligibility: createEligibilityStore(connection),
    equivalencies: createEquivalencyStore(connection),
    trackMoves: createTrackMoveStore(connection),
    brands: createIssuerStore(connection),
  };
  await buildIndexes(connection);
  return {
    stores,
    connection,
    close: async () => {
      await database.close();
    },
  };
}
