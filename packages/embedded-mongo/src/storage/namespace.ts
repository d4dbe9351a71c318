import { CommandError } from "../command-error.js";

const NAMESPACE_BYTES = 255;

/** A full name in its two parts. */
export function splitNamespace(namespace: string): { database: string; name: string } {
  const dot = namespace.indexOf(".");
  return { database: namespace.slice(0, dot), name: namespace.slice(dot + 1) };
}

/** Refuses a name that no collection may have. */
export function checkNamespace(namespace: string): void {
  const { name } = splitNamespace(namespace);
  if (name === "" || name.startsWith(".") || name.includes("\0") || name.includes("$")) {
    throw new CommandError("InvalidNamespace", `Invalid namespace specified '${namespace}'`);
  }
  if (Buffer.byteLength(namespace) > NAMESPACE_BYTES) {
    throw new CommandError(
      "InvalidNamespace",
      `Fully qualified namespace is too long. Namespace: ${namespace} Max: ${NAMESPACE_BYTES}`,
    );
  }
}
