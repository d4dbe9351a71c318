import type { Parts } from "../src/parts/parts.js";
import { CommandError } from "./command.js";

/** The options of a command line, by name. */
export type Values = Record<string, string | boolean | undefined>;

export const textOf = (values: Values, name: string): string => {
  const value = values[name];
  return typeof value === "string" ? value : "";
};

/** The organisation that is meant: the named one, the only one, or a first one made now. */
export async function findOrganisation(parts: Parts, values: Values, mayMake: boolean) {
  const name = textOf(values, "organisation").trim();
  const all = await parts.organisations.listAll();
  const named = all.find((each) => each.name === name);
  if (named !== undefined) return named;
  if (name !== "") {
    if (mayMake) return await parts.organisations.ensureNamed(name, parts.now());
    throw new CommandError(`There is no organisation called "${name}".`);
  }
  const [only, another] = all;
  if (another !== undefined) {
    const names = all.map((each) => `  ${each.name}`).join("\n");
    throw new CommandError(`Say which organisation, with --organisation:\n${names}`);
  }
  return only ?? (await parts.organisations.ensureFirst("My organisation", parts.now()));
}
