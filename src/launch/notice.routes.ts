import { Router } from "express";
import { z } from "zod";
import type { ErrorCode } from "../errors.js";
import { errorText, ToolError } from "../errors.js";
import type { Event } from "../events/event.js";
import { requestIdOf } from "../web/page.js";
import type { AcceptedNotice } from "./accept-notice.js";
import { fault, type RefusedLaunch } from "./verify-launch.js";

type Needs = {
  acceptNotice: (jwt: string) => Promise<AcceptedNotice | RefusedLaunch>;
  /** What a genuine notice is about; later chapters know. Idempotent. */
  handleNotice: (accepted: AcceptedNotice) => Promise<void>;
  noteHandled: (received: AcceptedNotice["received"]) => Promise<"added" | "already-there">;
  addEvent: (event: Omit<Event, "id">) => Promise<void>;
  now: () => Date;
};

const MOST_AT_ONCE = 100;
const Notices = z.object({
  notices: z
    .array(z.object({ jwt: z.string().min(1) }))
    .min(1)
    .max(MOST_AT_ONCE),
});

/** Where LMSs send their notices: messages without a browser, each signed like a launch. */
export function noticeRoutes(needs: Needs): Router {
  const router = Router();

  /**
   * Handles a notice, then remembers it: what fails in between is handled anew when the LMS sends
   * it again. Of several at once one is taken, and handling is idempotent.
   */
  async function take(jwt: string): Promise<RefusedLaunch | undefined> {
    const outcome = await needs.acceptNotice(jwt);
    if (outcome.kind === "refused") return outcome;
    const { received, platform } = outcome;
    await needs.handleNotice(outcome);
    if ((await needs.noteHandled(received)) === "added") return undefined;
    return { kind: "refused", platform, ...fault("launch-already-used", "notice") };
  }

  router.post("/lti/notices", async (request, response) => {
    const sent = Notices.safeParse(request.body);
    if (!sent.success) throw new ToolError("request-malformed");
    let refusedWith: ErrorCode | undefined;
    const failures: unknown[] = [];
    for (const { jwt } of sent.data.notices) {
      // One that fails keeps none of the others from being handled.
      const outcome = await take(jwt).catch((error: unknown) => void failures.push(error));
      if (outcome === undefined) continue;
      refusedWith ??= outcome.code;
      await needs.addEvent({
        organisationId: outcome.platform?.organisationId,
        code: outcome.code,
        level: "warning",
        summary: `A notice of an LMS was refused: ${errorText(outcome.code).title}.`,
        about: {
          correlationId: requestIdOf(response),
          ...(outcome.platform === undefined ? {} : { platformId: outcome.platform.id }),
          ...(outcome.detail === undefined ? {} : { detail: outcome.detail }),
        },
        at: needs.now(),
      });
    }
    if (failures.length > 0) throw failures[0];
    if (refusedWith !== undefined) throw new ToolError(refusedWith);
    response.status(204).end();
  });
  return router;
}
