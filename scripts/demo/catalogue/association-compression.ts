import {
  type CatalogueCourse,
  type CatalogueTrack,
  choose,
  chooseAll,
  hostedCourse,
  reckon,
} from "./catalogue.js";

const subject = "Compression";
const exam = { passMarkPercent: 70, attemptsAllowed: 3 };

export const compressionCourses: CatalogueCourse[] = [
  hostedCourse({ code: "LY-211", title: "Compression Bandaging", contactHours: 3, subject }, exam, [
    choose(
      "Which bandages press firmly while the muscles work and only lightly at rest?",
      ["Short-stretch bandages", "Long-stretch bandages", "Crêpe bandages", "Tubular gauze"],
      1,
    ),
    choose(
      "By Laplace's law, what happens to the pressure under a bandage when the radius of the limb doubles and the tension stays the same?",
      ["It halves", "It doubles", "It stays the same", "It falls to a quarter"],
      0,
    ),
    chooseAll("What do you check before you bandage a leg?", [
      "+ The arterial supply",
      "+ The skin",
      "- The length of the arms",
      "+ Whether heart failure is known",
    ]),
    reckon(
      "A bandage 10 cm wide overlaps by half at every turn. How many centimetres of the leg does each further turn cover?",
      5,
    ),
  ]),
  hostedCourse(
    {
      code: "LY-212",
      title: "Compression Garments: Measuring and Fitting",
      contactHours: 3,
      subject,
    },
    exam,
    [
      choose(
        "When is a flat-knitted garment usually the better choice?",
        [
          "When the limb is irregular in shape or has deep folds",
          "When the limb is slim and even",
          "When the garment is worn for one day only",
          "When the wearer prefers a bright colour",
        ],
        2,
      ),
      choose(
        "When is a limb best measured for a garment?",
        [
          "After decongestion, once its volume is stable",
          "At the first visit, whatever its size",
          "In the evening of a hot day",
          "Directly after a long flight",
        ],
        0,
      ),
      reckon(
        "The pressure at the ankle is 120 mmHg and at the arm 150 mmHg. What is the ankle-brachial index?",
        0.8,
        0.01,
      ),
      chooseAll("What tells you that a garment should be replaced?", [
        "+ It slides down",
        "+ It has been worn every day for half a year",
        "- It has been washed once",
        "+ The limb has changed its size",
      ]),
    ],
  ),
  hostedCourse(
    {
      code: "LY-213",
      title: "Adjustable Wraps and Self-Management",
      contactHours: 3,
      subject,
    },
    exam,
    [
      choose(
        "What is the main gain of an adjustable wrap?",
        [
          "The wearer can put it on and tighten it again alone",
          "It never has to be washed",
          "It needs no measuring",
          "It works only while lying down",
        ],
        1,
      ),
      chooseAll("What belongs in a plan for self-management?", [
        "+ Daily care of the skin",
        "+ Movement with compression on",
        "+ Whom to call when the limb changes suddenly",
        "- Leaving compression off as soon as a day was good",
      ]),
      reckon(
        "A patient wears her wrap from half past seven in the morning until eight in the evening. For how many hours is that?",
        12.5,
        0.01,
      ),
    ],
  ),
];

export const compressionTrack: CatalogueTrack = {
  name: "Compression Therapy",
  description:
    "Chooses, applies and explains compression: bandages in the intensive phase, garments and wraps for every day.",
  criteriaNarrative:
    "Three courses on bandaging, garments and wraps, each completed and its exam passed. The holder has shown that they can choose compression for a limb and a person, check beforehand that it is safe, and teach its use.",
  subject,
  contactHours: 9,
  developmentPoints: 9,
  badge: { shape: "hexagon", colour: "#1d5b8f", initials: "CT" },
  competencies: [
    {
      name: "Safe choice of compression",
      description: "Weighs arterial supply, skin, heart and daily life before compressing a limb.",
      frameworkName: "Lymphology Practice Framework",
      frameworkUrl: "https://framework.lymphology.example/competencies/compression-choice",
    },
    {
      name: "Bandaging and fitting",
      description: "Applies multi-layer bandages and measures for garments and wraps.",
      frameworkName: "Lymphology Practice Framework",
      frameworkUrl: "https://framework.lymphology.example/competencies/compression-fitting",
    },
  ],
  requires: { allOf: [{ examOf: "LY-211" }, { examOf: "LY-212" }, { examOf: "LY-213" }] },
};
