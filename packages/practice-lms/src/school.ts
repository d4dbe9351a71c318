import type {
  EnrolmentRole,
  NewPracticeLink,
  PersonKind,
  PracticeCourse,
  PracticeLink,
  PracticePerson,
  PracticeTool,
} from "./model.js";

/** A tool as the administrator sees it: a newly registered one waits to be activated. */
export type InstalledTool = PracticeTool & { isActive: boolean };

/** People, courses, enrolments and installed tools. */
export type School = {
  people: Map<string, PracticePerson>;
  courses: Map<string, PracticeCourse>;
  tools: Map<string, InstalledTool>;
  /** Role by course id, then person id. */
  enrolments: Map<string, Map<string, EnrolmentRole>>;
  /** Whom an observer is linked to, by course id and then the observer's id. */
  observed: Map<string, Map<string, string[]>>;
  takeNumber(): number;
};

const roleByKind: Record<PersonKind, EnrolmentRole | undefined> = {
  student: "learner",
  practitioner: "learner",
  instructor: "instructor",
  administrator: undefined,
  "test-user": "test-user",
};

export function createSchool(): School {
  let lastNumber = 0;
  return {
    people: new Map(),
    courses: new Map(),
    tools: new Map(),
    enrolments: new Map(),
    observed: new Map(),
    takeNumber: () => (lastNumber += 1),
  };
}

/** Adds a person and enrols them in every course according to their kind. */
export function addPerson(school: School, person: PracticePerson): void {
  school.people.set(person.id, { ...person });
  const role = roleByKind[person.kind];
  if (!role) return;
  for (const courseId of school.courses.keys()) {
    enrol(school, { courseId, userId: person.id, as: role });
  }
}

/** Adds a course without its links and enrols everybody according to their kind. */
export function addCourse(school: School, course: PracticeCourse): PracticeCourse {
  const added = { ...course, links: [] };
  school.courses.set(course.id, added);
  school.enrolments.set(course.id, new Map());
  for (const person of school.people.values()) {
    const role = roleByKind[person.kind];
    if (role) enrol(school, { courseId: course.id, userId: person.id, as: role });
  }
  return added;
}

/** Who is enrolled where, as what; an observer with the learners they are linked to. */
export type EnrolArgs = {
  courseId: string;
  userId: string;
  as?: EnrolmentRole;
  observes?: string[];
};

export function enrol(school: School, args: EnrolArgs): void {
  const person = getPerson(school, args.userId);
  getCourse(school, args.courseId);
  const role = args.as ?? roleByKind[person.kind] ?? "learner";
  school.enrolments.get(args.courseId)?.set(person.id, role);
  const ofCourse = school.observed.get(args.courseId) ?? new Map<string, string[]>();
  school.observed.set(args.courseId, ofCourse.set(person.id, args.observes ?? []));
}

/** The learners an observer of a course is linked to. */
export function listObserved(school: School, courseId: string, userId: string): string[] {
  return school.observed.get(courseId)?.get(userId) ?? [];
}

export function unenrol(school: School, args: { courseId: string; userId: string }): void {
  school.enrolments.get(args.courseId)?.delete(args.userId);
}

export function addLink(school: School, courseId: string, link: NewPracticeLink): PracticeLink {
  const course = getCourse(school, courseId);
  const id = link.id ?? String(school.takeNumber());
  if (listLinks(school).some(({ link: other }) => other.id === id)) {
    throw new Error(`There is already a link "${id}".`);
  }
  const added: PracticeLink = { ...link, id, custom: { ...link.custom } };
  course.links.push(added);
  return added;
}

export function getPerson(school: School, id: string): PracticePerson {
  const person = school.people.get(id);
  if (!person) throw new Error(`Nobody here has the id "${id}".`);
  return person;
}

export function getCourse(school: School, id: string): PracticeCourse {
  const course = school.courses.get(id);
  if (!course) throw new Error(`There is no course "${id}".`);
  return course;
}

export function getTool(school: School, clientId: string): InstalledTool {
  const tool = school.tools.get(clientId);
  if (!tool) throw new Error(`There is no tool with the client id "${clientId}".`);
  return tool;
}

function listLinks(school: School): { course: PracticeCourse; link: PracticeLink }[] {
  return [...school.courses.values()].flatMap((course) =>
    course.links.map((link) => ({ course, link })),
  );
}

export function findLink(course: PracticeCourse, linkId: string): PracticeLink | undefined {
  return course.links.find((link) => link.id === linkId);
}

/** The tool a link belongs to: named, or of the same host as its target, or the only one. */
export function findToolOfLink(school: School, link: PracticeLink): InstalledTool | undefined {
  if (link.clientId !== undefined) return school.tools.get(link.clientId);
  const tools = [...school.tools.values()];
  const host = hostOf(link.targetLinkUri);
  const ofSameHost = tools.find((tool) =>
    [tool.loginUrl, ...tool.redirectUrls].some((url) => hostOf(url) === host),
  );
  return ofSameHost ?? (tools.length === 1 ? tools[0] : undefined);
}

export function findRole(
  school: School,
  place: { courseId: string; userId: string },
): EnrolmentRole | undefined {
  return school.enrolments.get(place.courseId)?.get(place.userId);
}

/** Learners and test users can be graded; everybody else has no row in the gradebook. */
export function isGradable(school: School, place: { courseId: string; userId: string }): boolean {
  const role = findRole(school, place);
  return role === "learner" || role === "test-user";
}

export function listMembers(
  school: School,
  courseId: string,
): { person: PracticePerson; role: EnrolmentRole }[] {
  return [...(school.enrolments.get(courseId) ?? [])].map(([userId, role]) => ({
    person: getPerson(school, userId),
    role,
  }));
}

export function nameOf(person: PracticePerson): string {
  return `${person.givenName} ${person.familyName}`;
}

function hostOf(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).host : undefined;
}
