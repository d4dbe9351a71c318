import { deflateSync } from "node:zlib";
import { load } from "cheerio";
import { expect } from "chai";
import { createDocumentMaker } from "../../../src/documents/document-maker.js";
import { addPicture } from "../../../src/pictures/add-picture.js";
import { type Picture, pictureLimits, placePicture } from "../../../src/pictures/picture.js";
import { isSimpleDrawing } from "../../../src/pictures/read-svg.js";
import { headerOf, plainPng, pngOf, svgOf } from "../../support/picture-fixtures.js";

const END: [string, Buffer] = ["IEND", Buffer.alloc(0)];

describe("an uploaded picture", () => {
  const documents = createDocumentMaker();
  let kept: Picture[];

  beforeEach(() => {
    kept = [];
  });
  after(async () => {
    await documents.stop();
  });

  const add = async (file: Buffer | string, use: "badge" | "logo" = "badge") =>
    await addPicture(
      {
        documents,
        now: () => new Date("2026-05-04T10:00:00Z"),
        pictures: {
          keep: async (picture) => {
            kept.push(picture);
            return picture;
          },
        },
      },
      { organisationId: "o", addedBy: "a", bytes: Buffer.from(file), use },
    );

  /** What is said about a file that is not taken; nothing of it is kept. */
  async function refusalOf(file: Buffer | string, use?: "logo"): Promise<string> {
    const outcome = await add(file, use);
    if (outcome.kind === "added") throw new Error("it was taken");
    expect(kept).to.have.length(0);
    return outcome.sentence;
  }

  async function keptOf(file: Buffer | string, use?: "logo"): Promise<Picture> {
    const outcome = await add(file, use);
    if (outcome.kind === "refused") throw new Error(outcome.sentence);
    return outcome.picture;
  }

  describe("as PNG", () => {
    it("is kept pixel by pixel, without the texts, places and credentials in it", async () => {
      const secrets: [string, Buffer][] = [
        ["tEXt", Buffer.from("Author\0Ada Secret")],
        ["iTXt", Buffer.from("openbadgecredential\0\0\0\0\0eyJ.secret")],
        ["eXIf", Buffer.from("MM\0*secret")],
      ];
      const picture = await keptOf(plainPng(96, 96, secrets));
      expect(picture).to.include({ kind: "png", widthPx: 96, heightPx: 96 });
      expect(picture.bytes.equals(plainPng(96))).to.equal(true);
    });

    it("is taken with every depth, with a palette and interlaced", async () => {
      const grey = Buffer.alloc(96 * (1 + 12));
      const bits = pngOf(["IHDR", headerOf(96, 96, [1, 0, 0])], ["IDAT", deflateSync(grey)], END);
      expect((await keptOf(bits)).widthPx).to.equal(96);
      const palette = pngOf(
        ["IHDR", headerOf(96, 96, [8, 3, 0])],
        ["PLTE", Buffer.from([0, 0, 0])],
        ["IDAT", deflateSync(Buffer.alloc(96 * 97))],
        END,
      );
      expect((await keptOf(palette)).widthPx).to.equal(96);
      // Adam7 over 96 by 96: 7 passes, each with rows of its own length.
      const passes = [
        [12, 12],
        [12, 12],
        [24, 12],
        [24, 24],
        [48, 24],
        [48, 48],
        [96, 48],
      ];
      const bytes = passes.reduce(
        (sum, [columns = 0, rows = 0]) => sum + rows * (1 + columns * 3),
        0,
      );
      const adam7 = pngOf(
        ["IHDR", headerOf(96, 96, [8, 2, 1])],
        ["IDAT", deflateSync(Buffer.alloc(bytes))],
        END,
      );
      expect((await keptOf(adam7)).widthPx).to.equal(96);
    });

    const damaged = /damaged or cut off/;
    const broken: [name: string, file: () => Buffer, sentence: RegExp][] = [
      ["is cut off", () => plainPng().subarray(0, 200), damaged],
      ["has a wrong checksum", () => Buffer.from(plainPng()).fill(1, 45, 46), damaged],
      [
        "unpacks to more than it declares",
        () =>
          pngOf(["IHDR", headerOf(96, 96)], ["IDAT", deflateSync(Buffer.alloc(50_000_000))], END),
        damaged,
      ],
      [
        "unpacks to less than it declares",
        () => pngOf(["IHDR", headerOf(96, 96)], ["IDAT", deflateSync(Buffer.alloc(99))], END),
        damaged,
      ],
      [
        "has rows of a kind that there is not",
        () =>
          pngOf(
            ["IHDR", headerOf(96, 96)],
            ["IDAT", deflateSync(Buffer.alloc(96 * (1 + 96 * 3), 9))],
            END,
          ),
        damaged,
      ],
      [
        "needs a palette and has none",
        () =>
          pngOf(
            ["IHDR", headerOf(96, 96, [8, 3, 0])],
            ["IDAT", deflateSync(Buffer.alloc(96 * 97))],
            END,
          ),
        damaged,
      ],
      [
        "declares 50,000 by 50,000 pixels",
        () =>
          pngOf(["IHDR", headerOf(50_000, 50_000)], ["IDAT", deflateSync(Buffer.alloc(9))], END),
        /says that it has 50000 by 50000 pixels/,
      ],
      [
        "declares no pixels",
        () => pngOf(["IHDR", headerOf(0, 96)], ["IDAT", deflateSync(Buffer.alloc(9))], END),
        /too few/,
      ],
      ["is tiny", () => plainPng(16), /too few to be seen well/],
      ["is no square", () => plainPng(200, 100), /200 by 100 pixels. Crop it to a square/],
      [
        "is larger than is taken",
        () => Buffer.concat([plainPng(), Buffer.alloc(pictureLimits.fileBytes)]),
        /larger than 256 kB/,
      ],
    ];
    for (const [name, file, sentence] of broken) {
      it(`is refused when it ${name}`, async () => {
        expect(await refusalOf(file())).to.match(sentence);
      });
    }

    it("is refused when it is something else under that name", async () => {
      for (const file of ["GIF89a…", "\u0000\u0001\u0002", "%PDF-1.7", "<html><svg/></html>", ""])
        expect(await refusalOf(file)).to.match(/neither a PNG nor an SVG/);
      expect(await refusalOf(Buffer.from([0xff, 0xd8, 0xff, 0xe0]))).to.match(/neither/);
    });

    it("may be wider than high as a logo, within reason", async () => {
      expect(await refusalOf(plainPng(1000, 10), "logo")).to.match(/strip of 1000 by 10/);
      expect((await keptOf(plainPng(400, 100), "logo")).widthPx).to.equal(400);
    });
  });

  describe("as SVG", () => {
    it("is kept as shapes and colours, whatever wrote it", async () => {
      const file = `<?xml version="1.0" encoding="utf-8"?>
        <!-- Generator: Some Editor -->
        <!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">
        <svg xmlns="http://www.w3.org/2000/svg" xmlns:ed="http://editor.example/ns" ed:version="1.2" width="120" height="120">
          <metadata><ed:author>Ada Secret</ed:author></metadata><ed:grid spacing="3"/>
          <style>.a{fill:url(#g);stroke:#fff}</style>
          <defs><linearGradient id="g"><stop offset="0" stop-color="#123456"/><stop offset="1"/></linearGradient>
          <clipPath id="c"><circle cx="60" cy="60" r="50"/></clipPath><rect id="r" width="9" height="9"/></defs>
          <g clip-path="url(#c)"><rect class="a" width="120" height="120"/></g>
          <use href="#r" x="40"/><text x="20" y="60">Care</text>
        </svg>`;
      const picture = await keptOf(file);
      expect(picture).to.include({ kind: "svg", widthPx: 120, heightPx: 120 });
      const text = picture.bytes.toString("utf8");
      expect(text).to.not.match(/Secret|editor|style=|<use|<text|<!/);
      const $ = load(text, { xml: true });
      expect($("path").length).to.be.at.least(3);
      expect($("linearGradient stop").first().attr("stop-color")).to.equal("#123456");
      const placed = load(
        `<svg>${placePicture(picture, { x: 5, y: 6, width: 70, height: 70 })}</svg>`,
        { xml: true },
      );
      expect(placed("svg > svg").attr()).to.include({
        x: "5",
        width: "70",
        viewBox: "0 0 120 120",
      });
    });

    const uses = (depth: number) =>
      Array.from(
        { length: depth },
        (_, at) => `<g id="u${at + 1}">${`<use href="#u${at}"/>`.repeat(10)}</g>`,
      ).join("");

    const hostile: [name: string, file: string, sentence: RegExp][] = [
      [
        "holds a web page",
        svgOf("<foreignObject><p>hi</p></foreignObject>"),
        /piece of a web page/,
      ],
      [
        "points to a picture elsewhere",
        svgOf('<image href="https://evil.example/x.png"/>'),
        /another picture/,
      ],
      [
        "holds a picture in itself",
        svgOf('<image href="data:image/png;base64,AAAA"/>'),
        /another picture/,
      ],
      [
        "uses a drawing elsewhere",
        svgOf('<use xlink:href="https://evil.example/x.svg#a"/>'),
        /outside the file/,
      ],
      [
        "uses a script as an address",
        svgOf('<use href="javascript:alert(1)"/>'),
        /outside the file/,
      ],
      [
        "paints with what is elsewhere",
        svgOf('<rect fill="url(https://evil.example/x#g)"/>'),
        /outside the file/,
      ],
      [
        "imports a style sheet",
        svgOf("<style>@import url(https://evil.example/x.css);</style>"),
        /outside the file/,
      ],
      [
        "loads a font",
        svgOf("<style>@font-face{font-family:x;src:url(x.woff)}</style>"),
        /outside the file/,
      ],
      [
        "loads by a style",
        svgOf('<rect style="fill:u\\72l(https://evil.example)"/>'),
        /outside the file/,
      ],
      [
        "names a style sheet before the drawing",
        `<?xml-stylesheet href="https://evil.example/x.css"?>${svgOf("")}`,
        /outside the file/,
      ],
      ["has another base", svgOf("", 'xml:base="https://evil.example/"'), /outside the file/],
      [
        "holds a web page in a link",
        svgOf('<a href="#x"><foreignObject><p onclick="alert(1)">hi</p></foreignObject></a>'),
        /piece of a web page/,
      ],
      [
        "handles events by an element",
        svgOf('<handler type="application/ecmascript">alert(1)</handler>'),
        /uses <handler>/,
      ],
      ["uses a filter", svgOf('<filter id="f"><feFlood/></filter>'), /uses <filter>/],
      [
        "declares entities",
        `<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>${svgOf("<text>&b;</text>")}`,
        /entities/,
      ],
      [
        "reads a file by an entity",
        `<!DOCTYPE svg SYSTEM "x" [ <!ENTITY % f SYSTEM "file:///etc/passwd"> %f; ]>${svgOf("")}`,
        /entities/,
      ],
      [
        "grows tenfold eight times",
        svgOf(`<defs><rect id="u0"/>${uses(8)}</defs><use href="#u8"/>`),
        /too many parts/,
      ],
      ["refers to itself", svgOf('<g id="a"><use href="#a"/></g>'), /refers to itself/],
      [
        "masks itself in circles",
        svgOf(
          '<mask id="m"><rect mask="url(#n)"/></mask><mask id="n"><rect mask="url(#m)"/></mask><rect mask="url(#m)"/>',
        ),
        /refers to itself/,
      ],
      ["is nested without end", svgOf("<g>".repeat(5000)), /too many parts/],
      ["is cut off", svgOf("<g>").slice(0, -10), /damaged/],
      ["is HTML", svgOf("<br><p>"), /damaged|does not draw/],
      ["names an entity that there is not", svgOf("<text>&nbsp;</text>"), /damaged/],
      [
        "is drawn nowhere",
        '<svg xmlns="http://www.w3.org/2000/svg" width="90" height="90"/>',
        /shows nothing|cannot be drawn/,
      ],
      [
        "is no square",
        '<svg xmlns="http://www.w3.org/2000/svg" width="90" height="40"><path d="M0 0h90v40z"/></svg>',
        /90 by 40/,
      ],
      [
        "is not in the namespace of SVG",
        "<svg><rect width='9' height='9'/></svg>",
        /neither a PNG nor an SVG/,
      ],
    ];
    const acting: [name: string, file: string, leftOut: string[]][] = [
      ["a script", svgOf("<script>alert(1)</script>"), ["scripts"]],
      ["a script with markup in it", svgOf("<script><g><image/></g></script>"), ["scripts"]],
      ["a script from elsewhere", svgOf('<script href="https://evil.example"/>'), ["scripts"]],
      [
        "a script in what is read over",
        svgOf("<metadata><script>alert(1)</script></metadata>"),
        ["scripts"],
      ],
      [
        "a script of another namespace",
        svgOf('<x:script xmlns:x="http://www.w3.org/1999/xhtml">alert(1)</x:script>'),
        ["scripts"],
      ],
      ["a script on load", svgOf("", 'onload="alert(1)"'), ["scripts"]],
      ["a script on click", svgOf('<g OnClick="alert(1)"/>'), ["scripts"]],
      ["a link", svgOf('<a href="https://evil.example/"><path d="M0 0h9v9z"/></a>'), ["links"]],
      [
        "a link that runs a script",
        svgOf('<a xlink:href="java\nscript:alert(1)" onfocus="x"><path d="M0 0h9v9z"/></a>'),
        ["links", "scripts"],
      ],
      [
        "motion",
        svgOf('<circle r="5"><animate attributeName="r" to="9" onend="alert(1)"/></circle>'),
        ["motion"],
      ],
      [
        "motion of a link's address",
        svgOf(
          '<a id="x"><animate href="#x" attributeName="href" values="javascript:alert(1)"/><path d="M0 0h9v9z"/></a><set href="#x" attributeName="onclick" to="alert(1)"/>',
        ),
        ["motion"],
      ],
    ];
    for (const [name, file, leftOut] of acting) {
      it(`is taken without ${name}, and that is said`, async () => {
        const outcome = await add(file);
        if (outcome.kind === "refused") throw new Error(outcome.sentence);
        expect(outcome.leftOut).to.have.members(leftOut);
        const text = outcome.picture.bytes.toString("utf8");
        expect(text).to.not.match(/script|alert|href|evil|<a\b|\son\w+=|animate|<set|x:/i);
        expect(text).to.match(/<path/);
      });
    }

    it("has nothing left out of it when nothing in it acts", async () => {
      expect(await add(svgOf(""))).to.deep.include({ kind: "added", leftOut: [] });
    });

    for (const [name, file, sentence] of hostile) {
      it(`is refused when it ${name}`, async () => {
        expect(await refusalOf(file)).to.match(sentence);
      });
    }

    it("is refused in time when it is one long dashed line", async function () {
      this.timeout(20_000);
      const zigzag = Array.from(
        { length: 20_000 },
        (_, at) => `L${at % 2 === 0 ? 1e6 : 0} ${at % 97}`,
      );
      const path = `<path d="M0 0${zigzag.join("")}" fill="none" stroke="#000" stroke-dasharray="0.01"/>`;
      const begun = performance.now();
      const outcome = await add(svgOf(path));
      // Whether the renderer gives the dashes up or runs into the limit, nobody waits for long.
      if (outcome.kind === "refused") expect(outcome.sentence).to.match(/not quickly|cannot be/);
      expect(performance.now() - begun).to.be.below(10_000);
      expect((await keptOf(svgOf(""))).kind).to.equal("svg");
    });
  });

  it("is called simple only when shapes and colours alone stand in it", () => {
    const simple = (content: string) =>
      isSimpleDrawing(`<svg width="9" height="9">${content}</svg>`);
    expect(simple('<g clip-path="url(#c)"><path d="M0 0" fill="#000"/></g>')).to.equal(true);
    for (const content of [
      "<script/>",
      "text",
      '<image href="x"/>',
      '<path onclick="x"/>',
      '<path d="M0 0" fill="url(https://x)"/>',
      '<path d="M0 0" fill="url(#a) url(x)"/>',
      '<g style="background:u\\72l(x)"/>',
      "<!DOCTYPE x>",
    ])
      expect(simple(content), content).to.equal(false);
  });
});
