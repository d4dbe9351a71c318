import { createServer, type Server } from "node:http";
import { paths } from "./addresses.js";
import { createApp } from "./app.js";
import {
  copyCourse,
  type CourseCopy,
  placeCourse,
  placeLink,
  restoreInPlace,
} from "./course-content.js";
import type { PracticeFaults } from "./faults.js";
import { gradeByInstructor, type LineItem } from "./gradebook.js";
import { createLmsState, type LmsState } from "./lms-state.js";
import type {
  GradebookRow,
  Mood,
  NewPracticeLink,
  PracticeCourse,
  PracticeLink,
  PracticePerson,
  PracticeTool,
} from "./model.js";
import { type NoticeArgs, sendNotices, signNotice } from "./notices.js";
import { startRegistration, type RegistrationStart } from "./registration.js";
import {
  addPerson,
  enrol,
  type EnrolArgs,
  getCourse,
  getTool,
  isGradable,
  listMembers,
  unenrol,
  type InstalledTool,
} from "./school.js";
import { seedCourses, seedPeople } from "./seed.js";
import { startLaunch, type LaunchArgs, type LoginInitiation } from "./start-launch.js";

export type PracticeLmsOptions = {
  /** 0, the default, takes any free port. */
  port?: number;
  host?: string;
  /** Address people and tools use, when it is not `http://<host>:<port>`. */
  publicUrl?: string;
  mood?: Mood;
  /** Shown in the header. */
  name?: string;
  people?: PracticePerson[];
  courses?: PracticeCourse[];
  tools?: PracticeTool[];
  now?: () => Date;
};

/** Which cell an instructor types into; `score` null empties it. */
export type GradeArgs = {
  courseId: string;
  userId: string;
  score: number | null;
} & ({ lineItemId: string } | { resourceId: string });

export type PracticeLms = {
  url: string;
  issuer: string;
  endpoints: {
    authorizationUrl: string;
    tokenUrl: string;
    jwksUrl: string;
    openidConfigurationUrl: string;
    registrationUrl: string;
  };
  faults: PracticeFaults;
  addTool(tool: PracticeTool): void;
  /** Activates a tool that registered itself. */
  activateTool(clientId: string): void;
  listTools(): InstalledTool[];
  addCourse(course: PracticeCourse): void;
  copyCourse(courseId: string, copy: CourseCopy): PracticeCourse;
  /** Restores a course from its backup into itself: links and line items get new ids. */
  restoreInPlace(courseId: string): void;
  addLink(courseId: string, link: NewPracticeLink): PracticeLink;
  /** The activities of a course, in the order they were added. */
  listLinks(courseId: string): PracticeLink[];
  addPerson(person: PracticePerson): void;
  enrol(args: EnrolArgs): void;
  unenrol(args: { courseId: string; userId: string }): void;
  grade(args: GradeArgs): void;
  gradebook(courseId: string): GradebookRow[];
  startLaunch(args: LaunchArgs): LoginInitiation;
  /** Signs a notice (Canvas mood) without sending it. */
  signNotice(args: NoticeArgs): string;
  /** Sends signed notices to where the tool wants that type; the status that came back. */
  sendNotices(about: {
    clientId: string;
    type: NoticeArgs["type"];
    jwts: string[];
  }): Promise<number>;
  startRegistration(registrationUrl: string): RegistrationStart;
  stop(): Promise<void>;
};

const canvasIssuer = "https://canvas.instructure.com";

/** Starts the platform and waits until it listens. */
export async function startPracticeLms(options: PracticeLmsOptions = {}): Promise<PracticeLms> {
  const { port = 0, host = "127.0.0.1" } = options;
  const server = createServer();
  const listeningPort = await listen(server, { port, host });
  const url = options.publicUrl ?? `http://${host}:${String(listeningPort)}`;
  const lms = createFilledState(options, url);
  server.on("request", createApp(lms));
  return {
    ...controls(lms),
    stop: async () => {
      await close(server);
    },
  };
}

function createFilledState(options: PracticeLmsOptions, url: string): LmsState {
  const { mood = "moodle", name = "Practice Academy", now = () => new Date() } = options;
  const issuer = mood === "canvas" ? canvasIssuer : url;
  const lms = createLmsState({ mood, name, url, issuer, now });
  for (const person of options.people ?? seedPeople) addPerson(lms.school, person);
  for (const course of options.courses ?? seedCourses) placeCourse(lms, course);
  for (const tool of options.tools ?? []) addTool(lms, tool);
  return lms;
}

function controls(lms: LmsState): Omit<PracticeLms, "stop"> {
  return {
    url: lms.url,
    issuer: lms.issuer,
    endpoints: {
      authorizationUrl: lms.url + paths.authorization,
      tokenUrl: lms.url + paths.token,
      jwksUrl: lms.url + paths.jwks,
      openidConfigurationUrl: lms.url + paths.openidConfiguration,
      registrationUrl: lms.url + paths.registration,
    },
    faults: lms.faults,
    addTool: (tool) => {
      addTool(lms, tool);
    },
    activateTool: (clientId) => {
      getTool(lms.school, clientId).isActive = true;
    },
    listTools: () => [...lms.school.tools.values()],
    addCourse: (course) => {
      placeCourse(lms, course);
    },
    copyCourse: (courseId, copy) => copyCourse(lms, courseId, copy),
    restoreInPlace: (courseId) => {
      restoreInPlace(lms, courseId);
    },
    addLink: (courseId, link) => placeLink(lms, courseId, link),
    listLinks: (courseId) => [...getCourse(lms.school, courseId).links],
    addPerson: (person) => {
      addPerson(lms.school, person);
    },
    enrol: (args) => {
      enrol(lms.school, args);
    },
    unenrol: (args) => {
      unenrol(lms.school, args);
    },
    grade: (args) => {
      typeGrade(lms, args);
    },
    gradebook: (courseId) => listGradebookRows(lms, courseId),
    startLaunch: (args) => startLaunch(lms, args),
    signNotice: (args) => signNotice(lms, args),
    sendNotices: async (about) => await sendNotices(lms, about),
    startRegistration: (registrationUrl) => startRegistration(lms, registrationUrl),
  };
}

function addTool(lms: LmsState, tool: PracticeTool): void {
  lms.school.tools.set(tool.clientId, { ...tool, isActive: true });
}

function typeGrade(lms: LmsState, args: GradeArgs): void {
  const { courseId, userId } = args;
  const item = getLineItem(lms, args);
  if (!isGradable(lms.school, { courseId, userId })) {
    throw new Error(`"${userId}" has no row in the gradebook of "${courseId}".`);
  }
  const place = { lineItemId: item.id, userId };
  const before = lms.gradebook.findGrade(place);
  lms.gradebook.setGrade(place, gradeByInstructor(before, { score: args.score, now: lms.now() }));
}

function getLineItem(lms: LmsState, args: GradeArgs): LineItem {
  const items = lms.gradebook
    .listLineItems({ courseId: args.courseId })
    .filter((item) =>
      "lineItemId" in args ? item.id === args.lineItemId : item.resourceId === args.resourceId,
    );
  const [only, ...others] = items;
  if (!only || others.length > 0) {
    throw new Error(`${String(items.length)} line items match in course "${args.courseId}".`);
  }
  return only;
}

function listGradebookRows(lms: LmsState, courseId: string): GradebookRow[] {
  const learners = listMembers(lms.school, courseId).filter(({ person }) =>
    isGradable(lms.school, { courseId, userId: person.id }),
  );
  return lms.gradebook.listLineItems({ courseId }).flatMap((item) =>
    learners.map(({ person }) => {
      const grade = lms.gradebook.findGrade({ lineItemId: item.id, userId: person.id });
      return {
        lineItemId: item.id,
        label: item.label,
        resourceId: item.resourceId,
        tag: item.tag,
        userId: person.id,
        score: grade?.score ?? null,
        scoreMaximum: item.scoreMaximum,
        gradedBy: grade?.gradedBy,
        updatedAt: grade?.updatedAt,
        comment: grade?.comment,
      };
    }),
  );
}

async function listen(server: Server, at: { port: number; host: string }): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(at.port, at.host, resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("No port was taken.");
  return address.port;
}

async function close(server: Server): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.close((error) => {
      if (error) reject(error);
      else resolve();
    });
    server.closeAllConnections();
  });
}
