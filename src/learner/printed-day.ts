import { plainDate } from "../progress/plain-words.js";

/** A day as pages print it, with its machine-readable form for `<time datetime>`. */
export type PrintedDay = { iso: string; text: string };

/** The day of a moment in UTC: the same for everyone who looks, wherever they are. */
export const printDay = (at: Date): PrintedDay => ({
  iso: at.toISOString().slice(0, 10),
  text: plainDate(at),
});
