/** What is wrong with something written in a form: one sentence for each field, by its name. */
export type Faults = Record<string, string>;

export const hasFaults = (faults: Faults): boolean => Object.keys(faults).length > 0;
