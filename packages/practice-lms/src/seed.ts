import type { PracticeCourse, PracticePerson } from "./model.js";

/** The people who can sign in when the caller names none. */
export const seedPeople: PracticePerson[] = [
  {
    id: "amara",
    givenName: "Amara",
    familyName: "Okafor",
    email: "amara.okafor@academy.example",
    kind: "student",
    blurb: "A student in her second year. She earns her first certificates here.",
  },
  {
    id: "jonas",
    givenName: "Jonas",
    familyName: "Lindqvist",
    email: "jonas.lindqvist@clinic.example",
    kind: "practitioner",
    blurb: "A licensed practitioner who keeps his knowledge current beside his work.",
  },
  {
    id: "priya",
    givenName: "Priya",
    familyName: "Raman",
    email: "priya.raman@academy.example",
    kind: "instructor",
    blurb: "She teaches the courses and grades the projects.",
  },
  {
    id: "ruth",
    givenName: "Ruth",
    familyName: "Adeyemi",
    email: "ruth.adeyemi@academy.example",
    kind: "administrator",
    blurb: "She looks after the learning site and the tools connected to it.",
  },
  {
    id: "test-student",
    givenName: "Test",
    familyName: "Student",
    email: "test.student@academy.example",
    kind: "test-user",
    blurb: "The preview account: a learner who is nobody, for trying things out.",
  },
];

const health = "Allied Health Association";
const vision = "School for Teachers of the Blind";

function course(family: string, code: string, title: string): PracticeCourse {
  return { id: code.toLowerCase(), code, title, family, links: [] };
}

/** The courses of an allied-health association: three essentials, three tracks, one integration. */
export const alliedHealthCourses: PracticeCourse[] = [
  course(health, "ESS-101", "Essentials: Ethics and Professional Conduct"),
  course(health, "ESS-102", "Essentials: Safety and Infection Control"),
  course(health, "ESS-103", "Essentials: Communicating with Patients"),
  course(health, "REHAB-201", "Rehabilitation: Movement and Recovery"),
  course(health, "REHAB-202", "Rehabilitation: Assistive Devices"),
  course(health, "IMAGE-201", "Imaging: Radiation Protection"),
  course(health, "IMAGE-202", "Imaging: Reading the Picture"),
  course(health, "LAB-201", "Laboratory: Taking and Handling Samples"),
  course(health, "LAB-202", "Laboratory: Quality and Reporting"),
  course(health, "INT-301", "Integration: One Patient, Many Professions"),
];

/** The courses of a school for teachers of blind and low-vision learners. */
export const visionSchoolCourses: PracticeCourse[] = [
  course(vision, "CVI-101", "Cerebral Visual Impairment: The Basics"),
  course(vision, "CVI-201", "Cerebral Visual Impairment: In the Classroom"),
  course(vision, "BRL-101", "Braille: Reading and Writing"),
  course(vision, "OM-101", "Orientation and Mobility: First Steps"),
];

/** Every course of the practice school when the caller names none. */
export const seedCourses: PracticeCourse[] = [...alliedHealthCourses, ...visionSchoolCourses];
