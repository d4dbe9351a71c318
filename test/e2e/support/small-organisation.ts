import { choose, hostedCourse, withProjects } from "../../../scripts/demo/catalogue/catalogue.js";
import { seedCatalogue } from "../../../scripts/demo/catalogue/seed-catalogue.js";
import type { Demo } from "../../../scripts/demo/start-demo.js";

export const COURSE = { code: "WALK-101", title: "Reading Pictures Aloud" };
export const LMS_COURSE = COURSE.code.toLowerCase();
export const EXAM = `Exam: ${COURSE.title}`;
export const PROJECT = "A described picture";
export const RIGHT = "What the picture is for";
export const WRONG = "How large the file is";
export const TRACK = "Picture Description";

const question = choose("What does a good description begin with?", [RIGHT, WRONG], 0);

const about = { ...COURSE, contactHours: 2, subject: "Access" };

/** One course with an exam of two attempts and a project, and a track for its exam alone. */
const catalogue = {
  professions: [],
  courses: [
    withProjects(hostedCourse(about, { passMarkPercent: 80, attemptsAllowed: 2 }, [question]), {
      title: PROJECT,
      passMarkPercent: 70,
      scoreMaximum: 10,
    }),
  ],
  tracks: [
    {
      name: TRACK,
      description: "Says in words what a picture shows and why it is there.",
      criteriaNarrative: "The exam of the course is passed.",
      subject: "Access",
      contactHours: 2,
      developmentPoints: undefined,
      badge: { shape: "circle" as const, colour: "#245c8f", initials: "PD" },
      competencies: [
        {
          name: "Describing pictures",
          description: "In two sentences or fewer.",
          frameworkUrl: undefined,
          frameworkName: undefined,
        },
      ],
      requires: { allOf: [{ examOf: COURSE.code }] },
    },
    {
      name: "Picture Description in Practice",
      description: "Has described pictures for real readers.",
      criteriaNarrative: "The exam of the course is passed and the project accepted.",
      subject: "Access",
      contactHours: 2,
      developmentPoints: 2,
      badge: { shape: "shield" as const, colour: "#7a3e12", initials: "PDP" },
      competencies: [],
      requires: {
        allOf: [{ examOf: COURSE.code }, { projectOf: COURSE.code, title: PROJECT }],
      },
    },
  ],
};

/** Teaches the small catalogue in an organisation that has nothing yet. */
export async function teachSmallCourse(demo: Demo, organisationId: string, publishedBy: string) {
  const { parts } = demo;
  return await seedCatalogue(
    { ...parts, publishTrack: parts.journey.publishTrack },
    { organisationId, publishedBy },
    catalogue,
  );
}
