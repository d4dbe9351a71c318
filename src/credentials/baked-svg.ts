import { Parser } from "htmlparser2";
import type { CarriedCredential } from "./carried-credential.js";

/** The namespace of a credential in an SVG (OB 3.0 §5.3.2.2). */
const NAMESPACE = "https://purl.imsglobal.org/ob/v3p0";

/**
 * Writes a VC-JWT into a picture (OB 3.0 §5.3.2.2): one element, right after the root's start.
 * @param svg of our own making: its root element has no attribute with `>` in it
 */
export function bakeSvg(svg: string, jwt: string): string {
  if (!/^[\w.-]+$/.test(jwt)) throw new Error("Only a compact JWS can be baked into an SVG");
  const root = /<svg\b[^>]*>/.exec(svg);
  if (root === null) throw new Error("A picture to bake is no SVG");
  const start = root[0].replace("<svg", `<svg xmlns:openbadges="${NAMESPACE}"`);
  const baked = `<openbadges:credential verify="${jwt}"/>`;
  return svg.replace(root[0], () => `${start}${baked}`);
}

/** Longest picture that is looked at, in characters. */
const MOST_CHARACTERS = 2_000_000;

/**
 * The credential in an SVG: a compact JWS, or JSON. The picture is only read through: nothing in it
 * is followed or run, and one that declares entities is refused.
 */
export function readBakedSvg(svg: string): CarriedCredential {
  if (svg.length > MOST_CHARACTERS) return { kind: "too-large" };
  if (/<!ENTITY/i.test(svg)) return { kind: "has-entities" };
  const prefixes = new Set<string>();
  const found: string[] = [];
  let inside: string | undefined;
  let content = "";
  const parser = new Parser(
    {
      onopentag(name, attributes) {
        for (const [attribute, value] of Object.entries(attributes)) {
          if (attribute.startsWith("xmlns:") && value === NAMESPACE)
            prefixes.add(attribute.slice("xmlns:".length));
        }
        const [prefix = "", local] = name.split(":");
        if (local !== "credential" || !prefixes.has(prefix)) return;
        if (attributes["verify"] !== undefined) found.push(attributes["verify"]);
        else {
          inside = name;
          content = "";
        }
      },
      ontext(text) {
        if (inside !== undefined) content += text;
      },
      onclosetag(name) {
        if (name !== inside) return;
        inside = undefined;
        found.push(content.trim());
      },
    },
    { xmlMode: true, decodeEntities: true },
  );
  parser.write(svg);
  parser.end();
  if (found.length > 1) return { kind: "several" };
  return found[0] === undefined || found[0] === ""
    ? { kind: "none" }
    : { kind: "found", text: found[0] };
}
