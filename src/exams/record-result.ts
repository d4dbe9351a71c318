import type { Grade } from "./observation.js";

/**
 * Where results leave this chapter: they become facts, each `sourceKey` once however often it is
 * passed on. Given by the story (`journey`), which comes later.
 */
export type RecordResult = (result: {
  organisationId: string;
  accountId: string;
  courseId: string;
  examId: string;
  offeringId: string;
  sourceKey: string;
  source: "hosted" | "lms-gradebook";
  outcome: Grade;
  passMarkPercent: number;
  /** When the exam was sat or graded, as well as it is known; may lie in the future. */
  occurredAt: Date;
  isTestUser: boolean;
}) => Promise<unknown>;
