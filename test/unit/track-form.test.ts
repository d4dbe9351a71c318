import { expect } from "chai";
import { fieldsOfSteps } from "../../src/admin/requirement-form.js";
import {
  checkTrackForm,
  editTrackForm,
  emptyTrackForm,
  readTrackForm,
  type TrackField,
  trackFormOf,
} from "../../src/admin/track-form.js";
import type { TrackContent } from "../../src/tracks/track.js";

const content: TrackContent = {
  kind: "certificate",
  name: "Safe transfers",
  description: "Moving people without harm.",
  criteriaNarrative: "Pass both exams.",
  competencies: [
    {
      name: "Plans a transfer",
      description: "For one or two carers.",
      frameworkName: "Allied Health Framework",
      frameworkUrl: "https://framework.example.org/c/12",
    },
    {
      name: "Uses a hoist",
      description: undefined,
      frameworkName: undefined,
      frameworkUrl: undefined,
    },
  ],
  subject: "Physiotherapy",
  badge: { shape: "shield", colour: "#7a1f5c", initials: "ST" },
  contactHours: 8.5,
  developmentPoints: 3,
  graceDays: 21,
  requirement: { id: "r", kind: "all-of", of: [{ id: "x", kind: "exam-passed", examId: "e1" }] },
};
const choices = {
  exams: new Map([["e1", "exam" as const]]),
  trackIds: new Set<string>(),
  professionIds: new Set<string>(),
  issuerIds: new Set(["brand"]),
};
let last = 0;
const newKey = (): string => `k${(last += 1)}`;

/** What a browser posts back for a form. */
function posted(form: ReturnType<typeof trackFormOf>): Record<string, string | string[]> {
  const fields: Record<string, string | string[]> = {
    ...form.fields,
    ...fieldsOfSteps(form.steps),
  };
  fields["competency"] = form.competencies.map(({ id }) => id);
  for (const { id, ...parts } of form.competencies) {
    for (const [part, value] of Object.entries(parts)) fields[`competency-${id}-${part}`] = value;
  }
  return fields;
}

describe("the form of a track", () => {
  it("gives back the track that it was filled with", () => {
    const read = readTrackForm(posted(trackFormOf(content)), newKey);
    expect(checkTrackForm(read, choices)).to.deep.equal({ kind: "ok", content });
  });

  it("marks every empty field of a new track at once", () => {
    const result = checkTrackForm(emptyTrackForm(newKey), choices);
    const faults = result.kind === "faulty" ? Object.keys(result.faults) : [];
    expect(faults.slice(0, 6)).to.deep.equal([
      "name",
      "description",
      "criteriaNarrative",
      "subject",
      "contactHours",
      "badgeInitials",
    ]);
    expect(faults[6]).to.match(/^step-k\d+-steps$/);
  });

  const faulty: [TrackField, string, string][] = [
    ["contactHours", "many", "more than 0"],
    ["contactHours", "-1", "more than 0"],
    ["developmentPoints", "some", "leave it empty"],
    ["graceDays", "1.5", "whole number of days"],
    ["graceDays", "366", "whole number of days"],
    ["badgeColour", "red", "Choose a colour"],
    ["badgeColour", '#ff0000" onload="', "Choose a colour"],
    ["badgeShape", "star", "Choose a shape"],
    ["badgeInitials", "ABCDE", "at most four"],
    ["name", "x".repeat(201), "at most 200"],
  ];
  for (const [field, value, expected] of faulty) {
    it(`marks ${field} when it is ${value.slice(0, 20)}`, () => {
      const form = trackFormOf(content);
      form.fields[field] = value;
      const result = checkTrackForm(form, choices);
      expect(result.kind === "faulty" && result.faults[field]).to.include(expected);
      expect(result.kind === "faulty" && Object.keys(result.faults)).to.have.length(1);
    });
  }

  it("marks a competency's address that is no web address", () => {
    const form = trackFormOf(content);
    form.competencies[1]!.frameworkUrl = "javascript:alert(1)";
    const result = checkTrackForm(form, choices);
    expect(result.kind === "faulty" && Object.keys(result.faults)).to.deep.equal([
      "competency-2-frameworkUrl",
    ]);
  });

  it("adds, moves and removes competencies by buttons", () => {
    const names = (verb: string, target = ""): string[] =>
      editTrackForm(trackFormOf(content), { verb, target }, newKey).competencies.map(
        ({ name }) => name,
      );
    expect(names("competency-add")).to.deep.equal(["Plans a transfer", "Uses a hoist", ""]);
    expect(names("competency-up", "2")).to.deep.equal(["Uses a hoist", "Plans a transfer"]);
    expect(names("competency-remove", "1")).to.deep.equal(["Uses a hoist"]);
    expect(names("step-up", "1")).to.deep.equal(["Plans a transfer", "Uses a hoist"]);
  });
});
