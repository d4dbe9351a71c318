import { crc32 } from "node:zlib";
import { load } from "cheerio";
import { expect } from "chai";
import { load as readPngTags } from "exifreader";
import fc from "fast-check";
import { bakePng, readBakedPng } from "../../src/credentials/baked-png.js";
import { bakeSvg, readBakedSvg } from "../../src/credentials/baked-svg.js";
import { drawBadge } from "../../src/tracks/badge-svg.js";

/** One transparent pixel. */
const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==",
  "base64",
);
const SVG = drawBadge({
  badge: { shape: "shield", colour: "#0d5257", initials: "SH" },
  name: 'Safe <Handling> & "more"',
});
const JWT = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJkaWQ6d2ViOmV4YW1wbGUub3JnIn0.c2lnbmF0dXJl";
const NAMESPACE = "https://purl.imsglobal.org/ob/v3p0";

describe("a picture with a credential in it", () => {
  it("is a PNG in which another reader finds the credential", () => {
    const tags = readPngTags(bakePng(PNG, JWT));
    expect(tags["openbadgecredential"]?.value).to.equal(JWT);
  });

  it("gives back what was baked into a PNG, whatever it was, and once", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.string({ minLength: 1 }), (first, second) => {
        const utf8 = Buffer.from(second, "utf8").toString("utf8");
        const baked = bakePng(bakePng(PNG, first), second);
        expect(readBakedPng(baked)).to.deep.equal({ kind: "found", text: utf8 });
        expect(baked.toString("latin1").split("openbadgecredential")).to.have.length(2);
      }),
    );
  });

  it("is no credential when the PNG is cut off, has none, two, a compressed or a bent one", () => {
    const baked = bakePng(PNG, JWT);
    const at = baked.indexOf("openbadgecredential");
    const chunk = baked.subarray(at - 8, at - 8 + 12 + baked.readUInt32BE(at - 8));
    const twice = Buffer.concat([baked.subarray(0, at - 8), chunk, baked.subarray(at - 8)]);
    const compressed = Buffer.from(baked);
    compressed[at + "openbadgecredential".length + 1] = 1;
    const long = Buffer.from(baked);
    long.writeUInt32BE(0x7fffffff, at - 8);
    const bent = Buffer.from(baked);
    bent[at + 40] = 0x41;
    // Its checksum is over what it holds, so a compressed one has another.
    const from = at - 4;
    const until = from + 4 + baked.readUInt32BE(at - 8);
    compressed.writeUInt32BE(crc32(compressed.subarray(from, until)), until);
    const cases: [Buffer, string][] = [
      [PNG, "none"],
      [twice, "several"],
      [compressed, "compressed"],
      [bent, "unreadable"],
      [long, "unreadable"],
      [baked.subarray(0, at + 30), "unreadable"],
      [Buffer.from("x"), "unreadable"],
    ];
    for (const [bad, kind] of cases) expect(readBakedPng(bad)).to.deep.equal({ kind });
  });

  it("never throws on any bytes, and ends at once", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const signature = PNG.subarray(0, 8);
        readBakedPng(Buffer.concat([signature, Buffer.from(bytes)]));
      }),
    );
  });

  it("is an SVG in which another reader finds the credential in its namespace", () => {
    const $ = load(bakeSvg(SVG, JWT), { xml: true });
    const root = $("svg").first();
    expect(root.attr("xmlns:openbadges")).to.equal(NAMESPACE);
    expect(root.children().first().prop("tagName")?.toLowerCase()).to.equal(
      "openbadges:credential",
    );
    expect(root.children().first().attr("verify")).to.equal(JWT);
    expect($("title").text()).to.equal('Safe <Handling> & "more"');
  });

  it("gives back what was baked into an SVG, also as JSON and under another prefix", () => {
    expect(readBakedSvg(bakeSvg(SVG, JWT))).to.deep.equal({ kind: "found", text: JWT });
    const json = '{"id":"https://example.org/1","name":"a < b"}';
    const other = `<svg xmlns="http://www.w3.org/2000/svg" xmlns:ob="${NAMESPACE}"><ob:credential><![CDATA[${json}]]></ob:credential></svg>`;
    expect(readBakedSvg(other)).to.deep.equal({ kind: "found", text: json });
  });

  it("is no credential in another namespace, twice, empty, or in a picture that is too long", () => {
    const baked = bakeSvg(SVG, JWT);
    const element = `<openbadges:credential verify="${JWT}"/>`;
    const cases: [string, string][] = [
      [SVG, "none"],
      [baked.replace(NAMESPACE, "https://example.org/other"), "none"],
      [baked.replace(element, element + element), "several"],
      [baked.replace(element, "<openbadges:credential></openbadges:credential>"), "none"],
      [baked + " ".repeat(2_000_000), "too-large"],
    ];
    for (const [bad, kind] of cases) expect(readBakedSvg(bad)).to.deep.equal({ kind });
  });

  it("is refused when it declares entities, and not for naming its document type", () => {
    const bomb = `<!DOCTYPE svg [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>${bakeSvg(SVG, JWT).replace("<title>", "<title>&b;")}`;
    expect(readBakedSvg(bomb)).to.deep.equal({ kind: "has-entities" });
    const named = `<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "x">${bakeSvg(SVG, JWT)}`;
    expect(readBakedSvg(named)).to.deep.equal({ kind: "found", text: JWT });
  });
});
