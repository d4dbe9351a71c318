/** Where one step of a track stands for one learner, with the reason in a sentence. */
export type Verdict = {
  /** The requirement node's id. */
  nodeId: string;
  kind: "all-of" | "at-least" | "exam-passed";
  state: "met" | "in-progress" | "missing";
  /** One sentence in plain words, the same for learner, instructor and administrator. */
  sentence: string;
  /** Ids of the facts that count. */
  evidence: string[];
  /** exam-passed only */
  exam?: {
    examId: string;
    courseId: string;
    title: string;
    bestPercent: number | undefined;
    passMarkPercent: number;
    passedAt: Date | undefined;
  };
  steps: Verdict[];
};
