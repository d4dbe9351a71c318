import { mayPass, type Visit } from "../launch/visit.js";
import type { NavigationLink, Notice, PageFrame } from "../web/page.js";

/** The pages of a visit that its navigation names. */
export type VisitPage =
  "progress" | "backpack" | "hours" | "course" | "content" | "assess" | "mentees";

const addressOf = (visit: Visit, path: string): string => `/l/${visit.launch.id}/${path}`;

/** The pages this person may open in this visit: course pages rest on context roles alone. */
export function navigationOf(visit: Visit, current?: VisitPage): NavigationLink[] {
  const link = (page: VisitPage, label: string): NavigationLink => ({
    href: addressOf(visit, page),
    label,
    current: page === current,
  });
  const isTeaching = mayPass(visit, "instructor");
  const isMentor = mayPass(visit, "mentor") && !mayPass(visit, "learner");
  return [
    ...(isTeaching && visit.launch.deepLinking !== undefined
      ? [link("content", "Add to the course")]
      : []),
    ...(isTeaching ? [link("course", "This course"), link("assess", "Work to assess")] : []),
    ...(mayPass(visit, "mentor") ? [link("mentees", "My learners")] : []),
    link("progress", isTeaching || isMentor ? "Micro-credentials" : "My progress"),
    ...(mayPass(visit, "learner")
      ? [link("backpack", "My backpack"), link("hours", "My hours")]
      : []),
    ...(visit.isAdministrator
      ? [{ href: addressOf(visit, "admin"), label: "Administration", current: false }]
      : []),
  ];
}

/** The frame of a page of a visit; `current` when the navigation names the page. */
export function visitFrame(
  visit: Visit,
  about: { title: string; current?: VisitPage; notices?: Notice[] },
): PageFrame {
  const { title, current, notices = [] } = about;
  return {
    title,
    base: `/l/${visit.launch.id}`,
    navigation: navigationOf(visit, current),
    notices,
  };
}
