import {
  type CatalogueCourse,
  type CatalogueTrack,
  choose,
  chooseAll,
  hostedCourse,
  reckon,
} from "./catalogue.js";

const subject = "Movement and touch";
const exam = { passMarkPercent: 70, attemptsAllowed: 3 };

export const movementCourses: CatalogueCourse[] = [
  hostedCourse(
    { code: "LY-231", title: "Manual Lymph Drainage: Foundations", contactHours: 4, subject },
    exam,
    [
      choose(
        "How firm is the touch?",
        [
          "Light: it stretches the skin and does not press into the muscle",
          "As firm as the patient can bear",
          "Firm enough to redden the skin",
          "Firm enough to reach the bone",
        ],
        2,
      ),
      choose(
        "In which order are the regions of a swollen arm treated?",
        [
          "The regions nearer the trunk first, then the swollen ones",
          "From the fingertips upwards",
          "The most swollen part first",
          "The order makes no difference",
        ],
        0,
      ),
      chooseAll("When must there be no manual lymph drainage?", [
        "+ During acute cellulitis",
        "+ With untreated heart failure",
        "+ With an acute deep vein thrombosis",
        "- When the skin is dry",
      ]),
    ],
  ),
  hostedCourse(
    { code: "LY-232", title: "Exercise and Breathing", contactHours: 3, subject },
    exam,
    [
      choose(
        "What does deep breathing into the belly do for the flow of lymph?",
        [
          "The changing pressure in the chest helps lymph on its way to the veins",
          "It cools the lymph",
          "It closes the lymph vessels",
          "It does nothing",
        ],
        1,
      ),
      choose(
        "Why is compression worn during exercise?",
        [
          "The muscles then work against a firm layer, which moves fluid on",
          "It keeps the muscles from working",
          "It makes exercise shorter",
          "It replaces warming up",
        ],
        3,
      ),
      reckon(
        "A programme begins with 10 minutes a day and grows by 2 minutes every week. How many minutes a day are due in the sixth week?",
        20,
      ),
    ],
  ),
  hostedCourse({ code: "LY-233", title: "Working with Scars", contactHours: 3, subject }, exam, [
    choose(
      "When may work on a surgical scar begin?",
      [
        "Once the wound is closed and the surgeon agrees",
        "On the day of surgery",
        "Only after five years",
        "As soon as the stitches itch",
      ],
      0,
    ),
    chooseAll("What can a scar that sticks to its base cause?", [
      "+ Less movement",
      "+ A barrier to the flow of lymph",
      "- A rise in blood sugar",
      "+ A pulling pain",
    ]),
    choose(
      "How do you treat skin that was irradiated?",
      [
        "More gently, as it is thin and heals slowly",
        "More firmly, as it is thick",
        "With heat before every session",
        "Exactly like other skin",
      ],
      2,
    ),
  ]),
  hostedCourse({ code: "LY-234", title: "Movement in Water", contactHours: 3, subject }, exam, [
    choose(
      "Why does standing in water help swollen legs?",
      [
        "Its pressure grows with depth, so it compresses the legs most of all",
        "It makes the legs lighter, and that is all",
        "It warms the legs",
        "It dries the skin",
      ],
      1,
    ),
    choose(
      "How warm should the water be?",
      [
        "Comfortable, but not above about 33 °C",
        "At least 40 °C",
        "Below 10 °C",
        "The temperature makes no difference",
      ],
      0,
    ),
    reckon(
      "The pressure of water grows by about 0.74 mmHg with every centimetre. How many mmHg is it at a depth of 50 cm?",
      37,
      0.5,
    ),
  ]),
];

export const movementTrack: CatalogueTrack = {
  name: "Movement and Manual Techniques",
  description:
    "Combines gentle touch with movement on land and in water, and knows when to leave either out.",
  criteriaNarrative:
    "The foundations of manual lymph drainage and at least two of the three courses on exercise and breathing, scars, and movement in water, each completed and its exam passed.",
  subject,
  contactHours: 10,
  developmentPoints: 10,
  badge: { shape: "shield", colour: "#1f6b4f", initials: "MM" },
  competencies: [
    {
      name: "Manual lymph drainage",
      description: "Plans and gives a basic treatment, and recognises when there must be none.",
      frameworkName: "Lymphology Practice Framework",
      frameworkUrl: "https://framework.lymphology.example/competencies/manual-drainage",
    },
    {
      name: "Movement as treatment",
      description: "Builds a programme step by step with the person who is to keep it up.",
      frameworkName: "Lymphology Practice Framework",
      frameworkUrl: "https://framework.lymphology.example/competencies/movement",
    },
  ],
  requires: {
    allOf: [
      { examOf: "LY-231" },
      { atLeast: 2, of: [{ examOf: "LY-232" }, { examOf: "LY-233" }, { examOf: "LY-234" }] },
    ],
  },
};
