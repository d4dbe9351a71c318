import type { Course } from "../courses/course.js";
import type { Exam } from "../courses/exam.js";
import type { PushKey } from "../results/push-key.js";
import type { ExamBinding, WaitingName } from "../results/waiting-result.js";
import { dayOf, momentOf } from "./moments.js";

type Catalogue = { courses: readonly Course[]; exams: readonly Exam[] };

const examLabel = (exam: Exam, { courses }: Catalogue): string => {
  const course = courses.find(({ id }) => id === exam.courseId);
  return course === undefined ? exam.title : `${course.code} ${course.title}: ${exam.title}`;
};

/** What the panel shows of results from elsewhere. */
export const resultPage = (about: {
  keys: readonly PushKey[];
  waiting: readonly WaitingName[];
  bindings: readonly ExamBinding[];
  catalogue: Catalogue;
}) => ({
  keys: about.keys.map((key) => ({
    id: key.id,
    sender: key.sender,
    made: dayOf(key.createdAt),
    revoked: key.revokedAt && dayOf(key.revokedAt),
  })),
  waiting: about.waiting.map(({ examName, count, firstReceivedAt }) => ({
    ...{ examName, count },
    since: momentOf(firstReceivedAt),
  })),
  bindings: about.bindings.flatMap(({ examName, examId }) => {
    const exam = about.catalogue.exams.find(({ id }) => id === examId);
    return exam === undefined ? [] : [{ examName, exam: examLabel(exam, about.catalogue) }];
  }),
  examOptions: [
    { value: "", label: "Choose an exam" },
    ...about.catalogue.exams.map((exam) => ({
      value: exam.id,
      label: examLabel(exam, about.catalogue),
    })),
  ],
});
