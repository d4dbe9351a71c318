import type { CourseStore } from "../courses/course-store.js";
import type { Exam } from "../courses/exam.js";
import type { ExamStore } from "../courses/exam-store.js";
import type { EligibilityStore } from "../eligibility/eligibility-store.js";
import { listPublishedTracks } from "./list-published-tracks.js";
import { examIdsOf, type Requirement, trackIdsOf } from "./requirement.js";
import type { Offered, OfferedExam } from "./requirement-faults.js";
import type { TrackStore } from "./track-store.js";
import type { TrackVersion } from "./track.js";
import type { TrackVersionStore } from "./track-version-store.js";

export type OfferedNeeds = {
  tracks: Pick<TrackStore, "listInForce">;
  trackVersions: Pick<TrackVersionStore, "listEditions">;
  exams: Pick<ExamStore, "listByIds">;
  courses: Pick<CourseStore, "listByIds">;
  eligibility: Pick<EligibilityStore, "listProfessions">;
};

/** The tracks in force that a tree asks the award of, those that they ask for, and so on. */
async function listAskedFor(
  needs: OfferedNeeds,
  organisationId: string,
  requirement: Requirement,
): Promise<Map<string, TrackVersion>> {
  const found = new Map<string, TrackVersion>();
  let ids = trackIdsOf(requirement);
  while (ids.length > 0) {
    const tracks = await listPublishedTracks(needs, { organisationId, trackIds: ids });
    for (const track of tracks) found.set(track.trackId, track);
    ids = tracks.flatMap((track) => trackIdsOf(track.requirement)).filter((id) => !found.has(id));
  }
  return found;
}

/** Reads what a tree asks for, as far as the organisation has it. */
export async function readOffered(
  needs: OfferedNeeds,
  about: { organisationId: string; requirement: Requirement; ownTrackId: string | undefined },
): Promise<Offered & { exams: ReadonlyMap<string, Exam & OfferedExam> }> {
  const { organisationId, requirement, ownTrackId } = about;
  const tracks = await listAskedFor(needs, organisationId, requirement);
  const trees = [requirement, ...[...tracks.values()].map((track) => track.requirement)];
  const exams = await needs.exams.listByIds(organisationId, [...new Set(trees.flatMap(examIdsOf))]);
  const courses = await needs.courses.listByIds(organisationId, [
    ...new Set(exams.map(({ courseId }) => courseId)),
  ]);
  const hours = new Map(courses.map(({ id, contactHours }) => [id, contactHours]));
  return {
    exams: new Map(
      exams.map((exam) => [exam.id, { ...exam, contactHours: hours.get(exam.courseId) ?? 0 }]),
    ),
    tracks,
    professionIds: new Set(
      (await needs.eligibility.listProfessions(organisationId)).map(({ id }) => id),
    ),
    ownTrackId,
  };
}
