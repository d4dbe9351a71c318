import {
  type CatalogueCourse,
  choose,
  chooseAll,
  criterion,
  hostedCourse,
  reckon,
  withActivities,
  withProjects,
} from "./catalogue.js";

const subject = "Teaching blind and low-vision learners";
const exam = { passMarkPercent: 80 };

export const schoolCourses: CatalogueCourse[] = [
  withProjects(
    hostedCourse(
      {
        code: "CVI-101",
        title: "Cerebral Visual Impairment: The Basics",
        contactHours: 6,
        subject,
      },
      exam,
      [
        choose(
          "Where does cerebral visual impairment have its cause?",
          [
            "In the brain's pathways and centres for vision; the eyes may be healthy",
            "In the lens of the eye",
            "In the muscles that move the eyes",
            "In the tear ducts",
          ],
          1,
        ),
        chooseAll("Which ways of looking are typical?", [
          "+ Looking away while reaching for something",
          "+ Turning to one favourite colour",
          "+ Noticing what moves sooner than what stands still",
          "- Seeing equally well in every room and at every hour",
        ]),
        choose(
          "A boy finds his red cup on an empty table but not on a crowded shelf. What does that show?",
          [
            "That many things at once are hard for him to see",
            "That he does not want to find it",
            "That he is blind to red",
            "That he needs stronger glasses",
          ],
          0,
        ),
        reckon(
          "A girl names 9 of 12 objects on a plain cloth and 3 of the 12 on a patterned one. By how many percentage points did she do better on the plain cloth?",
          50,
        ),
        choose(
          "What is a good first change in the classroom?",
          [
            "Clearing the desk and showing one thing at a time",
            "Putting up more pictures",
            "Speaking louder",
            "Moving to a brighter wallpaper",
          ],
          3,
        ),
      ],
    ),
    { title: "Classroom observation", passMarkPercent: 70, scoreMaximum: 20 },
  ),
  withActivities(
    hostedCourse({ code: "LV-101", title: "Low Vision Basics", contactHours: 5, subject }, exam, [
      choose(
        "What sets low vision apart from simply needing glasses?",
        [
          "Glasses, lenses, medicine or surgery cannot fully correct it",
          "It always comes with old age",
          "It affects one eye only",
          "It means seeing nothing at all",
        ],
        2,
      ),
      reckon(
        "A pupil reads print of 12 points only when it is enlarged to 30 points. How many times is that?",
        2.5,
        0.01,
      ),
      chooseAll("What helps without any device?", [
        "+ Better lighting",
        "+ Stronger contrast",
        "- Text in pale grey",
        "+ Moving closer",
      ]),
      choose(
        "A pupil with a gap in the middle of her sight looks past the page when she reads. Why?",
        [
          "She uses the healthy part of the retina beside the gap",
          "She is not paying attention",
          "She is looking for the teacher",
          "Her neck is stiff",
        ],
        1,
      ),
    ]),
    {
      title: "Adapted lesson",
      instructions:
        "Adapt one lesson for a learner with low vision whom you know.\n\nHand in the material before and after, and say in a few sentences why you made each change. Name nobody.",
      accepts: ["text", "link", "file"],
      rubric: [
        criterion("fit", "Fits the learner", [
          "The changes would suit anybody",
          "Each change answers what this learner sees and does not see",
        ]),
        criterion("reasons", "Gives reasons", [
          "Says what was changed",
          "Says why, from what was observed",
        ]),
      ],
    },
  ),
  withActivities(
    hostedCourse(
      {
        code: "OM-101",
        title: "Orientation & Mobility: First Steps",
        contactHours: 6,
        subject,
      },
      exam,
      [
        choose(
          "How does a person usually walk with a sighted guide?",
          [
            "Half a step behind, holding the guide's arm just above the elbow",
            "In front, with the guide's hands on both shoulders",
            "Beside the guide, without touching",
            "Holding the guide's hand from behind with both hands",
          ],
          0,
        ),
        choose(
          "About how long is a long cane for a beginner, held upright?",
          [
            "As high as the breastbone",
            "As high as the knee",
            "As high as the hip",
            "Higher than the head",
          ],
          3,
        ),
        chooseAll("Which of these serve as landmarks, because they are always there?", [
          "+ The letter box at the corner",
          "+ The ramp at the school gate",
          "- A parked car",
          "- The smell of the bakery in the morning",
        ]),
        reckon(
          "A pupil takes 40 steps of 60 cm each from the gate to the door. How many metres is that?",
          24,
          0.01,
        ),
      ],
    ),
    {
      title: "Route lesson plan",
      instructions:
        "Plan how you would teach one learner a route of their own, from the first walk together to the day on which they go alone.",
      accepts: ["text", "file"],
      rubric: [
        criterion("landmarks", "Breaks the route into landmarks", [
          "Describes the way as a sighted person sees it",
          "Names what can be felt, heard or smelled at every turn",
        ]),
        criterion("safety", "Keeps the learner safe", [
          "Leaves crossings and stairs to chance",
          "Says what to do at each crossing and stair, and when to stop",
        ]),
      ],
    },
    {
      title: "Guided walk on video",
      instructions:
        "Guide a colleague who wears a blindfold through a door, up and down stairs and through a crowd. Hand in a link to the video; everybody in it must agree to be seen.",
      accepts: ["link", "file"],
      rubric: [
        criterion("guiding", "Guides safely", [
          "Pushes, pulls or forgets to announce",
          "Announces, leads by the elbow and waits",
        ]),
      ],
    },
  ),
  withActivities(
    hostedCourse(
      { code: "BR-101", title: "Braille: Reading by Touch", contactHours: 8, subject },
      exam,
      [
        reckon("How many dots does a full cell of literary braille have?", 6),
        reckon("How many patterns of a cell have at least one raised dot?", 63),
        choose("Which dots make the letter c?", ["1 and 4", "1 and 2", "1, 4 and 5", "1 and 5"], 2),
        chooseAll("Which habits make a good reader by touch?", [
          "+ A light and even touch",
          "+ Both hands on the line",
          "- Rubbing up and down over each letter",
          "+ A smooth movement from left to right",
        ]),
      ],
    ),
    {
      title: "Read-aloud recording",
      instructions:
        "Record yourself while you read a page of uncontracted braille aloud, by touch, with your eyes closed. Hand in the recording or a link to it, and which page it is.",
      accepts: ["text", "link", "file"],
      rubric: [
        criterion("fluency", "Reads by touch", [
          "Spells most words letter by letter",
          "Reads whole words, with both hands and few corrections",
        ]),
      ],
    },
  ),
];
