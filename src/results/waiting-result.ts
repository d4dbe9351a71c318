import type { ExamFact } from "../progress/exam-fact.js";

/** A result whose exam nobody has named yet; counted once an administrator says which it is. */
export type WaitingResult = {
  id: string;
  organisationId: string;
  /** What the sender calls the course or exam. */
  examName: string;
  accountId: string;
  sourceKey: string;
  source: "pushed" | "imported";
  sitting: { id: string; revision: number };
  outcome: ExamFact["outcome"];
  occurredAt: Date;
  receivedAt: Date;
};

/** That a name means an exam, as an administrator decided. */
export type ExamBinding = {
  id: string;
  organisationId: string;
  examName: string;
  examId: string;
  decidedBy: string;
  decidedAt: Date;
};

/** What waits under one name. */
export type WaitingName = { examName: string; count: number; firstReceivedAt: Date };
