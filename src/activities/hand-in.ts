import type { Offering } from "../courses/offering.js";
import { type Faults, hasFaults } from "../courses/faults.js";
import type { Exam } from "../courses/exam.js";
import { newId } from "../stored-record.js";
import type { Activity } from "./activity.js";
import { mayHandIn, readLink, type Submission, workLimits } from "./submission.js";
import type { SubmissionStore } from "./submission-store.js";

/** What the form brought. */
export type HandedIn = { text: string; link: string; files: { name: string; bytes: Buffer }[] };

export type HandInResult =
  | { kind: "handed-in"; submission: Submission }
  | { kind: "faulty"; faults: Faults }
  /** Earlier work waits already or was accepted; of this nothing is kept. */
  | { kind: "not-now" };

/** Letters, digits and a few marks: a name that every system can save. */
const safeName = (name: string): string =>
  name
    .normalize("NFC")
    .replace(/^.*[/\\]/, "")
    .replace(/[^\p{L}\p{N}._ -]/gu, "_")
    .slice(-120) || "file";

function faultsOfWork(activity: Activity, given: HandedIn): Faults {
  const faults: Faults = {};
  const { text, link, files } = given;
  if (text.length > workLimits.textLength)
    faults["text"] = `Write at most ${workLimits.textLength} characters, or hand in a file.`;
  if (link !== "" && readLink(link) === undefined)
    faults["link"] = "Enter a web address that begins with https:// or http://.";
  if (files.some(({ bytes }) => bytes.length === 0)) faults["files"] = "This file is empty.";
  if (text === "" && link === "" && files.length === 0 && !hasFaults(faults))
    faults[activity.accepts[0] === "file" ? "files" : (activity.accepts[0] ?? "text")] =
      "Add your work first.";
  return faults;
}

/** Keeps a learner's work for the assessor. Files first: a submission never lacks one. */
export async function handIn(
  needs: {
    submissions: Pick<SubmissionStore, "addOnce" | "addFile" | "listOwn" | "removeFiles">;
    now: () => Date;
  },
  about: { activity: Activity; exam: Exam; offering: Offering; accountId: string },
  given: HandedIn,
): Promise<HandInResult> {
  const { activity, exam, offering, accountId } = about;
  const { organisationId, id: examId, courseId } = exam;
  const isTaken = (kind: Activity["accepts"][number]) => activity.accepts.includes(kind);
  const work: HandedIn = {
    text: isTaken("text") ? given.text : "",
    link: isTaken("link") ? given.link : "",
    files: isTaken("file") ? given.files : [],
  };
  const faults = faultsOfWork(activity, work);
  if (hasFaults(faults)) return { kind: "faulty", faults };
  const own = await needs.submissions.listOwn({ organisationId, examId, accountId });
  if (activity.accepts.length === 0 || !mayHandIn(own)) return { kind: "not-now" };
  const id = newId();
  const files = work.files.map(({ name, bytes }) => ({ id: newId(), name: safeName(name), bytes }));
  for (const file of files)
    await needs.submissions.addFile({ ...file, organisationId, accountId, submissionId: id });
  const submission: Submission = {
    ...{ id, organisationId, examId, courseId, accountId, offeringId: offering.id },
    number: own.length + 1,
    work: {
      text: work.text,
      link: work.link === "" ? undefined : readLink(work.link),
      files: files.map(({ id: fileId, name, bytes }) => ({
        ...{ id: fileId, name, sizeBytes: bytes.length },
      })),
    },
    ...{ submittedAt: needs.now(), state: "waiting", assessments: [] },
  };
  if ((await needs.submissions.addOnce(submission)) === "added")
    return { kind: "handed-in", submission };
  await needs.submissions.removeFiles(
    organisationId,
    files.map((file) => file.id),
  );
  return { kind: "not-now" };
}
