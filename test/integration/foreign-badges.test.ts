import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { generateKeyPairSync } from "node:crypto";
import { load } from "cheerio";
import { expect } from "chai";
import request from "supertest";
import type { ArchiveIndex } from "../../src/backpack/archive-index.js";
import { MOST_FOREIGN_BADGES } from "../../src/backpack/foreign-badge.js";
import { bakePng } from "../../src/credentials/baked-png.js";
import { emailIdentity } from "../../src/credentials/identity-object.js";
import { canonicalForm } from "../../src/signing/canonical-form.js";
import { signDataIntegrity } from "../../src/signing/data-integrity.js";
import { ed25519Multibase } from "../../src/signing/multikey.js";
import { newId } from "../../src/stored-record.js";
import { plainPng } from "../support/picture-fixtures.js";
import { readZip } from "../support/read-zip.js";
import { Browser } from "../support/test-browser.js";
import { startTestProduct, type TestProduct, type TestVisit } from "../support/test-product.js";
import { uploadForm } from "../support/upload-form.js";

type Json = Record<string, unknown>;

const COURSE = "cvi-101";
const HERS = "amara.okafor@academy.example";
const { privateKey, publicKey } = generateKeyPairSync("ed25519");
const multibase = ed25519Multibase(publicKey.export({ format: "jwk" }));
const did = `did:key:${multibase}`;

/** A badge of an issuer that is not ours, signed. */
async function badge(about: { name: string; email?: string; image?: string }): Promise<string> {
  const { name, email = HERS, image } = about;
  const document = {
    "@context": [
      "https://www.w3.org/ns/credentials/v2",
      "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
    ],
    id: `urn:uuid:${newId()}`,
    type: ["VerifiableCredential", "OpenBadgeCredential"],
    issuer: { id: did, type: ["Profile"], name: "Elsewhere Academy" },
    validFrom: "2026-01-02T03:04:05Z",
    name,
    credentialSubject: {
      id: "urn:uuid:1f0c2a34-9d8e-4c5b-8a7f-0123456789ab",
      type: ["AchievementSubject"],
      identifier: [emailIdentity(email, "salt")],
      achievement: {
        id: "https://academy.example.org/achievements/1",
        type: ["Achievement"],
        ...{ name, description: "Works with others." },
        criteria: { narrative: "Be named by three colleagues." },
        ...(image === undefined ? {} : { image: { id: image, type: "Image" } }),
      },
    },
  };
  const key = { url: `${did}#${multibase}`, privateKey, publicKey };
  const created = "2026-01-02T03:04:05Z";
  return JSON.stringify(
    await signDataIntegrity(document, key, { canonicalise: canonicalForm, created }),
  );
}

describe("badges that a learner earned elsewhere", function () {
  this.timeout(90_000);
  let product: TestProduct;
  let amara: TestVisit;
  /** Another badge platform, on Open Badges 2.0. */
  let elsewhere: Server;
  let place: string;
  const web = new Map<string, { status: number; body: Json }>();

  before(async () => {
    product = await startTestProduct();
    amara = await product.launchAs({ userId: "amara", courseId: COURSE });
    elsewhere = createServer((asked, answer) => {
      const { status, body } = web.get(asked.url ?? "") ?? { status: 404, body: {} };
      answer.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    });
    await new Promise<void>((resolve) => elsewhere.listen(0, "localhost", resolve));
    place = `http://localhost:${(elsewhere.address() as AddressInfo).port}`;
  });
  after(async () => {
    await product.parts.stopThreads();
    await product.close();
    await new Promise((resolve) => elsewhere.close(resolve));
  });

  const add = async (file: string | Buffer, name = "badge.json", visit = amara) =>
    await uploadForm(product, visit, {
      page: "/backpack/elsewhere",
      files: [{ field: "file", file: new File([file], name) }],
    });
  const addAddress = async (address: string) =>
    await uploadForm(product, amara, {
      ...{ page: "/backpack/elsewhere", fields: { address }, files: [] },
    });
  const added = async (answer: Response): Promise<void> => {
    expect(answer.status, answer.status === 303 ? "" : await answer.text()).to.equal(303);
  };
  const refusal = async (answer: Response): Promise<string> => {
    expect(answer.status).to.equal(422);
    return load(await answer.text())(".field .fault").text();
  };
  /** What the page says of a badge. */
  const cardOf = async (name: string) => {
    const page = load((await amara.get("/backpack/elsewhere")).text);
    const card = page("li.card").filter((_, one) => page(one).find("h2").text() === name);
    return {
      text: card.text().replace(/\s+/g, " "),
      state: card.find(".pill").text(),
      picture: card.find("img").attr("src"),
      id: /elsewhere\/([^/]+)\/check/.exec(card.html() ?? "")?.[1] ?? "",
    };
  };

  it("are kept and shown as verified when they are genuine and theirs", async () => {
    const file = await badge({ name: "Teamwork" });
    await added(await add(file));
    const { state, text } = await cardOf("Teamwork");
    expect(state).to.equal("Verified");
    expect(text).to.include("Elsewhere Academy (known by its key alone)");
    expect(await refusal(await add(file))).to.equal(
      "You keep this badge already. To look at it anew, use Check again.",
    );
  });

  it("are shown as not verified, with the reason, when they are not", async () => {
    const changed = (await badge({ name: "Forged" })).replace("three colleagues", "one colleague");
    await added(await add(changed));
    expect((await cardOf("Forged")).state).to.equal("Not verified");
    expect((await cardOf("Forged")).text).to.match(/signature|changed/);
    await added(await add(await badge({ name: "Borrowed", email: "jonas@clinic.example" })));
    const borrowed = await cardOf("Borrowed");
    expect(borrowed.state).to.equal("Not verified");
    expect(borrowed.text).to.include(
      "It was not issued to the e-mail address that the LMS knows of its holder.",
    );
  });

  it("are not kept when nobody can read them, or when they are from here", async () => {
    expect(await refusal(await add("hello"))).to.include("This file is none");
    expect(await refusal(await add(""))).to.not.equal("");
    expect(await refusal(await add("{}"))).to.include("no Open Badge");
    const ours = JSON.parse(await badge({ name: "Ours" })) as { issuer: Json };
    ours.issuer["id"] = product.parts.addresses.issuerDid(product.organisationId);
    expect(await refusal(await add(JSON.stringify(ours)))).to.include("is from here");
    expect(await refusal(await addAddress(""))).to.include("Enter the address of a badge");
    expect(await refusal(await addAddress(`${place}/nothing`))).to.include("could be read");
    expect(await refusal(await addAddress("x".repeat(3000)))).to.include("2,000 characters");
    const big = await add(Buffer.alloc(6 * 1024 * 1024), "big.png");
    expect(big.status).to.equal(413);
  });

  it("keep a picture of their own, without what it carried, and load none from elsewhere", async () => {
    const credential = await badge({ name: "Pictured", image: `${place}/tracking.png` });
    await added(await add(bakePng(plainPng(96, 96), credential), "badge.png"));
    const { picture = "" } = await cardOf("Pictured");
    expect(picture).to.match(/^\/l\/.*\/picture$/);
    const jar = [...(amara.browser.cookies.get(product.url) ?? [])];
    const answer = await request(product.url)
      .get(picture)
      .set("cookie", jar.map((pair) => pair.join("=")).join("; "))
      .responseType("arraybuffer");
    expect(answer.headers["content-type"]).to.equal("image/png");
    expect(answer.headers["content-security-policy"]).to.include("sandbox");
    const bytes = (answer.body as Buffer).toString("latin1");
    expect(bytes).to.include("IDAT").and.not.include("openbadgecredential");
    const script = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>');
    const image = `data:image/svg+xml;base64,${script.toString("base64")}`;
    await added(await add(await badge({ name: "Scripted", image })));
    expect((await cardOf("Scripted")).picture).to.equal(undefined);
    const page = load((await amara.get("/backpack")).text);
    const sources = page("img")
      .toArray()
      .map((one) => page(one).attr("src"));
    expect(sources.filter((source) => !source?.startsWith("/"))).to.deep.equal([]);
  });

  it("are checked again on demand: a hosted one at its own address", async () => {
    const issuer = { id: `${place}/issuer`, type: "Issuer", name: "Old Platform" };
    const assertion = {
      "@context": "https://w3id.org/openbadges/v2",
      ...{ id: `${place}/a`, type: "Assertion", badge: `${place}/badge` },
      recipient: { type: "email", hashed: false, identity: HERS },
      ...{ issuedOn: "2026-01-02T03:04:05Z", verification: { type: "HostedBadge" } },
    };
    const hosted = { "/a": assertion, "/issuer": issuer } as Record<string, Json>;
    hosted["/badge"] = {
      ...{ id: `${place}/badge`, type: "BadgeClass", name: "First aid", description: "Helps." },
      issuer: `${place}/issuer`,
    };
    for (const [path, body] of Object.entries(hosted)) web.set(path, { status: 200, body });
    await added(await addAddress(`${place}/a`));
    const { state, id, text } = await cardOf("First aid");
    expect({ state, text }).to.have.property("state", "Verified");
    web.set("/a", { status: 410, body: {} });
    expect((await amara.post(`/backpack/elsewhere/${id}/check`)).status).to.equal(303);
    const again = await cardOf("First aid");
    expect(again.state).to.equal("Not verified");
    expect(again.text).to.include("withdrawn");
  });

  it("stand in the portfolio only where the learner shows them", async () => {
    const { parts, organisationId } = product;
    await amara.post("/backpack", { do: "show-portfolio" });
    const { portfolioId } = await parts.backpacks.findOrMake(
      organisationId,
      amara.launch.accountId,
    );
    const portfolio = async () =>
      (await new Browser().get(`${product.url}/portfolio/${portfolioId}`)).text;
    const { id } = await cardOf("Pictured");
    const picture = `${product.url}/portfolio/${portfolioId}/badges/${id}/picture`;
    expect(await portfolio()).to.not.include("Pictured");
    expect((await new Browser().get(picture)).status).to.equal(404);
    await amara.post(`/backpack/elsewhere/${id}/show`, { shown: "yes" });
    const shown = load(await portfolio());
    expect(shown("h3").text()).to.equal("Pictured");
    expect(shown(".pill").text()).to.equal("Verified");
    expect((await new Browser().get(picture)).status).to.equal(200);
    await amara.post(`/backpack/elsewhere/${id}/show`, { shown: "no" });
    expect(await portfolio()).to.not.include("Pictured");
    expect((await new Browser().get(picture)).status).to.equal(404);
  });

  it("go into the file with everything", async () => {
    const jar = [...(amara.browser.cookies.get(product.url) ?? [])];
    const answer = await request(product.url)
      .get(`${amara.base}/backpack/export.zip`)
      .set("cookie", jar.map((pair) => pair.join("=")).join("; "))
      .responseType("arraybuffer");
    const files = await readZip(answer.body as Buffer);
    const index = JSON.parse(files.get("index.json")!.toString()) as ArchiveIndex;
    expect(index.elsewhere.map(({ name }) => name)).to.include.members(["Teamwork", "First aid"]);
    const signed = JSON.parse(files.get("elsewhere/Teamwork/badge.json")!.toString()) as Json;
    expect(signed).to.have.property("proof");
    expect(files.get("elsewhere/First aid/badge.address.txt")!.toString()).to.equal(`${place}/a`);
    expect(files.has("elsewhere/Pictured/picture.png")).to.equal(true);
    expect(load(files.get("index.html")!.toString())("#elsewhere").text()).to.not.equal("");
  });

  it("are nobody else's, go when they are removed, and are not without end", async () => {
    const { id } = await cardOf("Forged");
    const jonas = await product.launchAs({ userId: "jonas", courseId: COURSE });
    for (const what of ["check", "remove", "show"])
      expect(
        (await jonas.post(`/backpack/elsewhere/${id}/${what}`, { shown: "yes" })).status,
      ).to.equal(404);
    const preview = await product.launchAs({ userId: "test-student", courseId: COURSE });
    expect((await preview.post("/backpack/elsewhere", {})).status).to.equal(403);
    await amara.post(`/backpack/elsewhere/${id}/remove`);
    expect((await cardOf("Forged")).id).to.equal("");
    const { organisationId, parts } = product;
    const owner = { organisationId, learnerIds: [amara.launch.accountId] };
    const [one] = await parts.foreignBadges.list(owner);
    // Twenty more than there is room for, all at once.
    const held = await parts.foreignBadges.count(owner);
    const outcomes = await Promise.all(
      Array.from({ length: MOST_FOREIGN_BADGES - held + 20 }, async () => {
        return await parts.foreignBadges.addOnce({ ...one!, id: newId(), key: newId() });
      }),
    );
    expect(outcomes.filter((outcome) => outcome === "full")).to.have.length(20);
    expect(await parts.foreignBadges.count(owner)).to.equal(MOST_FOREIGN_BADGES);
    expect(await parts.foreignBadges.addOnce({ ...one!, id: newId() })).to.equal("already-there");
    expect(await refusal(await add(await badge({ name: "One more" })))).to.include("no more");
  });
});
