import type { Launch } from "../launch/launch.js";
import type { Deployment, Platform } from "../platforms/platform.js";

/** What an administrator decides about a registration or one deployment of it, with a reason. */
export type PlatformDecision = "remove" | "close" | "reopen";

/** Why something is not for this administrator to do here. */
export type Obstacle = "own-way-in" | "others-use-it";

/**
 * Whether a registration can be removed here: not the one through which the administrator came, who
 * would be locked out at once, and none that lets people of other organisations in.
 */
export function whyNotRemove(
  platform: Pick<Platform, "id" | "organisationId">,
  deployments: readonly Pick<Deployment, "organisationId" | "status">[],
  visit: Pick<Launch, "platformId">,
): Obstacle | undefined {
  if (visit.platformId === platform.id) return "own-way-in";
  const isOthers = deployments.some(
    ({ organisationId, status }) =>
      status === "approved" && organisationId !== platform.organisationId,
  );
  return isOthers ? "others-use-it" : undefined;
}

/** Whether a deployment can be closed here: not the one through which the administrator came. */
export const whyNotClose = (
  deployment: Pick<Deployment, "id">,
  visit: Pick<Launch, "deploymentRecordId">,
): Obstacle | undefined => (visit.deploymentRecordId === deployment.id ? "own-way-in" : undefined);

const obstacles: Record<PlatformDecision, Partial<Record<Obstacle, string>>> = {
  remove: {
    "own-way-in":
      "You came here from this LMS, and would be locked out at once. Open Rosette from another LMS to remove this one, or have it removed on the server's command line.",
    "others-use-it":
      "People of other organisations open Rosette by this registration. Whoever runs Rosette can remove it on the server's command line.",
  },
  close: {
    "own-way-in":
      "You came here from this deployment, and would be locked out at once. Open Rosette from another place to close this one.",
  },
  reopen: {},
};

/** What a decision means, before it is made. `what` is the LMS, or the deployment's name in it. */
const texts = {
  remove: {
    title: (what: string) => `Remove ${what}`,
    meaning: [
      "From now on nobody can open Rosette from this LMS, and who is in now is out at once. Its deployments are forgotten.",
      "Its learners, their results and everything that was awarded stay. Grades that the LMS holds are read no more, and none are sent there.",
      "To bring it back, the LMS has to be registered again. People are then known again by the same issuer.",
    ],
    button: "Remove this LMS",
  },
  close: {
    title: (what: string) => `Close deployment ${what}`,
    meaning: [
      "From now on nobody can open Rosette from this place in the LMS, and who is in now is out at once. It stays closed even if all deployments of the LMS are accepted.",
      "Its learners, their results and everything that was awarded stay. You can open it again at any time.",
    ],
    button: "Close this deployment",
  },
  reopen: {
    title: (what: string) => `Open deployment ${what} again`,
    meaning: ["From now on people can open Rosette from this place in the LMS again, as yours."],
    button: "Open it again",
  },
};

/** The page on which a decision is made. */
export const decisionPage = (about: {
  decision: PlatformDecision;
  what: string;
  obstacle: Obstacle | undefined;
}) => {
  const { decision, what, obstacle } = about;
  const { title, meaning, button } = texts[decision];
  return {
    title: title(what),
    page: {
      ...{ meaning, button, isGrave: decision !== "reopen" },
      obstacle: obstacle && obstacles[decision][obstacle],
    },
  };
};
