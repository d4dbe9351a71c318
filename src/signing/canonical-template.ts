import { createHash } from "node:crypto";

/** A place in a document where credentials of one kind differ. */
export type Slot = { sentinel: string; kind: "iri" | "literal" };

/** A part of a line: fixed text, a slot's value, or a blank node's label. */
type Part = string | { slot: number } | { node: number };

type BlankNode = {
  /** What its first-degree hash is made of (RDFC-1.0 §4.6); one line for each quad it stands in. */
  lines: Part[][];
  /** When nothing in those lines differs from credential to credential. */
  fixedHash: string | undefined;
};

/** The RDF of a kind of document, to be filled in. */
export type CanonicalTemplate = { lines: Part[][]; nodes: BlankNode[]; slots: Slot[] };

const TERM = String.raw`<[^>]*>|_:[^ ]+|"(?:[^"\\]|\\.)*"(?:\^\^<[^>]*>|@[A-Za-z0-9-]+)?`;
const LINE = new RegExp(`^(${TERM}) (${TERM}) (${TERM})(?: (${TERM}))? \\.$`, "s");

const sha256 = (text: string): string => createHash("sha256").update(text, "utf8").digest("hex");

/** Control characters by their short name or number, as canonical N-Quads writes them. */
const shortEscapes = new Map([
  ["\b", "\\b"],
  ["\t", "\\t"],
  ["\n", "\\n"],
  ["\f", "\\f"],
  ["\r", "\\r"],
  ['"', '\\"'],
  ["\\", "\\\\"],
]);

const escapeLiteral = (text: string): string =>
  // eslint-disable-next-line no-control-regex -- these are what must be escaped
  text.replace(/[\u0000-\u001f\u007f"\\]/g, (character) => {
    const code = character.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0");
    return shortEscapes.get(character) ?? `\\u${code}`;
  });

/** Puts neighbouring texts together. */
function joined(parts: Part[]): Part[] {
  const result: Part[] = [];
  for (const part of parts) {
    const last = result.at(-1);
    if (typeof part === "string" && typeof last === "string") result.splice(-1, 1, last + part);
    else result.push(part);
  }
  return result;
}

/**
 * Reads N-Quads made from a document in which each slot holds its sentinel.
 * @returns undefined when a slot does not stand in it as a whole term of its kind, so that
 *   filling in would not give what canonicalising gives
 */
export function compileTemplate(nQuads: string, slots: Slot[]): CanonicalTemplate | undefined {
  const bySpelling = new Map(slots.map(({ sentinel }, slot) => [sentinel, slot]));
  const found = new Set<number>();
  const nodeNumbers = new Map<string, number>();
  const nodes: BlankNode[] = [];

  const slotIn = (inner: string, kind: Slot["kind"]): number | undefined => {
    const slot = bySpelling.get(inner);
    if (slot === undefined || slots[slot]?.kind !== kind) return undefined;
    found.add(slot);
    return slot;
  };

  function partsOf(term: string): Part[] {
    if (term.startsWith("_:")) {
      const node = nodeNumbers.get(term) ?? nodes.length;
      if (node === nodes.length) {
        nodeNumbers.set(term, node);
        nodes.push({ lines: [], fixedHash: undefined });
      }
      return [{ node }];
    }
    if (term.startsWith("<")) {
      const slot = slotIn(term.slice(1, -1), "iri");
      return slot === undefined ? [term] : ["<", { slot }, ">"];
    }
    const end = term.lastIndexOf('"');
    const slot = slotIn(term.slice(1, end), "literal");
    return slot === undefined ? [term] : ['"', { slot }, term.slice(end)];
  }

  const lines: Part[][] = [];
  for (const line of nQuads.split("\n").filter((text) => text !== "")) {
    const terms = LINE.exec(line)
      ?.slice(1)
      .filter((term) => (term as string | undefined) !== undefined);
    if (terms === undefined) return undefined;
    const parts = joined([...terms.flatMap((term) => [...partsOf(term), " "]), ".\n"]);
    lines.push(parts);
    const mentioned = new Set(
      parts.flatMap((part) => (typeof part === "object" && "node" in part ? [part.node] : [])),
    );
    for (const node of mentioned) {
      const seenFrom = parts.map((part) =>
        typeof part === "object" && "node" in part ? (part.node === node ? "_:a" : "_:z") : part,
      );
      nodes[node]?.lines.push(joined(seenFrom));
    }
  }
  const text = lines
    .flat()
    .filter((part) => typeof part === "string")
    .join("");
  const isLeftOver = slots.some(({ sentinel }) => text.includes(sentinel));
  if (found.size < slots.length || isLeftOver) return undefined;
  for (const node of nodes) {
    // Neighbouring texts are one: a line without slots is one text.
    const fixed = node.lines.flatMap(([part, ...more]) =>
      typeof part === "string" && more.length === 0 ? [part] : [],
    );
    if (fixed.length === node.lines.length) node.fixedHash = hashOfLines(fixed);
  }
  return { lines, nodes, slots };
}

/** Sorted, each line once: a dataset is a set. */
function sortedOnce(lines: string[]): string {
  const sorted = lines.sort();
  return sorted.filter((line, index) => line !== sorted[index - 1]).join("");
}

const hashOfLines = (lines: string[]): string => sha256(sortedOnce(lines));

/**
 * The canonical form of the document that has these values in the template's slots (RDFC-1.0,
 * where first-degree hashes tell all blank nodes apart).
 * @returns undefined when they do not, and the whole algorithm is needed
 */
export function fillTemplate(
  { lines, nodes, slots }: CanonicalTemplate,
  values: readonly string[],
): string | undefined {
  const texts = values.map((value, slot) =>
    slots[slot]?.kind === "literal" ? escapeLiteral(value) : value,
  );
  const fill = (parts: Part[], labels: readonly string[]): string => {
    let text = "";
    for (const part of parts) {
      if (typeof part === "string") text += part;
      else text += ("slot" in part ? texts[part.slot] : labels[part.node]) ?? "";
    }
    return text;
  };
  const hashes = nodes.map(
    (node) => node.fixedHash ?? hashOfLines(node.lines.map((parts) => fill(parts, []))),
  );
  const order = hashes.toSorted();
  if (new Set(order).size < order.length) return undefined;
  const labels = hashes.map((hash) => `_:c14n${order.indexOf(hash)}`);
  return sortedOnce(lines.map((parts) => fill(parts, labels)));
}
