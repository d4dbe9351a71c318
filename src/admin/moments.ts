const day = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeZone: "UTC" });

const moment = new Intl.DateTimeFormat("en-GB", {
  dateStyle: "medium",
  timeStyle: "short",
  timeZone: "UTC",
});

/** A date as people read it, e.g. `3 Sept 2026`. In UTC, as everything the panel shows. */
export const dayOf = (at: Date): string => day.format(at);

/** Date and time, e.g. `3 Sept 2026, 14:05 UTC`. */
export const momentOf = (at: Date): string => `${moment.format(at)} UTC`;
