import { CommandError } from "../command-error.js";
import type { Regex } from "../values/value.js";

const MAX_PATTERN_CHARS = 16_384;
const cache = new Map<string, RegExp>();

/** Compiles a PCRE-style pattern with MongoDB's options i, m, s, x. */
export function compileRegex({ pattern, flags }: Regex): RegExp {
  const id = `${flags}/${pattern}`;
  const known = cache.get(id);
  if (known) return known;
  if (pattern.length > MAX_PATTERN_CHARS) {
    throw new CommandError(51091, "Regular expression is too long");
  }
  for (const flag of flags) {
    if (!"imsxu".includes(flag)) {
      throw new CommandError(51108, `invalid flag in regex options: ${flag}`);
    }
  }
  const made = translate(pattern, flags);
  if (cache.size > 1000) cache.clear();
  cache.set(id, made);
  return made;
}

function translate(pattern: string, flags: string): RegExp {
  const inline = /^\(\?([imsx]+)\)/.exec(pattern);
  const all = flags + (inline?.[1] ?? "");
  let source = inline ? pattern.slice(inline[0].length) : pattern;
  if (all.includes("x")) source = withoutLayout(source);
  source = source
    .replaceAll("(?P<", "(?<")
    .replace(/^\\A/, "(?<![\\s\\S])")
    .replace(/\\[zZ]$/, "(?![\\s\\S])");
  const kept = ["i", "m", "s"].filter((flag) => all.includes(flag)).join("");
  try {
    return new RegExp(source, `${kept}u`);
  } catch {
    // The u flag forbids escapes that PCRE allows.
  }
  try {
    return new RegExp(source, kept);
  } catch (error) {
    throw new CommandError(51091, `Regular expression is invalid: ${(error as Error).message}`);
  }
}

// Option x: white space and comments outside classes mean nothing.
function withoutLayout(pattern: string): string {
  return pattern.replace(/\\.|\[(?:\\.|[^\]\\])*\]|#[^\n]*|\s+/gs, (token) =>
    token.startsWith("\\") || token.startsWith("[") ? token : "",
  );
}

/** Whether matching may take more than about linear time, so that it needs a watch over it. */
export function mayBacktrack(pattern: string): boolean {
  const unbounded = pattern.replace(/\\./g, "").match(/[*+]|\{\d+,\d*\}/g);
  return (unbounded?.length ?? 0) > 1 || /\)[*+{]/.test(pattern);
}

/** The literal text every match starts with, for patterns anchored at the start. */
export function literalPrefix({ pattern, flags }: Regex): string | undefined {
  if (!pattern.startsWith("^") || flags.includes("i") || flags.includes("m")) return undefined;
  if (flags.includes("x") || pattern.includes("|")) return undefined;
  const literal = /^\^((?:[^\\.+*?()[\]{}|^$]|\\[^a-zA-Z0-9])*)/.exec(pattern)?.[1] ?? "";
  const next = pattern.charAt(1 + literal.length);
  const optional = next === "*" || next === "?" || next === "{";
  const kept = optional ? literal.replace(/(?:\\.|[^\\])$/su, "") : literal;
  const text = kept.replace(/\\(.)/g, "$1");
  return text === "" ? undefined : text;
}
