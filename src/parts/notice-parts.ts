import { noteCopy } from "../courses/note-copy.js";
import type { OfferingStore } from "../courses/offering-store.js";
import type { Event } from "../events/event.js";
import type { EventStore } from "../events/event-store.js";
import type { AcceptedNotice } from "../launch/accept-notice.js";
import type { Launch } from "../launch/launch.js";
import { noticeTypes, noticeTypesOf } from "../launch/notice-types.js";
import { createPace } from "../work/pace.js";
import type { WorkQueue } from "../work/work-queue.js";

type Needs = {
  offerings: OfferingStore;
  events: EventStore;
  work: WorkQueue;
  now: () => Date;
};

/** What an LMS tells outside of launches: the part of the parts about its notices. */
export function createNoticeParts({ offerings, events, work, now }: Needs) {
  const pace = createPace(24 * 60 * 60_000);
  return {
    /** Once a day and process: the LMS may have forgotten, and being told again costs it nothing. */
    wakeSubscription: async (launch: Launch): Promise<void> => {
      const { noticeService, organisationId, platformId, deploymentRecordId: key } = launch;
      const types = noticeTypesOf(noticeService?.types ?? []).join(" ");
      if (noticeService === undefined || types === "") return;
      if (!pace.isDue(key, launch.launchedAt)) return;
      const { url } = noticeService;
      const about = { key, organisationId, platformId, url, types };
      await work.wakeUnlessThere("subscribe-to-notices", about);
    },

    /** What follows from a genuine notice; once, however often it is handled. */
    handleNotice: async (accepted: AcceptedNotice): Promise<void> => {
      const { notice, platform, organisationId, received } = accepted;
      const { context, originContextIds } = notice;
      if (notice.type === noticeTypes.hello) {
        const summary = `${platform.name} can send its notices to Rosette.`;
        const event = { code: "notices-arrive", level: "info" as const, summary, at: now() };
        const about = { platformId: platform.id };
        await events.addOnce({ id: received.id, organisationId, ...event, about });
      }
      if (notice.type !== noticeTypes.copy || context === undefined) return;
      const contextTitle = context.title ?? context.label ?? context.id;
      const place = { organisationId, issuer: platform.issuer, contextId: context.id };
      await noteCopy({ offerings, now }, { ...place, contextTitle, originContextIds });
    },

    addEvent: async (event: Omit<Event, "id">): Promise<void> => {
      await events.add(event);
    },
  };
}
