import type { CatalogueTrack } from "./catalogue.js";

const subject = "Teaching blind and low-vision learners";
const frameworkName = "Standards for Teachers of Blind Learners";
const frameworkUrl = (competency: string): string =>
  `https://standards.northlight.example/teachers/${competency}`;

/** Badges that stand alone: a course's exam and a project that shows the same in practice. */
export const schoolTracks: CatalogueTrack[] = [
  {
    name: "Cerebral Visual Impairment: The Basics",
    description:
      "Understands how vision can fail in the brain while the eyes are well, and what that asks of a classroom.",
    criteriaNarrative:
      "The exam of the course is passed, and the observation of one learner in a classroom is accepted. The observation describes what the learner looks at, what gets in the way, and one change that was tried.",
    subject,
    contactHours: 6,
    developmentPoints: 6,
    badge: { shape: "hexagon", colour: "#6b3fa0", initials: "CVI" },
    competencies: [
      {
        name: "Recognising cerebral visual impairment",
        description: "Describes typical ways of looking and tells them from a lack of will.",
        frameworkName,
        frameworkUrl: frameworkUrl("recognising-cvi"),
      },
      {
        name: "Making a room easier to see",
        description: "Lowers clutter, and chooses colour, movement and distance with care.",
        frameworkName,
        frameworkUrl: frameworkUrl("visual-environment"),
      },
    ],
    requires: {
      allOf: [{ examOf: "CVI-101" }, { projectOf: "CVI-101", title: "Classroom observation" }],
    },
  },
  {
    name: "Low Vision Basics",
    description: "Helps learners to use the sight they have: with light, contrast, size and place.",
    criteriaNarrative:
      "The exam of the course is passed, and one lesson adapted for a learner with low vision is accepted. The lesson comes with the material before and after, and the reasons for each change.",
    subject,
    contactHours: 5,
    developmentPoints: 5,
    badge: { shape: "circle", colour: "#f2b632", initials: "LV" },
    competencies: [
      {
        name: "Using remaining sight",
        description: "Chooses lighting, contrast and magnification that fit the learner.",
        frameworkName,
        frameworkUrl: frameworkUrl("functional-vision"),
      },
      {
        name: "Adapting material",
        description: "Prepares lessons that can be read without strain.",
        frameworkName,
        frameworkUrl: frameworkUrl("adapted-material"),
      },
    ],
    requires: { allOf: [{ examOf: "LV-101" }, { activityOf: "LV-101", title: "Adapted lesson" }] },
  },
  {
    name: "Orientation & Mobility: First Steps",
    description: "Walks with learners safely and teaches the first ways of finding one's own.",
    criteriaNarrative:
      "The exam of the course is passed, and one of two projects is accepted: a plan for teaching a route, or a guided walk on video.",
    subject,
    contactHours: 6,
    developmentPoints: 6,
    badge: { shape: "shield", colour: "#b3432b", initials: "O&M" },
    competencies: [
      {
        name: "Guiding",
        description: "Guides a person safely through doors, stairs and crowds.",
        frameworkName,
        frameworkUrl: frameworkUrl("guiding"),
      },
      {
        name: "Teaching a route",
        description:
          "Breaks a route into landmarks and practises it until it is the learner's own.",
        frameworkName,
        frameworkUrl: frameworkUrl("routes"),
      },
    ],
    requires: {
      allOf: [
        { examOf: "OM-101" },
        {
          atLeast: 1,
          of: [
            { activityOf: "OM-101", title: "Route lesson plan" },
            { activityOf: "OM-101", title: "Guided walk on video" },
          ],
        },
      ],
    },
  },
  {
    name: "Braille: Reading by Touch",
    description: "Reads uncontracted braille by touch and starts others on it.",
    criteriaNarrative:
      "The exam of the course is passed, and a recording of the holder reading a page of braille aloud, by touch, is accepted.",
    subject,
    contactHours: 8,
    developmentPoints: 8,
    badge: { shape: "hexagon", colour: "#14665f", initials: "⠃⠗" },
    competencies: [
      {
        name: "Reading braille by touch",
        description: "Reads a page of uncontracted braille with both hands.",
        frameworkName,
        frameworkUrl: frameworkUrl("braille-reading"),
      },
    ],
    requires: {
      allOf: [{ examOf: "BR-101" }, { activityOf: "BR-101", title: "Read-aloud recording" }],
    },
  },
];
