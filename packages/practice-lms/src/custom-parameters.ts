import { createHash } from "node:crypto";
import { lineItemsUrl, lineItemUrl, membershipsUrl } from "./addresses.js";
import type { LineItem } from "./gradebook.js";
import type { LmsState } from "./lms-state.js";
import type { PracticeCourse, PracticeLink, PracticePerson, PracticeTool } from "./model.js";
import { shortRole } from "./roles.js";
import { findRole, nameOf } from "./school.js";

/** Everything a `$Variable` can speak about. */
export type VariableScene = {
  tool: PracticeTool;
  person: PracticePerson;
  course: PracticeCourse | undefined;
  link: PracticeLink | undefined;
  lineItem: LineItem | undefined;
};

/**
 * Puts values for `$Variables` (LTI 1.3 Core, appendix B). A variable the platform does not know
 * arrives as it was written.
 */
export function substituteCustom(
  custom: Record<string, string>,
  variables: Record<string, unknown>,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(custom).map(([name, value]) => [
      name,
      value.startsWith("$") && Object.hasOwn(variables, value.slice(1))
        ? variables[value.slice(1)]
        : value,
    ]),
  );
}

export function listVariables(state: LmsState, scene: VariableScene): Record<string, unknown> {
  const { person, course, link } = scene;
  return {
    "User.id": person.id,
    "User.username": person.id,
    "Person.name.full": nameOf(person),
    "Person.name.given": person.givenName,
    "Person.name.family": person.familyName,
    "Person.email.primary": person.email,
    "Person.sourcedId": sourcedId(person.id),
    "Person.address.timezone": state.mood === "moodle" ? "99" : "Etc/UTC",
    "ResourceLink.id": link?.id ?? (state.mood === "moodle" ? null : (course?.id ?? "")),
    "ResourceLink.title": link?.title ?? null,
    ...(course ? courseVariables(state, { ...scene, course }) : {}),
    ...(state.mood === "canvas" ? canvasVariables(state, scene) : {}),
  };
}

function courseVariables(
  state: LmsState,
  { tool, person, course, lineItem }: VariableScene & { course: PracticeCourse },
): Record<string, unknown> {
  const role = findRole(state.school, { courseId: course.id, userId: person.id });
  return {
    "Membership.role": shortRole(role),
    "Context.id": course.id,
    "Context.title": course.title,
    "Context.label": course.code,
    "Context.sourcedId": sourcedId(course.code),
    "Context.id.history": (course.copiedFrom ?? []).join(","),
    "CourseSection.title": course.title,
    "CourseSection.label": course.code,
    "CourseSection.sourcedId": sourcedId(course.code),
    "LineItems.url": lineItemsUrl(state, tool, course.id),
    "LineItem.url": lineItem ? lineItemUrl(state, tool, { item: lineItem }) : "",
    "ToolProxyBinding.memberships.url": membershipsUrl(state, tool, course.id),
  };
}

function canvasVariables(
  state: LmsState,
  { person, course }: VariableScene,
): Record<string, unknown> {
  const isAdministrator = person.kind === "administrator";
  return {
    "Canvas.user.id": localId(person.id),
    "Canvas.user.globalId": `1${localId(person.id).padStart(15, "0")}`,
    "Canvas.user.sisSourceId": sourcedId(person.id),
    "Canvas.user.loginId": person.email,
    "Canvas.user.isRootAccountAdmin": isAdministrator,
    "Canvas.user.adminableAccounts": isAdministrator ? "1" : "",
    "Canvas.account.id": "1",
    "Canvas.account.name": state.name,
    "Canvas.rootAccount.id": "1",
    "Canvas.api.domain": new URL(state.url).host,
    "Canvas.api.baseUrl": state.url,
    ...(course && {
      "Canvas.course.id": localId(course.id),
      "Canvas.course.name": course.title,
      "Canvas.course.sisSourceId": sourcedId(course.code),
      "Canvas.course.previousContextIds": (course.copiedFrom ?? []).join(","),
      "Canvas.course.previousCourseIds": (course.copiedFrom ?? []).map(localId).join(","),
    }),
  };
}

/** The id a student information system would know. */
export function sourcedId(id: string): string {
  return `SIS-${id}`;
}

/** Canvas numbers its own rows; the number only has to be stable. */
function localId(id: string): string {
  return String(createHash("sha256").update(id).digest().readUInt32BE(0));
}
