/** How much there is of everything the overview tells about. */
export type OverviewCounts = {
  pendingLmsCourses: number;
  pendingDeployments: number;
  /** LMSs whose hosts nobody has approved yet. */
  waitingRegistrations: number;
  proposedNames: number;
  failedWork: number;
  courses: number;
  approvedLmsCourses: number;
  tracks: number;
  publishedTracks: number;
  awards: number;
};

type Decision = { label: string; why: string; path: string; action: string };

const counted = (count: number, one: string, many: string): string =>
  count === 1 ? `1 ${one}` : `${count} ${many}`;

/** What waits for an administrator; what keeps learners waiting comes first. */
function decisionsOf(counts: OverviewCounts): Decision[] {
  const { pendingDeployments, pendingLmsCourses, proposedNames, failedWork } = counts;
  const { waitingRegistrations } = counts;
  const candidates = [
    {
      count: waitingRegistrations,
      label: counted(waitingRegistrations, "new LMS", "new LMSs"),
      why: "Nobody can open Rosette from there before you have looked at its hosts.",
      path: "/platforms",
      action: "Look at the new LMSs",
    },
    {
      count: pendingDeployments,
      label: counted(pendingDeployments, "place in an LMS", "places in an LMS"),
      why: "Nobody can open Rosette from there before you approve it.",
      path: "/platforms",
      action: "Look at the platforms",
    },
    {
      count: pendingLmsCourses,
      label: counted(pendingLmsCourses, "LMS course", "LMS courses"),
      why: "Nothing that learners do there counts before you say which course it is.",
      path: "/lms-courses?status=pending",
      action: "Decide about LMS courses",
    },
    {
      count: proposedNames,
      label: counted(proposedNames, "name", "names"),
      why: "Learners entered how their credentials should call them. They wait for your approval.",
      path: "/people/names",
      action: "Look at the names",
    },
    {
      count: failedWork,
      label: counted(failedWork, "failed task", "failed tasks"),
      why: "It is tried again by itself; here you see why it failed.",
      path: "/failed-work",
      action: "Look at the failed work",
    },
  ];
  return candidates
    .filter(({ count }) => count > 0)
    .map(({ label, why, path, action }) => ({ label, why, path, action }));
}

type FirstStep = { label: string; why: string; path: string; isDone: boolean };

/** From nothing to the first micro-credential; empty once every step was taken. */
function firstStepsOf(counts: OverviewCounts): FirstStep[] {
  const steps = [
    {
      label: "Add a course with its exam",
      why: "Code, title, hours, pass mark and where the grade comes from.",
      path: "/courses/new",
      isDone: counts.courses > 0,
    },
    {
      label: "Say in which LMS course it is taught",
      why: "Open Rosette from the LMS course once; then approve it here.",
      path: "/lms-courses",
      isDone: counts.approvedLmsCourses > 0,
    },
    {
      label: "Write a track",
      why: "The courses that together earn a micro-credential, and its badge.",
      path: "/tracks/new",
      isDone: counts.tracks > 0,
    },
    {
      label: "Publish it",
      why: "Learners see it from then on, and courses they have passed already count.",
      path: "/tracks",
      isDone: counts.publishedTracks > 0,
    },
  ];
  return steps.every(({ isDone }) => isDone) ? [] : steps;
}

/** The first page of the panel. */
export const overviewPage = (counts: OverviewCounts) => ({
  decisions: decisionsOf(counts),
  firstSteps: firstStepsOf(counts),
  counts: [
    { label: "Courses", count: counts.courses, path: "/courses" },
    { label: "LMS courses that count", count: counts.approvedLmsCourses, path: "/lms-courses" },
    { label: "Tracks published", count: counts.publishedTracks, path: "/tracks" },
    { label: "Awards", count: counts.awards, path: "/awards" },
  ],
});
