const format = new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeZone: "UTC" });

/** A day as people write it, e.g. `3 March 2026`, in UTC as in the credentials. */
export const plainDay = (moment: Date): string => format.format(moment);
