import { SaxesParser, type SaxesAttributeNS, type SaxesTagNS } from "saxes";

const SVG_NAMESPACE = "http://www.w3.org/2000/svg";

/** What acts, moves or leads away and is not drawn: it is left out of a picture. */
export type LeftOut = "scripts" | "links" | "motion";

/** What a drawing is made of. A link is a group that leads away: what is in it is drawn. */
const DRAWN = new Set(
  "svg g a defs symbol use switch path rect circle ellipse line polyline polygon text tspan style linearGradient radialGradient stop clipPath mask".split(
    " ",
  ),
);

/** Words about a drawing: read over, together with what is in them. */
const READ_OVER = new Set(["title", "desc", "metadata"]);

/** Left out with all that is in them. */
const LEFT_OUT: Record<string, LeftOut> = {
  script: "scripts",
  ...Object.fromEntries(
    "animate animateColor animateMotion animateTransform discard mpath set"
      .split(" ")
      .map((name) => [name, "motion"]),
  ),
};

const telling: Record<string, string> = {
  foreignObject: "This SVG holds a piece of a web page. Export it as a plain SVG.",
  image: "This SVG holds another picture. Upload that picture itself, or draw it as paths.",
};

const OUTSIDE =
  "This SVG points to something outside the file. Export it with everything in it, as a plain SVG.";
const ENTITIES = "This SVG declares entities of its own. Export it as a plain SVG.";
const TOO_MUCH = "This SVG has too many parts to be drawn quickly. Make it simpler.";

const MOST_DEPTH = 50;
/** Parts, each counted as often as it is drawn. */
const MOST_PARTS = 20_000;

type Part = { cost: number | undefined; parts: Part[]; refers: string[] };

class Refusal extends Error {}

function refuse(sentence: string): never {
  throw new Refusal(sentence);
}

/** The ids that a text points to inside the file. */
function idsIn(text: string): string[] {
  return [...text.matchAll(/url\(\s*(['"]?)([^)]*?)\1\s*\)/gi)].map(([, , target = ""]) => {
    if (!target.startsWith("#")) refuse(OUTSIDE);
    return target.slice(1);
  });
}

function checkStyle(text: string): void {
  if (/[@\\]|expression|javascript:/i.test(text)) refuse(OUTSIDE);
  if (/(clip-path|mask|filter|marker)/i.test(text) && /url\(/i.test(text))
    for (const declaration of text.split(/[;{}]/))
      if (/^\s*(clip-path|mask|filter|marker)[\w-]*\s*:.*url\(/is.test(declaration))
        refuse(
          "This SVG sets a mask or a clip path in its style sheet. Export it with “presentation attributes”.",
        );
  idsIn(text);
}

function refersOf({ local, uri, value }: SaxesAttributeNS): string[] {
  const name = local.toLowerCase();
  if (name === "base" && uri !== "") refuse(OUTSIDE);
  if (name === "href") {
    if (!value.trim().startsWith("#")) refuse(OUTSIDE);
    return [value.trim().slice(1)];
  }
  if (/[\\]|javascript:|@import/i.test(value)) refuse(OUTSIDE);
  return idsIn(value);
}

/** How often a part is drawn, all that it refers to included. */
function costOf(part: Part, byId: ReadonlyMap<string, Part>, under: Set<Part>): number {
  if (part.cost !== undefined) return part.cost;
  if (under.has(part)) refuse("This SVG refers to itself. Export it as a plain SVG.");
  under.add(part);
  let cost = 1;
  for (const below of [...part.parts, ...part.refers.map((id) => byId.get(id))]) {
    if (below !== undefined) cost += costOf(below, byId, under);
    if (cost > MOST_PARTS) refuse(TOO_MUCH);
  }
  under.delete(part);
  part.cost = cost;
  return cost;
}

/** What of an attribute is left out; undefined for one that is looked at. */
function leftOutOf(element: string, { local }: SaxesAttributeNS): LeftOut | undefined {
  const name = local.toLowerCase();
  if (name.startsWith("on")) return "scripts";
  return element === "a" && name === "href" ? "links" : undefined;
}

/** Refuses what no drawing is made of. @returns whether it is drawn, or only read over */
function checkElement({ local, uri }: SaxesTagNS): boolean {
  // Wherever it stands and whatever its namespace.
  if (Object.hasOwn(telling, local)) refuse(telling[local] ?? "");
  if (uri !== SVG_NAMESPACE || READ_OVER.has(local)) return false;
  if (!DRAWN.has(local))
    refuse(`This SVG uses <${local}>, which Rosette does not draw. Export it as plain paths.`);
  return true;
}

function checkRoot({ uri, local }: SaxesTagNS): void {
  if (uri !== SVG_NAMESPACE || local !== "svg")
    refuse("This file is neither a PNG nor an SVG picture.");
}

/** Goes through the file once with a parser that takes well-formed XML alone. */
function readParts(text: string): {
  root: Part;
  byId: Map<string, Part>;
  leftOut: ReadonlySet<LeftOut>;
} {
  const parser = new SaxesParser({ xmlns: true });
  const open: Part[] = [];
  const byId = new Map<string, Part>();
  let root: Part | undefined;
  /** Depth of elements that are read over; 0 outside of them. */
  let over = 0;
  /** Depth of elements that are left out; 0 outside of them. */
  let gone = 0;
  const leftOut = new Set<LeftOut>();
  let style: string | undefined;

  /** Notes what is left out, with all that is in it. */
  const isLeftOut = ({ local }: SaxesTagNS): boolean => {
    const reason = Object.hasOwn(LEFT_OUT, local) ? LEFT_OUT[local] : undefined;
    if (reason !== undefined) leftOut.add(reason);
    if (reason === undefined && gone === 0) return false;
    gone += 1;
    return true;
  };

  const refersIn = ({ local, attributes }: SaxesTagNS): string[] =>
    Object.values(attributes).flatMap((attribute) => {
      const out = leftOutOf(local, attribute);
      if (out === undefined) return refersOf(attribute);
      leftOut.add(out);
      return [];
    });

  const begin = (tag: SaxesTagNS): void => {
    if (root === undefined) checkRoot(tag);
    if (open.length > MOST_DEPTH) refuse(TOO_MUCH);
    if (isLeftOut(tag)) {
      open.push({ cost: 0, parts: [], refers: [] });
      return;
    }
    const isDrawn = checkElement(tag);
    if (over > 0 || !isDrawn) over += 1;
    else if (tag.local === "style") style = "";
    const part: Part = { cost: undefined, parts: [], refers: refersIn(tag) };
    const id = tag.attributes["id"]?.value;
    if (id !== undefined) byId.set(id, part);
    open.at(-1)?.parts.push(part);
    root ??= part;
    open.push(part);
  };

  parser.on("opentag", begin);
  parser.on("closetag", () => {
    open.pop();
    if (gone > 0) gone -= 1;
    else if (over > 0) over -= 1;
    if (style !== undefined) checkStyle(style);
    style = undefined;
  });
  for (const event of ["text", "cdata"] as const)
    parser.on(event, (content) => {
      if (style !== undefined) style += content;
    });
  parser.on("doctype", (declared) => {
    if (declared.includes("[")) refuse(ENTITIES);
  });
  parser.on("processinginstruction", ({ target }) => {
    if (target === "xml-stylesheet") refuse(OUTSIDE);
  });
  parser.on("error", (error) => {
    throw error;
  });
  parser.write(text).close();
  if (root === undefined) refuse("This SVG is empty.");
  return { root, byId, leftOut };
}

/**
 * What keeps an SVG from being taken, as one sentence: what stands outside the file, pieces of web
 * pages, entities, more parts than can be drawn quickly. When nothing does, what in it is not drawn
 * and left out by whoever draws it.
 */
export function inspectSvg(
  text: string,
): { kind: "fit"; leftOut: LeftOut[] } | { kind: "unfit"; sentence: string } {
  if (/<!ENTITY/i.test(text)) return { kind: "unfit", sentence: ENTITIES };
  try {
    const { root, byId, leftOut } = readParts(text);
    costOf(root, byId, new Set());
    return { kind: "fit", leftOut: [...leftOut] };
  } catch (error) {
    const damaged = "This SVG is damaged: it is no well-formed XML. Export it anew and try again.";
    return { kind: "unfit", sentence: error instanceof Refusal ? error.message : damaged };
  }
}

/** What the renderer leaves of a drawing, and nothing else. */
const SIMPLE: Record<string, RegExp> = {
  svg: /^(width|height|viewBox|xmlns|xmlns:xlink)$/,
  defs: /^$/,
  g: /^(id|transform|opacity|clip-path|mask|mix-blend-mode|isolation|style)$/,
  path: /^(id|d|transform|fill|fill-[a-z]+|stroke|stroke-[a-z]+|paint-order|shape-rendering|visibility)$/,
  linearGradient: /^(id|x1|y1|x2|y2|gradientUnits|gradientTransform|spreadMethod)$/,
  radialGradient: /^(id|cx|cy|r|fx|fy|fr|gradientUnits|gradientTransform|spreadMethod)$/,
  stop: /^(offset|stop-color|stop-opacity)$/,
  clipPath: /^(id|transform|clipPathUnits|clip-path|clip-rule)$/,
  mask: /^(id|x|y|width|height|maskUnits|maskContentUnits|mask-type|mask)$/,
};

const isSimpleValue = (value: string): boolean =>
  !/[<>\\@]|javascript:|data:/i.test(value) &&
  [...value.matchAll(/url\(/gi)].length === [...value.matchAll(/url\(#[\w-]+\)/g)].length;

/** Whether a drawing holds shapes and colours and nothing else, as the renderer writes them. */
export function isSimpleDrawing(text: string): boolean {
  let isSimple = !/<[!?]/.test(text);
  const parser = new SaxesParser();
  parser.on("opentag", ({ name, attributes }) => {
    const names = Object.hasOwn(SIMPLE, name) ? SIMPLE[name] : undefined;
    for (const [attribute, value] of Object.entries(attributes)) {
      const isNamespace = attribute.startsWith("xmlns");
      if (names?.test(attribute) !== true || !(isNamespace || isSimpleValue(value)))
        isSimple = false;
    }
    if (names === undefined) isSimple = false;
  });
  parser.on("text", (content) => {
    if (content.trim() !== "") isSimple = false;
  });
  parser.on("error", () => {
    isSimple = false;
  });
  parser.write(text).close();
  return isSimple;
}
