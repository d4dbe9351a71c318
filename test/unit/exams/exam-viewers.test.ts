import { expect } from "chai";
import { viewerOf } from "../../../src/exams/exam-visit.routes.js";
import type { Visit } from "../../../src/launch/visit.js";

const visit = (changes: {
  courseRoles?: string[];
  isTestUser?: boolean;
  isAdministrator?: boolean;
}): Visit => {
  const { courseRoles = [], isTestUser = false, isAdministrator = false } = changes;
  const launch = { courseRoles, isTestUser, context: { id: "course" } };
  return { launch, isAdministrator } as unknown as Visit;
};

describe("who sees what of an exam", () => {
  const cases: [who: string, visit: Visit, viewer: string][] = [
    ["a learner sits it", visit({ courseRoles: ["learner"] }), "sits"],
    ["an instructor looks at it", visit({ courseRoles: ["instructor"] }), "previews"],
    [
      "a learner who administers Rosette besides sits it",
      visit({ courseRoles: ["learner"], isAdministrator: true }),
      "sits",
    ],
    ["an administrator from elsewhere looks at it", visit({ isAdministrator: true }), "previews"],
    [
      "Student View tries it",
      visit({ courseRoles: ["learner"], isTestUser: true, isAdministrator: true }),
      "tries",
    ],
  ];
  for (const [who, given, viewer] of cases) {
    it(who, () => {
      expect(viewerOf(given)).to.equal(viewer);
    });
  }

  it("turns away who has no role in the course", () => {
    expect(() => viewerOf(visit({}))).to.throw("not-allowed");
  });
});
