export { startPracticeLms } from "./start-practice-lms.js";
export type { GradeArgs, PracticeLms, PracticeLmsOptions } from "./start-practice-lms.js";
export type { PracticeFaults, SigningFault } from "./faults.js";
export type {
  EnrolmentRole,
  GradebookRow,
  LaunchMessageType,
  LaunchPlacement,
  Mood,
  NewPracticeLink,
  PersonKind,
  PracticeCourse,
  PracticeLink,
  PracticePerson,
  PracticeTool,
} from "./model.js";
export type { RegistrationStart } from "./registration.js";
export type { LaunchArgs, LoginInitiation } from "./start-launch.js";
export { alliedHealthCourses, seedCourses, seedPeople, visionSchoolCourses } from "./seed.js";
