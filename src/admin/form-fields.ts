import { z } from "zod";
import { areContactHours, contactHoursFault } from "../courses/course.js";
import { numberOf } from "./form-values.js";

/** Text that must be there. `fault` says what to enter. */
export const requiredText = (fault: string, most: number) =>
  z.string().trim().min(1, fault).max(most, `Use at most ${most} characters.`);

/** Text that may be left empty, and is then absent. */
export const optionalText = (most: number) =>
  z
    .string()
    .trim()
    .max(most, `Use at most ${most} characters.`)
    .transform((text) => (text === "" ? undefined : text));

type Limits = { least: number; most: number; whole?: boolean };

const fits = (value: number, limits: Limits): boolean =>
  value >= limits.least &&
  value <= limits.most &&
  (limits.whole !== true || Number.isInteger(value));

/** A number within limits, as people type it. `fault` says what to enter. */
export const requiredNumber = (fault: string, limits: Limits) =>
  z.string({ error: fault }).transform((text, context) => {
    const value = numberOf(text);
    if (value !== undefined && fits(value, limits)) return value;
    context.addIssue({ code: "custom", message: fault });
    return z.NEVER;
  });

/** The same, or nothing. */
export const optionalNumber = (fault: string, limits: Limits) =>
  z.string().transform((text, context) => {
    if (text.trim() === "") return undefined;
    const value = numberOf(text);
    if (value !== undefined && fits(value, limits)) return value;
    context.addIssue({ code: "custom", message: fault });
    return z.NEVER;
  });

/** Contact hours, by the rule that courses and tracks share. */
export const contactHoursField = z.string().transform((text, context) => {
  const hours = numberOf(text);
  if (hours !== undefined && areContactHours(hours)) return hours;
  context.addIssue({ code: "custom", message: contactHoursFault });
  return z.NEVER;
});
