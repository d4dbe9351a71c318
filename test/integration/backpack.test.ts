import { load } from "cheerio";
import { expect } from "chai";
import jsonwebtoken from "jsonwebtoken";
import { newId } from "../../src/stored-record.js";
import { approve, eventually, placeLink, publish, sit, teach } from "../support/story-school.js";
import { Browser } from "../support/test-browser.js";
import { startTestProduct, type TestProduct, type TestVisit } from "../support/test-product.js";

const COURSE = "cvi-101";

describe("a learner's backpack", function () {
  this.timeout(90_000);
  let product: TestProduct;
  let amara: TestVisit;
  let ids: string[];

  before(async () => {
    product = await startTestProduct();
    const { parts, organisationId, lms, url } = product;
    await parts.work.start({ isAlone: true });
    const { course, exam } = await teach(parts, organisationId, { code: "ESS-101" });
    for (const name of ["Badge one", "Badge two"])
      await publish(parts, organisationId, { name, exams: [exam] });
    const place = { organisationId, issuer: lms.issuer, contextId: COURSE };
    await approve(parts, { ...place, courseId: course.id });
    const linkId = placeLink(lms, { url, contextId: COURSE, exam });
    amara = await product.launchAs({ userId: "amara", courseId: COURSE, linkId });
    await sit(amara, exam);
    ids = await eventually("both credentials", async () => {
      const found = await parts.credentials.listOfLearner(organisationId, [amara.launch.accountId]);
      return found.length === 2 && found.map(({ id }) => id);
    });
  });
  after(async () => {
    await product.parts.work.stop();
    await product.parts.documents.stop();
    await product.close();
  });

  const names = (html: string) =>
    load(html)("main h3")
      .toArray()
      .map((heading) => load(heading).text());
  const stranger = async (path: string) => await new Browser().get(product.url + path);
  const decide = async (id: string, visibility: string) =>
    await amara.post(`/backpack/credentials/${id}/visibility`, { visibility });

  it("holds everything earned, grouped as the learner likes, in the order they make", async () => {
    const before = names((await amara.get("/backpack")).text);
    expect([...before].sort()).to.deep.equal(["Badge one", "Badge two"]);
    const first = ids.find((_, index) => index === 0) ?? "";
    const page = load((await amara.get("/backpack")).text);
    const top = page("main h3 a").first().attr("href")?.split("/").at(-1) ?? first;
    await amara.post("/backpack", { do: "down", credentialId: top, by: "organisation" });
    expect(names((await amara.get("/backpack")).text)).to.deep.equal([...before].reverse());
    await amara.post("/backpack", { do: "add-collection", name: "Jobs <b>" });
    const chosen = load((await amara.get("/backpack?by=collection")).text);
    const collectionId = chosen("select option").eq(1).attr("value") ?? "";
    await amara.post("/backpack", { do: "place", credentialId: top, collectionId });
    const grouped = load((await amara.get("/backpack?by=collection")).text);
    const headings = grouped("main section[aria-label] > h2").toArray();
    expect(headings.map((heading) => grouped(heading).text())).to.deep.equal([
      "Jobs <b>",
      "In no collection",
    ]);
  });

  it("says beside the field what is wrong with a new collection", async () => {
    const answer = await amara.post("/backpack?by=collection", { do: "add-collection", name: " " });
    expect(answer.status).to.equal(422);
    expect(answer.text).to.include("Give it a name.");
  });

  it("shares by link, makes public, and takes back, at any time", async () => {
    const [id = ""] = ids;
    const { portfolioId } = await product.parts.backpacks.findOrMake(
      product.organisationId,
      amara.launch.accountId,
    );
    const portfolio = `/portfolio/${portfolioId}`;
    const seen = async () => [
      (await stranger(`/credentials/${id}`)).status,
      (await stranger(`/credentials/${id}/card`)).status,
      (await stranger(`/credentials/${id}.svg`)).status,
      names((await stranger(portfolio)).text).length,
    ];
    expect(await seen()).to.deep.equal([404, 404, 404, 0]);
    expect((await stranger(portfolio)).status).to.equal(404);
    await amara.post("/backpack", { do: "show-portfolio" });
    expect((await stranger(portfolio)).status).to.equal(200);
    await decide(id, "link");
    expect(await seen()).to.deep.equal([200, 200, 200, 0]);
    await decide(id, "public");
    expect(await seen()).to.deep.equal([200, 200, 200, 1]);
    await decide(id, "private");
    expect(await seen()).to.deep.equal([404, 404, 404, 0]);
    await decide(id, "public");
    await amara.post("/backpack", { do: "close-portfolio" });
    expect((await stranger(portfolio)).status).to.equal(404);
    expect((await stranger(`/credentials/${id}`)).status).to.equal(200);
  });

  it("shows just the parts that the learner chose, signed, in every form", async () => {
    const [, id = ""] = ids;
    await decide(id, "link");
    const jwt = async () => (await stranger(`/credentials/${id}.jwt`)).text;
    const whole = jsonwebtoken.decode(await jwt(), { json: true });
    expect(whole).to.have.property("evidence");
    await amara.post(`/backpack/credentials/${id}/parts`, { hours: "yes" });
    const fewer = await eventually("the edition with fewer parts", async () => {
      const answer = await stranger(`/credentials/${id}.jwt`);
      // Until it is signed there is nothing to see, and never again what was hidden.
      if (answer.status === 503) return undefined;
      expect(answer.status).to.equal(200);
      expect(jsonwebtoken.decode(answer.text, { json: true })).not.to.have.property("evidence");
      return answer.text;
    });
    expect(jsonwebtoken.decode(fewer, { json: true })).to.include({ jti: whole?.jti });
    const page = load((await stranger(`/credentials/${id}`)).text)("main").text();
    expect(page).to.include("Valid").and.not.include("Course ESS-101");
    const checked = await new Browser().post(`${product.url}/verify`, { credential: fewer });
    expect(load(checked.text)("main").text()).to.include("The signature is right");
    await amara.post(`/backpack/credentials/${id}/parts`, { hours: "yes", evidence: "yes" });
    expect(jsonwebtoken.decode(await jwt(), { json: true })).to.have.property("evidence");
  });

  it("gives cards and previews that may stand anywhere, without scripts", async () => {
    const [id = ""] = ids;
    await decide(id, "link");
    const card = await stranger(`/credentials/${id}/card`);
    expect(card.headers["content-security-policy"]).to.include("frame-ancestors *");
    expect(card.text).not.to.match(/<script/);
    const text = load(card.text)("main").text();
    expect(text)
      .to.match(/What it took/)
      .and.include("Check that it is genuine");
    const page = load((await stranger(`/credentials/${id}`)).text);
    const image = page('meta[property="og:image"]').attr("content") ?? "";
    const preview = await stranger(new URL(image).pathname);
    expect(preview.headers["content-type"]).to.equal("image/png");
  });

  const linkOf = (html: string) => load(html)("#made-link").attr("value") ?? "";
  const makeLink = async () => linkOf((await amara.post("/backpack/link", {})).text);

  it("opens outside the LMS by a link that works once and holds no key afterwards", async () => {
    const link = await makeLink();
    const phone = new Browser();
    const first = await phone.get(link);
    expect(first.status).to.equal(200);
    expect((await phone.get(link)).status, "looking does not use it up").to.equal(200);
    const opened = await phone.post(link, {});
    expect(opened.headers["location"]).to.equal("/backpack");
    expect(opened.setCookies[0]).to.match(/^__Host-rosette-backpack=.*HttpOnly.*Secure.*Lax/i);
    expect(names((await phone.get(`${product.url}/backpack`)).text)).to.have.length(2);
    expect((await new Browser().post(link, {})).status).to.equal(403);
    const page = load((await phone.get(`${product.url}/backpack`)).text);
    const token = page("input[name=_csrf]").first().attr("value") ?? "";
    const at = `${product.url}/backpack/credentials/${ids[0]}/visibility`;
    expect((await phone.post(at, { visibility: "private" })).status).to.equal(403);
    expect((await phone.post(at, { visibility: "private", _csrf: token })).status).to.equal(303);
    expect((await stranger(`/credentials/${ids[0]}`)).status).to.equal(404);
  });

  it("shuts every browser out when the learner says so", async () => {
    const phone = new Browser();
    await phone.post(await makeLink(), {});
    expect((await phone.get(`${product.url}/backpack`)).status).to.equal(200);
    await amara.post("/backpack/browsers", {});
    expect((await phone.get(`${product.url}/backpack`)).status).to.equal(401);
  });

  it("is nobody else's to open", async () => {
    expect((await stranger("/backpack")).status).to.equal(401);
    expect((await stranger(`/backpack/open/${newId()}`)).status).to.equal(403);
    const jonas = await product.launchAs({ userId: "jonas", courseId: COURSE });
    for (const id of ids) {
      const path = `/backpack/credentials/${id}`;
      expect((await jonas.get(path)).status).to.equal(404);
      expect((await jonas.post(`${path}/visibility`, { visibility: "link" })).status).to.equal(404);
      expect((await jonas.post(`${path}/parts`, {})).status).to.equal(404);
    }
  });

  it("begins in a catalogue of what can be earned, for everyone", async () => {
    for (const by of ["subject", "organisation"]) {
      const page = await stranger(`/catalog?by=${by}`);
      expect(page.status).to.equal(200);
      expect(names(page.text)).to.include.members(["Badge one", "Badge two"]);
      const link = load(page.text)("main h3 a").first().attr("href") ?? "";
      expect((await stranger(link)).status).to.equal(200);
    }
  });

  it("changes nothing in Student View", async () => {
    const preview = await product.launchAs({ userId: "test-student", courseId: COURSE });
    expect((await preview.get("/backpack")).status).to.equal(200);
    expect((await preview.post("/backpack", { do: "show-portfolio" })).status).to.equal(403);
    expect((await preview.post("/backpack/link", {})).status).to.equal(403);
  });
});
