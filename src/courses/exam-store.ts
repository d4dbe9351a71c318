import { type Connection, Schema } from "mongoose";
import { gatheredReads } from "../gathered-reads.js";
import { type Stored, toDocument, toRecord } from "../stored-record.js";
import type { Course } from "./course.js";
import type { Exam } from "./exam.js";

const schema = new Schema<Stored<Exam>>(
  {
    _id: { type: String, required: true },
    organisationId: { type: String, required: true },
    courseId: { type: String, required: true },
    title: { type: String, required: true },
    kind: { type: String, required: true },
    passMarkPercent: { type: Number, required: true },
    attemptsAllowed: Number,
    gradeSource: { type: String, required: true },
    scoreMaximum: { type: Number, required: true },
    questions: { type: Schema.Types.Mixed, required: true },
    createdAt: { type: Date, required: true },
  },
  { versionKey: false, strict: "throw", collection: "exams" },
);
schema.index({ organisationId: 1, courseId: 1, createdAt: 1 });
schema.index({ courseId: 1 });

/** A course with what `$lookup` joins to it. */
type CourseWithExams = Stored<Course> & { exams: Stored<Exam>[] };

const IN_ORDER = { courseId: 1, createdAt: 1, _id: 1 } as const;

export type ExamStore = ReturnType<typeof createExamStore>;

/** The exams and projects of courses, with their questions. */
export function createExamStore(connection: Connection) {
  const model = connection.model<Stored<Exam>>("Exam", schema);

  const read = gatheredReads(connection);

  async function list(match: {
    organisationId: string;
    _id?: { $in: string[] };
    courseId?: { $in: string[] };
  }): Promise<Exam[]> {
    const documents = await read<Stored<Exam>>({ from: "exams", match, sort: IN_ORDER });
    return documents.map((document) => toRecord<Exam>(document));
  }

  return {
    async add(exam: Exam): Promise<void> {
      await model.create(toDocument(exam));
    },

    /** Replaces an exam, questions included. */
    async change(exam: Exam): Promise<void> {
      const { id, organisationId } = exam;
      await model.replaceOne({ organisationId, _id: id }, toDocument(exam));
    },

    async remove(organisationId: string, id: string): Promise<void> {
      await model.deleteOne({ organisationId, _id: id });
    },

    async findById(organisationId: string, id: string): Promise<Exam | undefined> {
      const document = await model.findOne({ organisationId, _id: id }).lean();
      return document === null ? undefined : toRecord<Exam>(document);
    },

    /** Course by course, the oldest (the exam itself) first. Unknown ids are left out. */
    async listByIds(organisationId: string, ids: string[]): Promise<Exam[]> {
      return await list({ organisationId, _id: { $in: ids } });
    },

    /** Course by course, the oldest (the exam itself) first. */
    async listByCourses(organisationId: string, courseIds: string[]): Promise<Exam[]> {
      return await list({ organisationId, courseId: { $in: courseIds } });
    },

    /** The exam itself of the courses that have these codes, by code. */
    async findByCourseCodes(organisationId: string, codes: string[]): Promise<Map<string, Exam>> {
      const courses = await read<CourseWithExams>({
        from: "courses",
        match: { organisationId, code: { $in: codes } },
        join: [
          {
            $lookup: { from: "exams", localField: "_id", foreignField: "courseId", as: "exams" },
          },
        ],
      });
      return new Map(
        courses.flatMap(({ code, exams }): [string, Exam][] => {
          const [exam] = exams
            .filter(({ kind }) => kind === "exam")
            .sort((one, other) => one.createdAt.getTime() - other.createdAt.getTime());
          return exam === undefined ? [] : [[code, toRecord<Exam>(exam)]];
        }),
      );
    },

    /** Every exam and project, for choosing from. */
    async listAll(organisationId: string): Promise<Exam[]> {
      return await list({ organisationId });
    },
  };
}
