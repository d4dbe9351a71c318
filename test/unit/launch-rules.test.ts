import { expect } from "chai";
import { checkPayload } from "../../src/launch/verify-launch.js";
import { claimsAdministrator, courseRolesOf, isTestUser } from "../../src/launch/roles.js";
import { landingPageOf, mayBecomeAdministrator } from "../../src/launch/landing.js";
import type { Launch } from "../../src/launch/launch.js";
import { readCookie } from "../../src/launch/session.js";
import { isOurTarget } from "../../src/launch/target-link.js";
import { mayPass, type Visit } from "../../src/launch/visit.js";

const membership = "http://purl.imsglobal.org/vocab/lis/v2/membership";
const institution = "http://purl.imsglobal.org/vocab/lis/v2/institution/person";
const system = "http://purl.imsglobal.org/vocab/lis/v2/system/person";
const testUser = "http://purl.imsglobal.org/vocab/lti/system/person#TestUser";

describe("roles", () => {
  const table: [string, string[], string[]][] = [
    ["a learner", [`${membership}#Learner`], ["learner"]],
    ["an instructor by short name", ["Instructor"], ["instructor"]],
    [
      "a mentor and a designer",
      [`${membership}#Mentor`, `${membership}#ContentDeveloper`],
      ["mentor", "designer"],
    ],
    [
      "Canvas' teaching assistant",
      [`${membership}/Instructor#TeachingAssistant`, `${membership}#Instructor`],
      ["assistant", "instructor"],
    ],
    [
      "an assistant of another sort",
      [`${membership}/Instructor#TeachingAssistantSection`],
      ["assistant"],
    ],
    ["a guest lecturer", [`${membership}/Instructor#GuestInstructor`], ["instructor"]],
    ["a non-credit learner", [`${membership}/Learner#NonCreditLearner`], ["learner"]],
    ["a role twice", ["Learner", `${membership}#Learner`], ["learner"]],
    ["a teacher anywhere in the institution, but not here", [`${institution}#Instructor`], []],
    ["a role nobody knows", ["http://example.org/roles#Instructor"], []],
    [
      "a vocabulary that only looks alike",
      ["http://purl.imsglobal.org/vocab/lis/v2/memberships#Instructor"],
      [],
    ],
    ["a name every object has", ["constructor", "__proto__", `${membership}#constructor`], []],
    ["nobody", [], []],
  ];
  for (const [who, roles, expected] of table) {
    it(`make of ${who} ${expected.join(" and ") || "nothing"} in the course`, () => {
      expect(courseRolesOf(roles)).to.deep.equal(expected);
    });
  }

  it("name administrators by institution and system, never by course", () => {
    expect(claimsAdministrator([`${institution}#Administrator`])).to.equal(true);
    expect(claimsAdministrator([`${system}#Administrator`])).to.equal(true);
    expect(claimsAdministrator([`${membership}#Administrator`, "Administrator"])).to.equal(false);
  });

  it("name the preview account", () => {
    expect(isTestUser(["Learner", testUser])).to.equal(true);
    expect(isTestUser(["Learner"])).to.equal(false);
  });
});

const visit = (changes: Partial<Launch>, isAdministrator = false): Visit => ({
  launch: {
    id: "l",
    organisationId: "o",
    platformId: "p",
    issuer: "https://lms.example",
    deploymentRecordId: "d",
    accountId: "a",
    message: "resource-link",
    courseRoles: [],
    claimsAdministrator: false,
    isTestUser: false,
    context: { id: "c", label: undefined, title: undefined },
    resourceLinkId: "r",
    custom: {},
    grading: undefined,
    roster: undefined,
    deepLinking: undefined,
    locale: undefined,
    returnUrl: undefined,
    launchedAt: new Date(0),
    ...changes,
  },
  account: {
    id: "a",
    organisationId: "o",
    issuer: "https://lms.example",
    sub: "s",
    linkedTo: undefined,
    isTestUser: false,
    createdAt: new Date(0),
  },
  learnerId: "a",
  isAdministrator,
});

describe("where a launch lands", () => {
  const exam = "3f2b8c1e-5d4a-4f6b-9a7c-1d2e3f4a5b6c";
  const table: [string, Visit, string][] = [
    ["a learner", visit({ courseRoles: ["learner"] }), "/progress"],
    ["the preview account", visit({ isTestUser: true }), "/progress"],
    ["an instructor", visit({ courseRoles: ["instructor"] }), "/course"],
    ["an administrator", visit({ claimsAdministrator: true }, true), "/admin"],
    ["an administrator who also teaches", visit({ courseRoles: ["instructor"] }, true), "/admin"],
    ["an administrator who learns", visit({ courseRoles: ["learner"] }, true), "/progress"],
    ["a mentor", visit({ courseRoles: ["mentor"] }), "/mentees"],
    [
      "a mentor at an exam's link",
      visit({ courseRoles: ["mentor"], custom: { rosette_exam: exam } }),
      "/mentees",
    ],
    ["a mentor who learns here too", visit({ courseRoles: ["mentor", "learner"] }), "/progress"],
    [
      "the review of a learner's work",
      visit({
        message: "submission-review",
        courseRoles: ["instructor"],
        custom: { rosette_exam: exam },
      }),
      "/review",
    ],
    [
      "an exam's link",
      visit({ courseRoles: ["learner"], custom: { rosette_exam: exam } }),
      `/exams/${exam}`,
    ],
    [
      "a track's link",
      visit({ courseRoles: ["learner"], custom: { rosette_track: exam } }),
      `/tracks/${exam}`,
    ],
    [
      "a link with a made-up exam",
      visit({ courseRoles: ["learner"], custom: { rosette_exam: "//evil.example" } }),
      "/progress",
    ],
    [
      "an instructor on the progress link",
      visit({ courseRoles: ["instructor"], custom: { rosette_page: "progress" } }),
      "/progress",
    ],
    [
      "an instructor whose launch names no course",
      visit({ courseRoles: ["instructor"], context: undefined }),
      "/progress",
    ],
    [
      "content selection",
      visit({ message: "deep-linking", courseRoles: ["instructor"] }),
      "/content",
    ],
  ];
  for (const [who, from, page] of table) {
    it(`is ${page} for ${who}`, () => {
      expect(landingPageOf(from)).to.equal(page);
    });
  }

  it("is the administrator code's page for an LMS administrator without business in the course", () => {
    const administrator = visit({ claimsAdministrator: true });
    const teaching = visit({ claimsAdministrator: true, courseRoles: ["instructor"] });
    expect(mayBecomeAdministrator(administrator, true)).to.equal(true);
    expect(mayBecomeAdministrator(teaching, true)).to.equal(false);
    expect(mayBecomeAdministrator(teaching, false)).to.equal(true);
    expect(mayBecomeAdministrator(visit({ claimsAdministrator: true }, true), false)).to.equal(
      false,
    );
    expect(mayBecomeAdministrator(visit({ courseRoles: ["instructor"] }), false)).to.equal(false);
  });
});

describe("doors", () => {
  it("let instructors in by their role in this course alone", () => {
    const elsewhere = visit({ courseRoles: ["instructor"], context: undefined });
    expect(mayPass(visit({ courseRoles: ["instructor"] }), "instructor")).to.equal(true);
    expect(mayPass(elsewhere, "instructor")).to.equal(false);
    expect(mayPass(visit({ courseRoles: ["assistant"] }), "instructor")).to.equal(false);
    expect(mayPass(visit({ claimsAdministrator: true }), "instructor")).to.equal(false);
  });

  it("let mentors in by their role in this course", () => {
    expect(mayPass(visit({ courseRoles: ["mentor"] }), "mentor")).to.equal(true);
    expect(mayPass(visit({ courseRoles: ["instructor"] }), "mentor")).to.equal(false);
    expect(mayPass(visit({ courseRoles: ["mentor"] }), "instructor")).to.equal(false);
    expect(mayPass(visit({ courseRoles: ["mentor"] }), "learner")).to.equal(false);
  });

  it("let administrators in by their grant alone", () => {
    expect(mayPass(visit({ claimsAdministrator: true }), "administrator")).to.equal(false);
    expect(mayPass(visit({ courseRoles: ["learner"] }, true), "administrator")).to.equal(true);
  });
});

describe("a target", () => {
  const ours = "https://badges.example";
  for (const target of [`${ours}/lti/launch`, `${ours}/lti/launch?exam=1`]) {
    it(`is ours: ${target}`, () => {
      expect(isOurTarget(target, ours)).to.equal(true);
    });
  }
  for (const target of [
    "",
    ours,
    `${ours}/lti/launch/`,
    `${ours}/lti/launch#x`,
    `${ours}/lti\\launch`,
    `${ours}:443/lti/launch`,
    "https://badges.example.evil.example/lti/launch",
    "https://badges.example@evil.example/lti/launch",
    "HTTPS://BADGES.EXAMPLE/lti/launch",
    "//badges.example/lti/launch",
  ]) {
    it(`is not ours: ${target}`, () => {
      expect(isOurTarget(target, ours)).to.equal(false);
    });
  }
});

describe("the times of a sign-in", () => {
  const now = new Date("2026-03-01T10:00:00Z");
  const at = now.getTime() / 1000;
  const codeWith = (claims: object) => {
    const checked = checkPayload(
      { ...claims },
      { clientId: "c" },
      {
        ...{ publicUrl: "https://badges.example", now },
      },
    );
    return "code" in checked ? checked.code : "accepted";
  };
  const table: [string, object, string][] = [
    // What comes after the times is missing here, and says that the times were good.
    ["good", { iat: at, exp: at + 60 }, "launch-nonce-missing"],
    ["a minute too late, less a second", { iat: at - 120, exp: at - 59 }, "launch-nonce-missing"],
    ["a minute too late", { iat: at - 120, exp: at - 60 }, "launch-expired"],
    ["a minute ahead", { iat: at + 60, exp: at + 90 }, "launch-nonce-missing"],
    ["more than a minute ahead", { iat: at + 61, exp: at + 90 }, "launch-from-future"],
    ["without iat", { exp: at + 60 }, "launch-times-missing"],
    ["with an exp of text", { iat: at, exp: String(at + 60) }, "launch-times-missing"],
    ["with an exp of no size", { iat: at, exp: Number.NaN }, "launch-times-missing"],
    ["with an endless exp", { iat: at, exp: Number.POSITIVE_INFINITY }, "launch-times-missing"],
    ["with an nbf of text", { iat: at, exp: at + 60, nbf: "now" }, "launch-times-missing"],
  ];
  for (const [what, claims, code] of table) {
    it(`lead to ${code} when they are ${what}`, () => {
      expect(codeWith(claims)).to.equal(code);
    });
  }
});

describe("a cookie", () => {
  it("is read by its whole name", () => {
    const header = "a=1; __Host-rosette=token==; x__Host-rosette=evil; empty=";
    expect(readCookie(header, "__Host-rosette")).to.equal("token==");
    expect(readCookie(header, "Host-rosette")).to.equal(undefined);
    expect(readCookie(header, "empty")).to.equal("");
    expect(readCookie(undefined, "a")).to.equal(undefined);
    expect(readCookie("a", "a")).to.equal(undefined);
  });
});
