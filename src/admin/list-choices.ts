import type { Course } from "../courses/course.js";
import type { CourseStore } from "../courses/course-store.js";
import type { Exam } from "../courses/exam.js";
import type { ExamStore } from "../courses/exam-store.js";
import type { EligibilityStore } from "../eligibility/eligibility-store.js";
import type { IssuerStore } from "../issuers/issuer-store.js";
import { listIssuers } from "../issuers/read-issuer.js";
import type { OrganisationStore } from "../organisations/organisation-store.js";
import type { Track } from "../tracks/track.js";
import type { TrackStore } from "../tracks/track-store.js";

/** What a track's steps can ask for. */
export type Choices = {
  courses: readonly Course[];
  exams: readonly Exam[];
  /** Those in force. */
  tracks: readonly Pick<Track, "id" | "name">[];
  professions: readonly { id: string; name: string }[];
  /** In whose name a track may be awarded: the organisation itself first. */
  issuers: readonly { id: string; name: string }[];
};

/** Reads everything of an organisation that a track's steps can ask for. */
export type ListChoices = (organisationId: string) => Promise<Choices>;

export const createListChoices =
  (needs: {
    courses: Pick<CourseStore, "listAll">;
    exams: Pick<ExamStore, "listAll">;
    tracks: Pick<TrackStore, "listInForce">;
    eligibility: Pick<EligibilityStore, "listProfessions">;
    organisations: Pick<OrganisationStore, "findById">;
    brands: Pick<IssuerStore, "list">;
  }): ListChoices =>
  async (organisationId) => {
    const [courses, exams, tracks, professions, issuers] = await Promise.all([
      needs.courses.listAll(organisationId),
      needs.exams.listAll(organisationId),
      needs.tracks.listInForce(organisationId),
      needs.eligibility.listProfessions(organisationId),
      listIssuers(needs, organisationId),
    ]);
    return { courses, exams, tracks, professions, issuers };
  };
