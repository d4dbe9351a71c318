import type { Exam } from "../courses/exam.js";
import type { Activity, Ratings } from "./activity.js";
import { mayHandIn, type Submission, workLimits } from "./submission.js";

const moment = new Intl.DateTimeFormat("en-GB", {
  dateStyle: "long",
  timeStyle: "short",
  timeZone: "UTC",
});
const momentOf = (at: Date): string => `${moment.format(at)} UTC`;

const megabytes = (bytes: number): string => `${Math.round(bytes / 1024 / 1024)} MB`;

const sizeOf = (bytes: number): string =>
  bytes < 1024 * 1024 ? `${Math.ceil(bytes / 1024)} kB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;

const stateLabels: Record<Submission["state"], string> = {
  waiting: "Waiting for the assessor",
  accepted: "Accepted",
  returned: "Returned to you",
};

/** One submission with what was decided about it, criterion by criterion. */
export const submissionView = (submission: Submission, { rubric }: Pick<Activity, "rubric">) => ({
  id: submission.id,
  number: submission.number,
  state: submission.state,
  stateLabel: stateLabels[submission.state],
  at: momentOf(submission.submittedAt),
  text: submission.work.text,
  link: submission.work.link,
  files: submission.work.files.map(({ id, name, sizeBytes }) => ({
    ...{ id, name, size: sizeOf(sizeBytes) },
  })),
  assessments: submission.assessments.map(({ outcome, comment, decidedAt, ratings }) => ({
    outcome,
    comment,
    at: momentOf(decidedAt),
    ratings: rubric.flatMap(({ id, title, levels }) => {
      const level = levels.find((one) => one.id === ratings[id]);
      return level === undefined ? [] : [{ title, text: level.text, isEnough: level.isEnough }];
    }),
  })),
});

const rubricView = (rubric: Activity["rubric"]) =>
  rubric.map(({ id, title, levels }) => ({ id, title, levels }));

/** What came back is the beginning of what is handed in next. */
const toGoOnFrom = (last: Submission | undefined): { text: string; link: string } =>
  last?.state === "returned"
    ? { text: last.work.text, link: last.work.link ?? "" }
    : { text: "", link: "" };

/** What a learner sees: what is asked, by what it is judged, what they did and may do. */
export const learnerView = (about: {
  exam: Exam;
  activity: Activity;
  submissions: readonly Submission[];
  isTrial: boolean;
}) => {
  const { activity, submissions, isTrial } = about;
  const last = submissions.at(-1);
  return {
    isTrial,
    instructions: activity.instructions,
    rubric: rubricView(activity.rubric),
    state: last?.state ?? ("none" as const),
    given: toGoOnFrom(last),
    mayHandIn: !isTrial && activity.accepts.length > 0 && mayHandIn(submissions),
    isByInstructor: activity.accepts.length === 0,
    accepts: Object.fromEntries(activity.accepts.map((kind) => [kind, true])),
    limits: {
      files: workLimits.files,
      fileSize: megabytes(workLimits.fileBytes),
      text: workLimits.textLength,
    },
    submissions: submissions.map((submission) => submissionView(submission, activity)).reverse(),
  };
};

/** What an assessor sees of one submission. */
export const assessmentView = (about: {
  exam: Exam;
  activity: Activity;
  submission: Submission;
  learnerName: string;
  given: { ratings: Ratings; comment: string };
  faults: Record<string, string>;
}) => ({
  instructions: about.activity.instructions,
  learnerName: about.learnerName,
  submission: submissionView(about.submission, about.activity),
  rubric: rubricView(about.activity.rubric),
  given: about.given,
  faults: about.faults,
});
