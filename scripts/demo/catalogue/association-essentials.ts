import {
  type CatalogueCourse,
  choose,
  chooseAll,
  hostedCourse,
  reckon,
  withProjects,
} from "./catalogue.js";

const essential = { passMarkPercent: 75, attemptsAllowed: 3 };

/** What everyone learns first, and the course that brings it all together. */
export const essentialCourses: CatalogueCourse[] = [
  hostedCourse(
    {
      code: "LY-101",
      title: "The Lymphatic System: Form and Function",
      contactHours: 6,
      subject: "Lymphology",
    },
    essential,
    [
      choose(
        "Where does most of the body's lymph return to the blood?",
        [
          "Where the internal jugular and subclavian veins meet",
          "In the portal vein of the liver",
          "In the veins of both kidneys",
          "In the spleen",
        ],
        1,
      ),
      chooseAll("Which of these are tasks of the lymphatic system?", [
        "+ Returning protein and fluid from the tissue to the blood",
        "+ Carrying fat from the gut",
        "- Making insulin",
        "+ Helping the body to begin an immune response",
      ]),
      choose(
        "What chiefly moves lymph along the collectors of a person at rest?",
        [
          "The rhythmic contraction of the vessels themselves",
          "The beating of the heart, directly",
          "Gravity alone",
          "The pressure of the air",
        ],
        0,
      ),
      reckon(
        "A collector contracts 6 times a minute. How often does it contract in a quarter of an hour?",
        90,
      ),
    ],
  ),
  hostedCourse(
    {
      code: "LY-102",
      title: "Recognising and Staging Lymphoedema",
      contactHours: 5,
      subject: "Lymphology",
    },
    essential,
    [
      choose(
        "A leg swells towards evening, pits when it is pressed and is slim again after a night's rest. Which stage of the International Society of Lymphology fits best?",
        ["Stage I", "Stage 0", "Stage II", "Stage III"],
        1,
      ),
      choose(
        "What does Stemmer's sign tell you?",
        [
          "Whether a fold of skin can be lifted at the base of the second toe",
          "Whether a pulse can be felt at the ankle",
          "Whether the calf hurts when the foot is bent upwards",
          "Whether a nail turns pink again after pressure",
        ],
        2,
      ),
      reckon(
        "The swollen arm measures 2750 ml and the other one 2500 ml. By how many per cent is the swollen arm larger?",
        10,
        0.1,
      ),
      chooseAll("Which findings call for a doctor before treatment goes on?", [
        "+ Sudden swelling of one leg with pain in the calf",
        "+ A hot, spreading redness with fever",
        "- A faint mark left by the edge of a stocking",
        "+ Swelling together with breathlessness when lying flat",
      ]),
    ],
  ),
  hostedCourse(
    {
      code: "LY-103",
      title: "Skin, Infection and Safe Practice",
      contactHours: 4,
      subject: "Safety",
    },
    essential,
    [
      choose(
        "Which daily habit does most to keep infection out of a swollen leg?",
        [
          "Keeping the skin clean, supple and unbroken",
          "Bathing it in very hot water",
          "Rubbing it with spirit",
          "Keeping it covered and not looking at it",
        ],
        3,
      ),
      chooseAll("Which are typical signs of cellulitis?", [
        "+ Spreading redness",
        "+ Warmth",
        "+ Fever or shivering",
        "- Pale, cool skin",
      ]),
      choose(
        "Between two sessions a patient gets a fever and a red, painful arm. What happens to the treatment?",
        [
          "It pauses, and the patient sees a doctor the same day",
          "It goes on with lighter pressure",
          "It goes on twice a day",
          "It moves to the other arm",
        ],
        0,
      ),
      reckon(
        "A patient uses 30 ml of lotion a day. For how many days does a bottle of 450 ml last?",
        15,
      ),
    ],
  ),
  withProjects(
    hostedCourse(
      {
        code: "LY-301",
        title: "Integration: One Patient, Many Decisions",
        contactHours: 8,
        subject: "Integration",
      },
      { passMarkPercent: 80, attemptsAllowed: 2 },
      [
        choose(
          "A woman of 68 has had a soft, pitting swelling of her whole arm for three months, seven years after breast surgery. What comes first?",
          [
            "Having a return of the cancer and a clot ruled out",
            "Measuring her for a sleeve",
            "Beginning daily drainage",
            "Advising her to rest the arm",
          ],
          2,
        ),
        chooseAll("Both have been ruled out and intensive treatment begins. What belongs to it?", [
          "+ Skin care",
          "+ Compression",
          "+ Movement",
          "- Water tablets for the swelling alone",
          "+ Teaching her to care for the arm herself",
        ]),
        reckon(
          "Her arm measured 3200 ml at the start and 2720 ml after two weeks. By how many per cent has its volume fallen?",
          15,
          0.1,
        ),
        choose(
          "The volume has not changed for four days. What now?",
          [
            "Measuring for a garment and passing to self-management with a date to meet again",
            "Doubling the pressure of the bandage",
            "Stopping compression, as the aim is reached",
            "Beginning the intensive phase again",
          ],
          1,
        ),
        choose(
          "She wants to go back to rowing. What do you advise?",
          [
            "Building up step by step, with compression, and watching how the arm answers",
            "Never lifting anything again",
            "Rowing at full strength from the first day",
            "Rowing only without a garment",
          ],
          3,
        ),
      ],
    ),
    { title: "Case report", passMarkPercent: 70, scoreMaximum: 100 },
  ),
];
