/**
 * XML Schema dateTime in whole seconds, in UTC: a VC-JWT's `nbf` counts seconds, and must say the
 * same moment as `validFrom`.
 */
export const dateTimeOf = (moment: Date): string => moment.toISOString().replace(/\.\d{3}Z$/, "Z");
