import type { EnrolmentRole, Mood, PersonKind } from "./model.js";

const membership = "http://purl.imsglobal.org/vocab/lis/v2/membership";
const institution = "http://purl.imsglobal.org/vocab/lis/v2/institution/person";
const system = "http://purl.imsglobal.org/vocab/lis/v2/system/person";
const testUser = "http://purl.imsglobal.org/vocab/lti/system/person#TestUser";

/** Roles within a course (LTI 1.3 Core, appendix A.2.3), sub-roles as Canvas sends them. */
const contextRoles: Record<EnrolmentRole, string[]> = {
  learner: [`${membership}#Learner`],
  instructor: [`${membership}#Instructor`],
  "teaching-assistant": [`${membership}/Instructor#TeachingAssistant`, `${membership}#Instructor`],
  designer: [`${membership}#ContentDeveloper`],
  observer: [`${membership}#Mentor`],
  "test-user": [`${membership}#Learner`, testUser],
};

const canvasInstitutionRoles: Record<PersonKind, string[]> = {
  student: [`${institution}#Student`],
  practitioner: [`${institution}#Student`],
  instructor: [`${institution}#Instructor`],
  administrator: [`${institution}#Administrator`],
  "test-user": [],
};

/** Someone at one place: enrolled in the course, or there by their rights alone. */
export type Standing = { kind: PersonKind; role: EnrolmentRole | undefined };

/** The `roles` claim of a launch. Canvas repeats what someone is anywhere at the school. */
export function launchRoles(mood: Mood, { kind, role }: Standing): string[] {
  if (mood === "moodle") return moodleLaunchRoles({ kind, role });
  return [
    ...canvasInstitutionRoles[kind],
    ...(role ? contextRoles[role] : []),
    ...(role === "test-user" ? [] : [`${system}#User`]),
  ];
}

function moodleLaunchRoles({ kind, role }: Standing): string[] {
  if (kind === "administrator") {
    return [`${institution}#Administrator`, `${membership}#Instructor`, `${system}#Administrator`];
  }
  if (role === "test-user") return contextRoles["test-user"];
  return [`${membership}#${shortRole(role)}`];
}

/** Roles of a member in Names and Roles: Moodle sends the short names. */
export function memberRoles(mood: Mood, role: EnrolmentRole): string[] {
  return mood === "moodle" ? [shortRole(role)] : contextRoles[role];
}

/** Moodle knows two roles: those who may manage the activity, and the rest. */
export function shortRole(role: EnrolmentRole | undefined): "Instructor" | "Learner" {
  return role === "instructor" || role === "designer" ? "Instructor" : "Learner";
}
