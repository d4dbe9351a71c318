import { type Connection, Schema } from "mongoose";
import {
  addOnce,
  containing,
  type ListQuery,
  type PageOf,
  readPage,
  type Stored,
  toDocument,
  toRecord,
} from "../stored-record.js";
import type { Course } from "./course.js";

const schema = new Schema<Stored<Course>>(
  {
    _id: { type: String, required: true },
    organisationId: { type: String, required: true },
    code: { type: String, required: true },
    title: { type: String, required: true },
    contactHours: { type: Number, required: true },
    subject: { type: String, required: true },
    version: { type: String, required: true },
    earlierEditionId: String,
    createdAt: { type: Date, required: true },
  },
  { versionKey: false, strict: "throw", collection: "courses" },
);
schema.index({ organisationId: 1, code: 1 }, { unique: true });

export type CourseStore = ReturnType<typeof createCourseStore>;

/** The organisation's courses. A code names one course only (unique index). */
export function createCourseStore(connection: Connection) {
  const model = connection.model<Stored<Course>>("Course", schema);
  return {
    /** 'already-there' when the organisation has a course of that code. */
    async addOnce(course: Course): Promise<"added" | "already-there"> {
      return await addOnce(async () => await model.create(toDocument(course)));
    },

    /** Replaces a course; 'code-taken' when another one has the new code. */
    async change(course: Course): Promise<"changed" | "code-taken"> {
      const { id, organisationId } = course;
      const outcome = await addOnce(
        async () => await model.replaceOne({ organisationId, _id: id }, toDocument(course)),
      );
      return outcome === "added" ? "changed" : "code-taken";
    },

    async findById(organisationId: string, id: string): Promise<Course | undefined> {
      const document = await model.findOne({ organisationId, _id: id }).lean();
      return document === null ? undefined : toRecord<Course>(document);
    },

    async findByCode(organisationId: string, code: string): Promise<Course | undefined> {
      const document = await model.findOne({ organisationId, code }).lean();
      return document === null ? undefined : toRecord<Course>(document);
    },

    /** In no particular order; ids that are not there are left out. */
    async listByIds(organisationId: string, ids: string[]): Promise<Course[]> {
      const documents = await model.find({ organisationId, _id: { $in: ids } }).lean();
      return documents.map((document) => toRecord<Course>(document));
    },

    /** By code; `search` looks in code, title and subject. */
    async list(organisationId: string, query: ListQuery): Promise<PageOf<Course>> {
      const pattern = containing(query.search);
      const filter = {
        organisationId,
        ...(query.search === ""
          ? {}
          : { $or: [{ code: pattern }, { title: pattern }, { subject: pattern }] }),
      };
      const total = await model.countDocuments(filter);
      return await readPage(query, total, async (skip, limit) => {
        const documents = await model.find(filter).sort({ code: 1 }).skip(skip).limit(limit).lean();
        return documents.map((document) => toRecord<Course>(document));
      });
    },

    /** Every course by code, for choosing from. */
    async listAll(organisationId: string): Promise<Course[]> {
      const documents = await model.find({ organisationId }).sort({ code: 1 }).lean();
      return documents.map((document) => toRecord<Course>(document));
    },
  };
}
