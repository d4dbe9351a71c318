import type { CourseRole } from "./launch.js";

/** LTI Core 1.3 Appendix A: role vocabularies. */
const VOCABULARY = "http://purl.imsglobal.org/vocab/lis/v2";
const TEST_USER = "http://purl.imsglobal.org/vocab/lti/system/person#TestUser";

const contextRoles: ReadonlyMap<string, CourseRole> = new Map([
  ["Learner", "learner"],
  ["Instructor", "instructor"],
  ["ContentDeveloper", "designer"],
  ["Mentor", "mentor"],
]);

const isAssistant = (subRole: string): boolean =>
  subRole.startsWith("TeachingAssistant") || subRole === "Grader";

/**
 * One role of the membership vocabulary: the principal role by its address or its short name, a
 * sub-role by its prefix (`membership/Instructor#TeachingAssistant`). Others mean nothing to us.
 */
function courseRoleOf(role: string): CourseRole | undefined {
  const bare = role.startsWith(`${VOCABULARY}/membership`)
    ? role.slice(`${VOCABULARY}/membership`.length)
    : undefined;
  if (bare?.startsWith("/")) {
    const [principal = "", subRole = ""] = bare.slice(1).split("#");
    if (principal === "Instructor" && isAssistant(subRole)) return "assistant";
    return contextRoles.get(principal);
  }
  return contextRoles.get(bare?.startsWith("#") ? bare.slice(1) : role);
}

/** What a person may be in the course: from context roles alone, each role once. */
export const courseRolesOf = (roles: readonly string[]): CourseRole[] => [
  ...new Set(roles.map(courseRoleOf).filter((role) => role !== undefined)),
];

/** Whether the LMS calls this person an administrator of the institution or the system. */
export const claimsAdministrator = (roles: readonly string[]): boolean =>
  roles.some((role) =>
    [
      `${VOCABULARY}/institution/person#Administrator`,
      `${VOCABULARY}/system/person#Administrator`,
      `${VOCABULARY}/system/person#SysAdmin`,
    ].includes(role),
  );

/** Canvas' Student View and its like (LTI Core 1.3 §A.2.1). */
export const isTestUser = (roles: readonly string[]): boolean => roles.includes(TEST_USER);
