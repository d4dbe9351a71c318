import type { ExamStore } from "../courses/exam-store.js";
import { ToolError } from "../errors.js";
import type { TrackStore } from "./track-store.js";

export type ProjectRemoval =
  | { kind: "removed" }
  /** A course's exam stays with the course. */
  | { kind: "not-a-project" }
  | { kind: "in-use"; trackNames: string[] };

/**
 * Removes a project or an activity that no track asks for.
 * @throws ToolError not-found
 */
export async function removeProject(
  needs: {
    exams: Pick<ExamStore, "findById" | "remove">;
    tracks: Pick<TrackStore, "listMentioning">;
  },
  wanted: { organisationId: string; id: string },
): Promise<ProjectRemoval> {
  const { organisationId, id } = wanted;
  const exam = await needs.exams.findById(organisationId, id);
  if (exam === undefined) throw new ToolError("not-found");
  if (exam.kind === "exam") return { kind: "not-a-project" };
  const using = await needs.tracks.listMentioning(organisationId, [id]);
  if (using.length > 0) return { kind: "in-use", trackNames: using.map(({ name }) => name) };
  await needs.exams.remove(organisationId, id);
  return { kind: "removed" };
}
