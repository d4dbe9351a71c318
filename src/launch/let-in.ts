import {
  acceptLaunch,
  type AcceptedLaunch,
  type AcceptLaunchNeeds,
  type LaunchingBrowser,
} from "./accept-launch.js";
import {
  type PostedLaunch,
  type RefusedLaunch,
  verifyLaunch,
  type VerifyLaunchNeeds,
} from "./verify-launch.js";

type Needs<Course> = Omit<AcceptLaunchNeeds<Course>, "platforms" | "deployments"> &
  Omit<VerifyLaunchNeeds, "platforms"> & {
    platforms: AcceptLaunchNeeds<Course>["platforms"] &
      VerifyLaunchNeeds["platforms"] & { forget: () => void };
    deployments: AcceptLaunchNeeds<Course>["deployments"] & { forget: () => void };
  };

/**
 * Verifies a launch and lets it in. What this process remembers of a registration only says what to
 * ask for; where the store says otherwise by now, it is forgotten and the launch verified anew.
 */
export async function letIn<Course>(
  needs: Needs<Course>,
  posted: PostedLaunch,
  browser: LaunchingBrowser,
): Promise<AcceptedLaunch | RefusedLaunch> {
  const once = async () => {
    const verified = await verifyLaunch(needs, posted);
    return verified.kind === "refused" ? verified : await acceptLaunch(needs, verified, browser);
  };
  const first = await once();
  if (first !== "registration-changed") return first;
  needs.platforms.forget();
  needs.deployments.forget();
  const second = await once();
  if (second !== "registration-changed") return second;
  return { kind: "refused", code: "launch-platform-unknown", platform: undefined };
}
