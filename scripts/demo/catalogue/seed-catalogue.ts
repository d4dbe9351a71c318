import type { ActivityContent } from "../../../src/activities/save-activity.js";
import { defineCourse } from "../../../src/courses/define-course.js";
import { addProject, writeQuestions } from "../../../src/courses/define-exam.js";
import type { CourseStore } from "../../../src/courses/course-store.js";
import type { Exam } from "../../../src/courses/exam.js";
import type { ExamStore } from "../../../src/courses/exam-store.js";
import type { EligibilityStore } from "../../../src/eligibility/eligibility-store.js";
import { newId } from "../../../src/stored-record.js";
import type { Requirement } from "../../../src/tracks/requirement.js";
import type { TrackStore } from "../../../src/tracks/track-store.js";
import type { TrackVersionStore } from "../../../src/tracks/track-version-store.js";
import { writeTrack } from "../../../src/tracks/write-track.js";
import type { Catalogue, CatalogueCourse, CatalogueStep, CatalogueTrack } from "./catalogue.js";

type Needs = {
  courses: Pick<CourseStore, "addOnce" | "findByCode" | "findById" | "listByIds">;
  exams: Pick<ExamStore, "add" | "remove" | "change" | "findById" | "listByIds" | "listByCourses">;
  tracks: Pick<TrackStore, "add" | "saveDraft" | "list" | "listInForce">;
  trackVersions: Pick<TrackVersionStore, "listEditions">;
  eligibility: Pick<EligibilityStore, "addProfession" | "listProfessions">;
  saveActivity: (wanted: {
    organisationId: string;
    courseId: string;
    examId: undefined;
    content: ActivityContent;
  }) => Promise<{ kind: "saved"; exam: Exam } | { kind: "faulty" }>;
  publishTrack: (wanted: {
    organisationId: string;
    trackId: string;
    publishedBy: string;
  }) => Promise<{ kind: string }>;
  now: () => Date;
};

type SeededCourse = {
  courseId: string;
  code: string;
  title: string;
  examId: string;
  projects: { examId: string; title: string }[];
  activities: { examId: string; title: string }[];
};

export type SeededCatalogue = {
  courses: SeededCourse[];
  tracks: { trackId: string; name: string }[];
};

/** What a step may name. */
type Seeded = SeededCatalogue & { professions: { id: string; name: string }[] };

/** Our own catalogues are free of faults; should an edit break one, this says where. */
function expectKind<T extends { kind: string }, K extends T["kind"]>(
  outcome: T,
  kind: K,
  what: string,
): Extract<T, { kind: K }> {
  if (outcome.kind !== kind) throw new Error(`${what}: ${JSON.stringify(outcome)}`);
  return outcome as Extract<T, { kind: K }>;
}

async function seedExam(
  needs: Needs,
  organisationId: string,
  wanted: CatalogueCourse,
): Promise<Exam> {
  const { code, title, contactHours, subject, version, exam } = wanted;
  const known = await needs.courses.findByCode(organisationId, code);
  if (known !== undefined) {
    const [first] = await needs.exams.listByCourses(organisationId, [known.id]);
    if (first === undefined) throw new Error(`Course ${code} has no exam`);
    return first;
  }
  const defined = await defineCourse(needs, {
    organisationId,
    course: { code, title, contactHours, subject, version },
    exam: {
      examTitle: exam.title,
      passMarkPercent: exam.passMarkPercent,
      attemptsAllowed: exam.attemptsAllowed,
      gradeSource: "hosted",
      scoreMaximum: 100,
    },
  });
  return expectKind(defined, "defined", code).exam;
}

async function seedCourse(
  needs: Needs,
  organisationId: string,
  wanted: CatalogueCourse,
): Promise<SeededCourse> {
  const exam = await seedExam(needs, organisationId, wanted);
  const { code, title } = wanted;
  const { id: examId, courseId } = exam;
  if (exam.gradeSource === "hosted" && exam.questions.length === 0) {
    const { questions } = wanted.exam;
    const saved = await writeQuestions(needs, { organisationId, id: examId, questions });
    expectKind(saved, "saved", `questions of ${code}`);
  }
  const there = await needs.exams.listByCourses(organisationId, [courseId]);
  const projects: SeededCourse["projects"] = [];
  for (const project of wanted.projects) {
    const known = there.find((one) => one.kind === "project" && one.title === project.title);
    const { title: examTitle, passMarkPercent, scoreMaximum } = project;
    const settings = { examTitle, passMarkPercent, scoreMaximum };
    const added =
      known ??
      expectKind(
        await addProject(needs, { organisationId, courseId, project: settings }),
        "saved",
        `project of ${code}`,
      ).exam;
    projects.push({ examId: added.id, title: added.title });
  }
  const activities: SeededCourse["activities"] = [];
  for (const content of wanted.activities) {
    const known = there.find((one) => one.kind === "activity" && one.title === content.title);
    const added =
      known ??
      expectKind(
        await needs.saveActivity({
          ...{ organisationId, courseId, examId: undefined },
          content: { ...content, assessorIds: [] },
        }),
        "saved",
        `activity of ${code}`,
      ).exam;
    activities.push({ examId: added.id, title: added.title });
  }
  return { courseId, code, title, examId, projects, activities };
}

/** @param beside title of a project or activity; undefined for the course's exam itself */
function findExamId(courses: SeededCourse[], code: string, beside: string | undefined): string {
  const course = courses.find((one) => one.code === code);
  const examId =
    beside === undefined
      ? course?.examId
      : [...(course?.projects ?? []), ...(course?.activities ?? [])].find(
          ({ title }) => title === beside,
        )?.examId;
  if (examId === undefined) throw new Error(`No exam ${code} ${beside ?? ""}`);
  return examId;
}

function findNamed<T extends { name: string }>(named: readonly T[], name: string): T {
  const found = named.find((one) => one.name === name);
  if (found === undefined) throw new Error(`There is no ${name} before it is asked for`);
  return found;
}

/** A catalogue's steps as a tree; ids tell the way from the root, e.g. `s-2-1`. */
function toRequirement(step: CatalogueStep, seeded: Seeded, id = "s"): Requirement {
  const { courses } = seeded;
  const below = (steps: CatalogueStep[]): Requirement[] =>
    steps.map((one, index) => toRequirement(one, seeded, `${id}-${index + 1}`));
  if ("allOf" in step) return { id, kind: "all-of", of: below(step.allOf) };
  if ("inOrder" in step) return { id, kind: "in-order", of: below(step.inOrder) };
  if ("atLeast" in step) {
    return { id, kind: "at-least", count: step.atLeast, of: below(step.of) };
  }
  if ("awardOf" in step) {
    const { trackId } = findNamed(seeded.tracks, step.awardOf);
    return { id, kind: "micro-credential-held", trackId };
  }
  if ("licenceIn" in step) {
    const { id: professionId } = findNamed(seeded.professions, step.licenceIn);
    return { id, kind: "eligibility", professionId, asks: "licence" };
  }
  if ("activityOf" in step) {
    const activityId = findExamId(courses, step.activityOf, step.title);
    return { id, kind: "activity-completed", examId: activityId };
  }
  const examId =
    "examOf" in step
      ? findExamId(courses, step.examOf, undefined)
      : findExamId(courses, step.projectOf, step.title);
  return { id, kind: "exam-passed", examId };
}

async function seedTrack(
  needs: Needs,
  about: { organisationId: string; publishedBy: string; seeded: Seeded },
  wanted: CatalogueTrack,
): Promise<{ trackId: string; name: string }> {
  const { organisationId, publishedBy, seeded } = about;
  const { requires, ...plain } = wanted;
  const { name } = plain;
  const search = { search: name, page: 1, pageSize: 50 };
  const { items } = await needs.tracks.list(organisationId, search);
  const known = items.find((track) => track.name === name);
  if (known !== undefined && known.publishedVersion > 0) return { trackId: known.id, name };
  const content = { ...plain, requirement: toRequirement(requires, seeded) };
  const saved = await writeTrack(needs, { organisationId, trackId: known?.id, content });
  const { id: trackId } = expectKind(saved, "saved", name).track;
  const published = await needs.publishTrack({ organisationId, trackId, publishedBy });
  expectKind(published, "published", name);
  return { trackId, name };
}

/**
 * Puts a catalogue into an organisation: courses with exams, questions and projects, and the
 * published tracks. What is there already stays as it is, so that it may be repeated and
 * interrupted anywhere.
 * @param about `publishedBy` is the account that publishes the tracks
 */
export async function seedCatalogue(
  needs: Needs,
  about: { organisationId: string; publishedBy: string },
  catalogue: Pick<Catalogue, "professions" | "courses" | "tracks">,
): Promise<SeededCatalogue> {
  const { organisationId } = about;
  for (const name of catalogue.professions) {
    await needs.eligibility.addProfession({
      ...{ id: newId(), organisationId, name, createdAt: needs.now() },
    });
  }
  const professions = await needs.eligibility.listProfessions(organisationId);
  const courses: SeededCourse[] = [];
  for (const course of catalogue.courses) {
    courses.push(await seedCourse(needs, organisationId, course));
  }
  const tracks: SeededCatalogue["tracks"] = [];
  for (const track of catalogue.tracks) {
    const seeded = { courses, tracks, professions };
    tracks.push(await seedTrack(needs, { ...about, seeded }, track));
  }
  return { courses, tracks };
}
