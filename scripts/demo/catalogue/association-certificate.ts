import type { CatalogueTrack } from "./catalogue.js";

/** Who the association's certificate is for. */
export const PROFESSION = "Lymphoedema therapist";

/** The professional certificate: the essentials, three micro-credentials, then the integration course. */
export const certificateTrack: CatalogueTrack = {
  kind: "certificate",
  name: "Certificate in Lymphoedema Care",
  description:
    "Cares for people with lymphoedema from the first assessment to self-management, and brings compression, oncology and movement together in one plan.",
  criteriaNarrative:
    "Three essential courses, the association's three micro-credentials and, as the last step, the integration course with its case report. Courses and micro-credentials are open to practitioners and students alike; the integration course is open to licensed practitioners. Each course's exam is passed; there is no final board exam, no deadline and no renewal.",
  subject: "Lymphology",
  contactHours: 50,
  developmentPoints: undefined,
  badge: { shape: "circle", colour: "#5b2a6e", initials: "LC" },
  competencies: [
    {
      name: "Integrated lymphoedema care",
      description: "Weighs findings and means of treatment into one plan, and adapts it over time.",
      frameworkName: "Lymphology Practice Framework",
      frameworkUrl: "https://framework.lymphology.example/competencies/integration",
    },
  ],
  requires: {
    inOrder: [
      { allOf: [{ examOf: "LY-101" }, { examOf: "LY-102" }, { examOf: "LY-103" }] },
      {
        allOf: [
          { awardOf: "Compression Therapy" },
          { awardOf: "Oncology-Related Lymphoedema" },
          { awardOf: "Movement and Manual Techniques" },
        ],
      },
      { licenceIn: PROFESSION },
      { allOf: [{ examOf: "LY-301" }, { projectOf: "LY-301", title: "Case report" }] },
    ],
  },
};
