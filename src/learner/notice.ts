import type { Notice } from "../web/page.js";

/** What a learner is told of at the next launch. More kinds come with holds and decisions. */
type NoticeSubject =
  { kind: "awarded"; trackName: string } | { kind: "name-approved" } | { kind: "name-declined" };

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
        text: `Congratulations: you earned the micro-credential “${subject.trackName}”.`,
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
