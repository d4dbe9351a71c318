import { load } from "cheerio";
import { expect } from "chai";
import request from "supertest";
import { openPanel, type Panel } from "../support/admin-panel.js";
import { plainPng, svgOf } from "../support/picture-fixtures.js";
import { pressButton, valuesOf } from "../support/press-button.js";

describe("a badge's picture in the track editor", function () {
  this.timeout(30_000);
  let panel: Panel;
  let ours: Awaited<ReturnType<Panel["enter"]>>;

  before(async () => {
    panel = await openPanel();
    ours = await panel.enter();
  });
  after(async () => {
    await panel.stopThreads();
    await panel.close();
  });

  const get = async (path: string) => await request(panel.app).get(`${ours.panel}${path}`);
  const drawnAt = async (path: string) =>
    load(((await get(path)).body as Buffer).toString("utf8"), { xml: true });

  /** Posts the editor as a browser does: with every field, a file and a pressed button. */
  async function post(
    html: string,
    pressed: { button: string; file?: Buffer | string; typed?: Record<string, string> },
  ) {
    const fields = new URLSearchParams(pressButton(html, pressed.button, pressed.typed ?? {}));
    let sent = request(panel.app).post(`${ours.panel}/tracks/new`);
    for (const [name, value] of fields) if (name !== "badgeFile") sent = sent.field(name, value);
    const bytes = Buffer.from(pressed.file ?? "");
    return await sent.attach("badgeFile", bytes, pressed.file === undefined ? "" : "badge.svg");
  }

  const pictureIn = (html: string) => valuesOf(html, "badgePicture")[0] ?? "";

  it("is uploaded, shown, kept with what else was typed, and taken away again", async () => {
    const first = (await get("/tracks/new")).text;
    const shown = await post(first, {
      ...{ button: "show", file: plainPng(96), typed: { name: "Safe moving" } },
    });
    expect(shown.status).to.equal(200);
    const page = load(shown.text);
    expect(page("[name=name]").val()).to.equal("Safe moving");
    expect(pictureIn(shown.text)).to.match(/^[0-9a-f-]{36}$/);
    expect(page("#badge-contrast").text()).to.include("cannot measure the contrast");
    const preview = page("img[data-preview]").attr("src")!.replace(ours.panel, "");
    const drawn = await drawnAt(preview);
    expect(drawn("image").attr("href")).to.match(/^data:image\/png;base64,/);

    const again = await post(shown.text, { button: "check" });
    expect(pictureIn(again.text)).to.equal(pictureIn(shown.text));
    const gone = await post(again.text, { button: "picture-remove" });
    expect(pictureIn(gone.text)).to.equal("");
  });

  it("is refused with a sentence beside the field when it is not what it should be", async () => {
    const html = (await get("/tracks/new")).text;
    const hostile: [file: Buffer | string, sentence: RegExp][] = [
      [svgOf("<foreignObject/>"), /piece of a web page/],
      [svgOf('<use href="https://evil.example/#x"/>'), /outside the file/],
      ["GIF89a", /neither a PNG nor an SVG/],
      [plainPng(200, 100), /Crop it to a square/],
      [Buffer.alloc(2_000_000, "a"), /larger than 256 kB/],
    ];
    for (const [file, sentence] of hostile) {
      const response = await post(html, { button: "save", file, typed: { name: "Kept" } });
      expect(response.status).to.equal(422);
      const page = load(response.text);
      expect(page("#field-badgeFile").attr("aria-invalid")).to.equal("true");
      expect(page("#field-badgeFile").attr("aria-describedby")).to.include("fault-badgeFile");
      expect(page("#fault-badgeFile").text()).to.match(sentence);
      expect(page("[name=name]").val()).to.equal("Kept");
      expect(pictureIn(response.text)).to.equal("");
    }
  });

  it("is shown once more before it is saved when scripts were left out of it", async () => {
    const html = (await get("/tracks/new")).text;
    const response = await post(html, {
      ...{ button: "save", file: svgOf("<script>alert(1)</script>"), typed: { name: "Kept" } },
    });
    expect(response.status).to.equal(200);
    const page = load(response.text);
    expect(page(".notice").text()).to.include("taken without the scripts in it");
    expect(page("[name=name]").val()).to.equal("Kept");
    const preview = page("img[data-preview]").attr("src")!.replace(ours.panel, "");
    expect((await drawnAt(preview))("script")).to.have.length(0);
    const again = await post(response.text, { button: "check" });
    expect(pictureIn(again.text)).to.equal(pictureIn(response.text));
    expect(load(again.text)(".notice").text()).to.not.include("scripts");
  });

  it("of another organisation is neither shown nor taken", async () => {
    const html = (await get("/tracks/new")).text;
    const shown = await post(html, { button: "show", file: svgOf("") });
    const theirs = pictureIn(shown.text);
    const preview = load(shown.text)("img[data-preview]").attr("src")!.replace(ours.panel, "");
    const before = ours;
    ours = await panel.enter("Somebody else");
    const drawn = await drawnAt(preview);
    expect(drawn("path[fill='#1d5b8f'], svg svg").length).to.equal(0);
    const response = await post((await get("/tracks/new")).text, {
      ...{ button: "save", typed: { badgePicture: theirs } },
    });
    expect(response.status).to.equal(422);
    expect(load(response.text)("#fault-badgeFile").text()).to.include("once more");
    ours = before;
  });

  describe("while it is drawn here", () => {
    const contrastOf = (html: string) => load(html)("#badge-contrast").text();

    it("has its contrast said in words", async () => {
      const html = (await get("/tracks/new")).text;
      const dark = await post(html, { button: "show", typed: { badgeInitials: "CT" } });
      expect(contrastOf(dark.text)).to.match(/letters stand out from the shape by 7.* reads well/);
      expect(contrastOf(dark.text)).to.match(/from white paper by 7.* seen well/);
      const pale = await post(html, {
        ...{ button: "show", typed: { badgeIcon: "leaf", badgeColour: "#ffe680" } },
      });
      expect(contrastOf(pale.text)).to.match(/icon stands out from the shape by 1\d/);
      expect(contrastOf(pale.text)).to.match(/from white paper by 1\.2 to 1; it is hardly seen/);
    });

    it("tells the script that draws it the same", async () => {
      const query = "badgeShape=circle&badgeColour=%23777777&badgeInitials=A&badgePicture=";
      const own = "&badgeInk=own&badgeInkColour=%23888888";
      const text = (await get(`/badge-contrast.txt?${query}${own}`)).text;
      expect(text).to.match(
        /^The letters stand out from the shape by 1\.2 to 1; that is too little/,
      );
      expect((await get("/badge-contrast.txt?badgeShape=circle")).status).to.equal(404);
    });

    it("is not saved in colours that cannot be told apart", async () => {
      const html = (await get("/tracks/new")).text;
      const typed = {
        ...{ badgeInitials: "CT", badgeColour: "#777777" },
        ...{ badgeInk: "own", badgeInkColour: "#888888" },
      };
      // What else is missing in this form is said as well; the contrast is the track's own rule.
      const [root] = valuesOf(html, "step");
      const withStep = await post(html, { button: `step-add-eligibility:${root!}`, typed });
      expect(withStep.status).to.equal(200);
      const saved = await post(withStep.text, { button: "save", typed });
      expect(saved.status).to.equal(422);
    });
  });
});
