import { randomBytes, timingSafeEqual } from "node:crypto";
import type { Request, RequestHandler, Response } from "express";
import type { LmsState, PageSession } from "./lms-state.js";
import type { PracticeCourse, PracticePerson } from "./model.js";
import { sendProblem, type PageFrame } from "./pages.js";
import { findRole } from "./school.js";
import { isRecord, readText } from "./unknown-data.js";

/** A signed-in person asking for a page. */
export type Visit = {
  request: Request;
  response: Response;
  session: PageSession;
  person: PracticePerson;
  /** Fields of a posted form; empty for other requests. */
  form: Record<string, unknown>;
};

/** A visit that cannot go on; shown as a page with this status. */
export class VisitRefusal extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

const kindNames: Record<PracticePerson["kind"], string> = {
  student: "Student",
  practitioner: "Licensed practitioner",
  instructor: "Instructor",
  administrator: "Administrator",
  "test-user": "Preview account",
};

export function kindName(person: PracticePerson): string {
  return kindNames[person.kind];
}

/** Browsers send cookies to every port of a host, so each platform names its own. */
function cookieName(lms: LmsState): string {
  return `practice_lms_${new URL(lms.url).port || "default"}`;
}

export function openSession(lms: LmsState, response: Response, userId: string): void {
  const id = randomBytes(24).toString("base64url");
  const csrfToken = randomBytes(24).toString("base64url");
  lms.sessions.set(id, { userId, csrfToken, previewOf: undefined });
  response.cookie(cookieName(lms), id, {
    httpOnly: true,
    sameSite: "lax",
    secure: lms.url.startsWith("https:"),
  });
}

export function closeSession(lms: LmsState, { request, response }: Visit): void {
  lms.sessions.delete(readSessionId(lms, request));
  response.clearCookie(cookieName(lms));
}

function readSessionId(lms: LmsState, request: Request): string {
  const pairs = (request.get("cookie") ?? "").split(";").map((pair) => pair.trim().split("="));
  return pairs.find(([name]) => name === cookieName(lms))?.[1] ?? "";
}

/** Serves a page to a signed-in person. A POST must carry the session's CSRF token. */
export function visited(
  lms: LmsState,
  handle: (visit: Visit) => void | Promise<void>,
): RequestHandler {
  return async (request, response) => {
    response.set("Cache-Control", "no-store");
    const session = lms.sessions.get(readSessionId(lms, request));
    const person = lms.school.people.get(session?.userId ?? "");
    if (!session || !person) {
      response.redirect(303, "/");
      return;
    }
    const body: unknown = request.body;
    const visit = { request, response, session, person, form: isRecord(body) ? body : {} };
    try {
      if (request.method === "POST") checkForm(visit);
      await handle(visit);
    } catch (cause) {
      if (!(cause instanceof VisitRefusal)) throw cause;
      await sendProblem(response, {
        schoolName: lms.name,
        status: cause.status,
        title: "This is not possible",
        because: cause.message,
      });
    }
  };
}

function checkForm({ request, session, form }: Visit): void {
  const sent = Buffer.from(readText(form, "csrf_token") ?? "");
  const expected = Buffer.from(session.csrfToken);
  const isOurs = sent.length === expected.length && timingSafeEqual(sent, expected);
  if (!isOurs || !isFromThisSite(request)) {
    throw new VisitRefusal(403, "The form is out of date. Go back, reload the page, try again.");
  }
}

/** Whether a form was posted from a page of this site, as far as the browser says. */
export function isFromThisSite(request: Request): boolean {
  const origin = request.get("origin");
  if (origin === undefined) return true;
  return URL.canParse(origin) && new URL(origin).host === request.get("host");
}

export function frameOf(lms: LmsState, { person, session }: Visit, title: string): PageFrame {
  return {
    schoolName: lms.name,
    title,
    layout: "full",
    visitor: {
      name: `${person.givenName} ${person.familyName}`,
      kind: kindName(person),
      csrfToken: session.csrfToken,
      isPreview: session.previewOf !== undefined,
    },
  };
}

/** The course in the address, if this person may be there. */
export function getVisitedCourse(lms: LmsState, visit: Visit): PracticeCourse {
  const course = lms.school.courses.get(String(visit.request.params["courseId"]));
  if (!course || !mayEnter(lms, visit.person, course)) {
    throw new VisitRefusal(404, "There is no such course, or you are not enrolled in it.");
  }
  return course;
}

export function mayEnter(lms: LmsState, person: PracticePerson, course: PracticeCourse): boolean {
  const role = findRole(lms.school, { courseId: course.id, userId: person.id });
  return role !== undefined || person.kind === "administrator";
}

/** Instructors and course designers change what is in a course; instructors grade. */
export function mayTeach(lms: LmsState, person: PracticePerson, course: PracticeCourse): boolean {
  const role = findRole(lms.school, { courseId: course.id, userId: person.id });
  return role === "instructor" || role === "designer";
}

export function requireTeacher(lms: LmsState, visit: Visit): PracticeCourse {
  const course = getVisitedCourse(lms, visit);
  if (!mayTeach(lms, visit.person, course)) {
    throw new VisitRefusal(403, "Only the instructors of this course can do that.");
  }
  return course;
}

export function requireAdministrator({ person }: Visit): void {
  if (person.kind !== "administrator") {
    throw new VisitRefusal(403, "Only administrators can do that.");
  }
}
