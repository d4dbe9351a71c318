import { load } from "cheerio";
import { expect } from "chai";
import request from "supertest";
import { openPanel, type Panel } from "../support/admin-panel.js";
import { plainPng, svgOf } from "../support/picture-fixtures.js";
import { pressButton } from "../support/press-button.js";

describe("the administrator's issuers", function () {
  this.timeout(30_000);
  let panel: Panel;
  let visit: Awaited<ReturnType<Panel["enter"]>>;

  before(async () => {
    panel = await openPanel();
  });
  after(async () => {
    await panel.stopThreads();
    await panel.close();
  });
  beforeEach(async () => {
    visit = await panel.enter();
  });

  const get = async (path: string) => await request(panel.app).get(`${visit.panel}${path}`);

  async function post(
    path: string,
    pressed: {
      button?: string;
      typed?: Record<string, string>;
      files?: Record<string, Buffer | string>;
      html?: string;
    },
  ) {
    const { button = "save", typed = {}, files = {} } = pressed;
    const html = pressed.html ?? (await get(path)).text;
    let sent = request(panel.app).post(`${visit.panel}${path}`);
    for (const [name, value] of new URLSearchParams(pressButton(html, button, typed)))
      if (!name.endsWith("File")) sent = sent.field(name, value);
    for (const [name, file] of Object.entries(files))
      sent = sent.attach(name, Buffer.from(file), "picture");
    return await sent;
  }

  const brandsOf = async () => await panel.stores.brands.list(visit.organisationId);

  it("begin with the organisation itself", async () => {
    const page = load((await get("/issuers")).text);
    expect(page("main .card").length).to.equal(1);
    expect(page("main .card").text()).to.include("The organisation itself");
  });

  it("are added with a logo and a signature, shown, and changed", async () => {
    const added = await post("/issuers/new", {
      typed: { name: "Institute of Gait", url: "https://gait.example.org" },
      files: { logoFile: svgOf(""), signatureFile: plainPng(200, 60) },
    });
    expect(added.status).to.equal(303);
    const [brand] = await brandsOf();
    expect(brand).to.include({ name: "Institute of Gait", colour: "#1d5b8f" });
    const edit = (await get(`/issuers/${brand!.id}`)).text;
    const sources = load(edit)("img.logo")
      .toArray()
      .map((one) => load(edit)(one).attr("src")!);
    expect(sources).to.have.length(2);
    for (const source of sources) {
      const drawn = await request(panel.app).get(source);
      expect(drawn.type).to.equal("image/svg+xml");
    }
    const without = await post(`/issuers/${brand!.id}`, { button: "logo-remove" });
    expect(load(without.text)("[name=logoId]").val()).to.equal("");
    await post(`/issuers/${brand!.id}`, { html: without.text });
    const [changed] = await brandsOf();
    expect(changed?.logoId).to.equal(undefined);
    expect(changed?.signatureId).to.equal(brand?.signatureId);
    const trail = await panel.stores.audit.list(visit.organisationId, {
      ...{ search: "", page: 1, pageSize: 10, action: "issuer-saved" },
    });
    expect(JSON.stringify(trail)).to.include(brand!.id).and.not.to.include("Gait");
  });

  it("have the contrast of their colours said in words, and are not saved in pale ones", async () => {
    const typed = { name: "Institute", colour: "#1d5b8f", groundColour: "#8a8a8a" };
    const shown = await post("/issuers/new", { button: "show", typed });
    expect(shown.status).to.equal(200);
    expect(load(shown.text)("#contrasts").text()).to.match(
      /background by 2 to 1; that is too little/,
    );
    const refused = await post("/issuers/new", { typed });
    expect(refused.status).to.equal(422);
    expect(load(refused.text)("#fault-groundColour").text()).to.include("Choose a lighter one");
    expect(await brandsOf()).to.deep.equal([]);
    const ground = { ...typed, groundColour: "#F3ECD9" };
    expect((await post("/issuers/new", { typed: ground })).status).to.equal(303);
    const [brand] = await brandsOf();
    expect(brand).to.include({ groundColour: "#f3ecd9" });
    await post(`/issuers/${brand!.id}`, { typed: { groundColour: "#ffffff" } });
    expect((await brandsOf())[0]).to.not.have.property("groundColour");
  });

  it("come back with every value kept when a picture or a field is faulty", async () => {
    const typed = { name: "Institute", email: "nobody", colour: "#ffe680" };
    const fields = load((await post("/issuers/new", { typed })).text);
    const faulty = fields("[aria-invalid=true]").toArray();
    expect(faulty.map((one) => fields(one).attr("name"))).to.have.members(["email", "colour"]);
    const pictures = await post("/issuers/new", {
      ...{ typed, files: { logoFile: svgOf("<foreignObject/>"), signatureFile: "GIF89a" } },
    });
    expect(pictures.status).to.equal(422);
    const page = load(pictures.text);
    expect(page("#fault-logoFile").text()).to.match(/piece of a web page/);
    expect(page("#fault-signatureFile").text()).to.match(/neither a PNG nor an SVG/);
    expect(page("[name=name]").val()).to.equal("Institute");
    expect(await brandsOf()).to.deep.equal([]);
  });

  it("are offered to tracks once there are several, and only those of the organisation", async () => {
    expect(load((await get("/tracks/new")).text)("[name=issuerId]").length).to.equal(0);
    await post("/issuers/new", { typed: { name: "Institute of Gait" } });
    const [brand] = await brandsOf();
    const html = (await get("/tracks/new")).text;
    const offered = load(html)("[name=issuerId] option");
    expect(offered.toArray().map((one) => load(html)(one).val())).to.deep.equal(["", brand!.id]);
    const theirs = await panel.enter("Somebody else");
    const answer = await request(panel.app)
      .post(`${visit.panel}/tracks/new`)
      .type("form")
      .send(pressButton(html, "save", { issuerId: theirs.organisationId }));
    expect(answer.status).to.equal(422);
    expect(load(answer.text)("#fault-issuerId").text()).to.equal("Choose one of these.");
    const before = visit;
    visit = theirs;
    expect((await get(`/issuers/${brand!.id}`)).status).to.equal(404);
    visit = before;
  });
});
