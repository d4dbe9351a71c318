import type { Visit } from "../launch/visit.js";
import type { Notice, PageFrame } from "../web/page.js";

/** The parts of the panel, in the order of its navigation, with their addresses. */
const AREAS = [
  { area: "overview", path: "", label: "Overview" },
  { area: "courses", path: "/courses", label: "Courses" },
  { area: "lms-courses", path: "/lms-courses", label: "LMS courses" },
  { area: "tracks", path: "/tracks", label: "Tracks" },
  { area: "issuers", path: "/issuers", label: "Issuers" },
  { area: "results", path: "/results", label: "Results" },
  { area: "awards", path: "/awards", label: "Awards" },
  { area: "licences", path: "/licences", label: "Licences" },
  { area: "people", path: "/people", label: "People" },
  { area: "platforms", path: "/platforms", label: "Platforms" },
  { area: "events", path: "/events", label: "Events" },
  { area: "audit", path: "/audit", label: "Audit trail" },
] as const;

export type AdminArea = (typeof AREAS)[number]["area"];

/** What was done, told once at the top of the page that follows (`?done=<word>`). */
const DONE = {
  "course-added": "The course was added. Now write its exam's questions, if Rosette asks them.",
  "edition-made":
    "The new edition was made, and the old one stays. Decide here whether who passed the old one has what the new one asks for, or come back to it later.",
  "course-saved": "The course was saved.",
  "exam-saved": "The settings were saved.",
  "activity-saved": "The activity was saved.",
  "project-added": "The project was added.",
  "project-removed": "The project was removed.",
  "questions-saved": "The questions were saved.",
  "lms-course-approved": "Approved. What learners do in this LMS course counts from now on.",
  "lms-course-declined": "Declined. Nothing in this LMS course counts.",
  "track-added": "The draft was saved. Nobody sees it before you publish it.",
  "wording-corrected":
    "Corrected. Credentials that were issued are being issued anew, at the same addresses.",
  "issuer-saved":
    "The issuer was saved. What was published or issued in its name before stays as it was.",
  "draft-saved": "The draft was saved. Learners see it once you publish it.",
  "draft-discarded": "The draft was discarded.",
  "track-published": "Published. Courses that learners have passed already count towards it.",
  "learners-moved": "They are moved. From now on only the version in force counts for them.",
  "deployment-approved": "Approved. People can open Rosette from there now.",
  "hosts-approved": "Approved. People can open Rosette from this LMS now.",
  "hosts-changed": "Nothing was approved: the LMS has other hosts by now. Look at them once more.",
  "deployment-closed":
    "Closed. Nobody can open Rosette from there, and whoever was in is out. You can open it again here.",
  "deployment-reopened": "Open again. People can open Rosette from there now.",
  "platform-removed":
    "Removed. Nobody can open Rosette from that LMS any more. What was earned there stays.",
  "addresses-saved": "Saved. Test the connection to see whether the LMS answers there.",
  "deployments-all":
    "Saved. Every place in this LMS that installs Rosette can open it from now on, and those that wait are let in when they are next opened.",
  "deployments-approved":
    "Saved. A new place waits for your approval from now on. Those that are approved already stay so.",
  "invitation-made": "The link is ready. It works once and for a limited time.",
  "administrator-added": "They reach this panel from now on, whenever they open Rosette.",
  "administrator-removed": "They no longer reach this panel.",
  "name-approved": "The name was approved. Credentials that waited for it are being issued.",
  "name-declined": "The name was declined. The learner can enter another one.",
  "equivalency-entered":
    "Entered. Learners whom it concerns are looked at again, and what is complete is awarded.",
  "equivalency-refused": "Entered: it does not count. Nothing changes for anybody.",
  "equivalency-withdrawn":
    "Withdrawn. What was awarded by it stays; from now on nothing counts by it.",
  "hours-saved": "The units were saved. Transcripts show them from now on.",
  "key-revoked": "The key was revoked. Nothing that is signed with it is taken any more.",
  "results-bound": "Bound. What waited under the name counts now.",
  "file-discarded": "The file was removed. Nothing of it counts.",
  "award-revoked": "Revoked. Its credential says so, and the learner is told at the next launch.",
  "award-reinstated": "Reinstated. Its credential counts again, and the learner is told.",
  "profession-added": "The profession was added. Tracks can ask for it now.",
  "licence-verified": "Verified. What it completes is awarded.",
  "licence-rejected": "Rejected. The learner sees why and can hand in another.",
  "licence-date-waived": "The exam counts now, and the explanation says why.",
  "licence-decided-before": "Nothing was decided: somebody else was faster. This is how it stands.",
  "work-retried": "It is being tried again now.",
} as const;

export type DoneWord = keyof typeof DONE;

const isDoneWord = (word: string): word is DoneWord => Object.hasOwn(DONE, word);

type VisitAddress = { launch: Pick<Visit["launch"], "id"> };

/** The address of a page of the panel in this visit, e.g. `adminPath(visit, "/courses")`. */
export const adminPath = (visit: VisitAddress, path = ""): string =>
  `/l/${visit.launch.id}/admin${path}`;

/** Where to go after something was done; the page there says so. */
export const donePath = (visit: VisitAddress, path: string, done: DoneWord): string =>
  `${adminPath(visit, path)}?done=${done}`;

/** The frame of a page of the panel. `done` is what the address says, whatever it is. */
export function adminFrame(
  visit: VisitAddress,
  about: { title: string; area: AdminArea; done?: string; notices?: Notice[] },
): PageFrame {
  const { title, area, done = "", notices = [] } = about;
  return {
    title,
    base: `/l/${visit.launch.id}`,
    navigation: [
      ...AREAS.map((entry) => ({
        href: adminPath(visit, entry.path),
        label: entry.label,
        current: entry.area === area,
      })),
      { href: `/l/${visit.launch.id}/progress`, label: "Leave", current: false },
    ],
    notices: isDoneWord(done) ? [{ kind: "done", text: DONE[done] }, ...notices] : notices,
  };
}
