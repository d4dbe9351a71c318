import {
  type CatalogueCourse,
  type CatalogueTrack,
  choose,
  chooseAll,
  hostedCourse,
  reckon,
} from "./catalogue.js";

const subject = "Oncology";
const exam = { passMarkPercent: 70, attemptsAllowed: 3 };

export const oncologyCourses: CatalogueCourse[] = [
  hostedCourse(
    { code: "LY-221", title: "Lymphoedema After Cancer Treatment", contactHours: 4, subject },
    exam,
    [
      chooseAll("What raises the risk of lymphoedema after treatment for cancer?", [
        "+ Removal of lymph nodes",
        "+ Radiotherapy where the nodes are",
        "- Being left-handed",
        "+ A high body weight",
      ]),
      choose(
        "When can the swelling first appear?",
        [
          "From weeks to many years after treatment",
          "Only in the first month",
          "Only while chemotherapy lasts",
          "Never later than one year after surgery",
        ],
        3,
      ),
      choose(
        "What do you tell a patient who asks about exercise after breast surgery?",
        [
          "For most people it is safe and helps, if it is built up step by step",
          "It is forbidden for life",
          "It helps only when it hurts",
          "It replaces compression",
        ],
        0,
      ),
      reckon(
        "A bioimpedance reading was 4 units before surgery and is 11.5 units now. By how many units has it risen?",
        7.5,
        0.01,
      ),
    ],
  ),
  hostedCourse({ code: "LY-222", title: "Breast and Trunk", contactHours: 4, subject }, exam, [
    choose(
      "What usually suits a swelling of the breast and the wall of the chest?",
      [
        "A supporting bra or vest with even pressure and wide straps",
        "A tight band below the breast",
        "A sleeve that ends at the elbow",
        "No support at all",
      ],
      1,
    ),
    chooseAll("Which are signs of cording in the armpit (axillary web syndrome)?", [
      "+ Strands like cords under the skin",
      "+ A shoulder that moves less far",
      "+ Pain when reaching overhead",
      "- Loss of hearing",
    ]),
    choose(
      "A treated breast turns red and hard, and antibiotics change nothing. What do you do?",
      [
        "Send the patient back to the oncology team at once",
        "Wait for the next check-up",
        "Massage the breast more firmly",
        "Change the detergent",
      ],
      2,
    ),
  ]),
  hostedCourse({ code: "LY-223", title: "Head and Neck", contactHours: 4, subject }, exam, [
    choose(
      "Why does swelling inside the throat matter so much?",
      [
        "It can make swallowing, speaking and breathing harder",
        "It can be seen from far away",
        "It always means infection",
        "It cannot be treated",
      ],
      0,
    ),
    choose(
      "When is swelling of the face usually worst?",
      [
        "In the morning, after lying flat",
        "In the late afternoon",
        "After a walk",
        "It is the same all day",
      ],
      3,
    ),
    reckon(
      "A distance measured over the chin fell from 32.0 cm to 30.4 cm. By how many per cent did it fall?",
      5,
      0.1,
    ),
  ]),
  hostedCourse({ code: "LY-224", title: "Pelvis and Legs", contactHours: 4, subject }, exam, [
    chooseAll("After the treatment of which cancers do legs often swell?", [
      "+ Cancers of the womb and its neck",
      "+ Melanoma of the leg, when nodes in the groin were removed",
      "- Melanoma of the hand",
      "+ Prostate cancer, when nodes in the pelvis were removed",
    ]),
    choose(
      "Both legs and the genitals are swollen. What do you watch when you compress the legs?",
      [
        "That fluid is not pushed into the genital area",
        "That the stockings have the same colour",
        "That the patient stands as long as possible",
        "Nothing in particular",
      ],
      1,
    ),
    reckon(
      "A leg measured 9500 ml before treatment and 8930 ml after it. By how many per cent has its volume fallen?",
      6,
      0.1,
    ),
  ]),
];

export const oncologyTrack: CatalogueTrack = {
  name: "Oncology-Related Lymphoedema",
  description:
    "Looks after people whose swelling follows cancer and its treatment, with a focus on one region of the body.",
  criteriaNarrative:
    "The course on lymphoedema after cancer treatment and at least one course on a region of the body (breast and trunk, head and neck, or pelvis and legs), each completed and its exam passed.",
  subject,
  contactHours: 8,
  developmentPoints: 8,
  badge: { shape: "circle", colour: "#7a2e63", initials: "OL" },
  competencies: [
    {
      name: "Watching for warning signs",
      description: "Knows which changes send a patient back to the oncology team, and how soon.",
      frameworkName: "Lymphology Practice Framework",
      frameworkUrl: "https://framework.lymphology.example/competencies/oncology-warning-signs",
    },
    {
      name: "Care fitted to the region",
      description: "Adapts compression, movement and advice to the region that was treated.",
      frameworkName: "Lymphology Practice Framework",
      frameworkUrl: "https://framework.lymphology.example/competencies/oncology-regions",
    },
  ],
  requires: {
    allOf: [
      { examOf: "LY-221" },
      { atLeast: 1, of: [{ examOf: "LY-222" }, { examOf: "LY-223" }, { examOf: "LY-224" }] },
    ],
  },
};
