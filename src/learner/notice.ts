import { plainDate } from "../progress/plain-words.js";
import type { Notice } from "../web/page.js";

/** What a learner is told of at the next launch. */
type NoticeSubject =
  | { kind: "awarded"; trackName: string }
  | { kind: "award-on-hold"; trackName: string; reason: string; graceEndsAt: Date | undefined }
  | { kind: "award-reinstated"; trackName: string }
  | { kind: "award-revoked"; trackName: string; reason: string }
  | { kind: "name-approved" }
  | { kind: "name-declined" }
  | { kind: "work-accepted" | "work-returned"; title: string };

/** Something to tell one learner once. Unique by (organisation, learner, key). */
export type LearnerNotice = {
  id: string;
  organisationId: string;
  learnerId: string;
  /** Says what it is about, so that it is made once, e.g. `awarded:<award id>`. */
  key: string;
  subject: NoticeSubject;
  createdAt: Date;
};

/** The notice as a page prints it. */
export function noticeText({ subject }: Pick<LearnerNotice, "subject">): Notice {
  switch (subject.kind) {
    case "awarded":
      return {
        kind: "done",
        text: `Congratulations: you earned “${subject.trackName}”.`,
      };
    case "award-on-hold": {
      const { trackName, reason, graceEndsAt } = subject;
      const until =
        graceEndsAt === undefined
          ? "Put it right"
          : `Put it right before ${plainDate(graceEndsAt)}`;
      return {
        kind: "warning",
        text: `“${trackName}” is on hold. ${reason} ${until}, or ask your teacher if you think this is a mistake.`,
      };
    }
    case "award-reinstated":
      return { kind: "done", text: `“${subject.trackName}” counts again: it is yours.` };
    case "award-revoked":
      return {
        kind: "warning",
        text: `“${subject.trackName}” was withdrawn. ${subject.reason} Ask your teacher or the administrator if you think this is a mistake.`,
      };
    case "work-accepted":
      return {
        kind: "done",
        text: `“${subject.title}” was accepted. It counts for everything that asks for it.`,
      };
    case "work-returned":
      return {
        kind: "warning",
        text: `“${subject.title}” came back with a comment. Open it in your course, change what is asked for, and hand it in again.`,
      };
    case "name-approved":
      return { kind: "done", text: "The name on your credentials was approved." };
    case "name-declined":
      return {
        kind: "warning",
        text: "The name you entered for your credentials was not approved. You can enter another.",
      };
  }
}
