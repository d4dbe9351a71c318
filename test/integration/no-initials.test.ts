import { expect } from "chai";
import { load as readXml } from "cheerio";
import { load as readPngTags } from "exifreader";
import request from "supertest";
import { snippetsOf } from "../../src/backpack/sharing.js";
import { credentialDocument } from "../../src/credentials/credential.js";
import { NO_INITIALS } from "../../src/tracks/track.js";
import { openCertifiedLearner } from "../support/certified-learner.js";
import { readPdf } from "../support/read-pdf.js";
import { eventually } from "../support/story-school.js";

/** What is inside a JWT. */
const payloadOf = (jwt: string): string =>
  Buffer.from(jwt.split(".")[1] ?? "", "base64url").toString("utf8");

/** The documents of a certificate; its pages are walked through in story-routes.test.ts. */
describe("that a certificate gives no initials", () => {
  let world: Awaited<ReturnType<typeof openCertifiedLearner>>;

  before(async function () {
    this.timeout(60_000);
    world = await openCertifiedLearner();
    for (const credential of [world.certificate, ...world.badges]) await world.share(credential);
  });
  after(async () => {
    await world.close();
  });

  const get = async (path: string): Promise<Buffer> =>
    await eventually(path, async () => {
      const answer = await request(world.app).get(path).responseType("arraybuffer");
      if (answer.status === 503) return undefined;
      expect(answer.status, path).to.equal(200);
      return answer.body as Buffer;
    });
  const utf8 = (bytes: Buffer): string => bytes.toString("utf8");

  const forms: [suffix: string, read: (bytes: Buffer) => string | Promise<string>][] = [
    [".json", utf8],
    [".jwt", (bytes) => payloadOf(utf8(bytes))],
    [".es256.jwt", (bytes) => payloadOf(utf8(bytes))],
    ["/clr.json", utf8],
    ["/clr.jwt", (bytes) => payloadOf(utf8(bytes))],
    ["/assertion.json", utf8],
    [".pdf", async (bytes) => (await readPdf(bytes)).text],
    [
      ".png",
      (bytes) => {
        const tag = readPngTags(bytes)["openbadgecredential"] as { value: unknown } | undefined;
        return payloadOf(String(tag?.value));
      },
    ],
    [
      ".svg",
      (bytes) =>
        payloadOf(
          readXml(utf8(bytes), { xml: true })("svg").children().first().attr("verify") ?? "",
        ),
    ],
  ];
  for (const [suffix, read] of forms)
    it(`stands in its form ${suffix}`, async () => {
      const text = await read(await get(`/credentials/${world.certificate.id}${suffix}`));
      // Lines of a PDF follow one another without spaces.
      const times = text.replace(/\s/g, "").split(NO_INITIALS.replace(/\s/g, "")).length - 1;
      expect(times).to.be.greaterThan(0);
      if (suffix === ".pdf") expect(times).to.equal(1);
    });

  it("stands in what the page of a check says of it, and in the lines to paste elsewhere", async () => {
    const jwt = utf8(await get(`/credentials/${world.certificate.id}.jwt`));
    const checked = await request(world.app)
      .post("/verify")
      .set("accept", "text/html")
      .type("form")
      .send({ credential: jwt });
    expect(checked.text).to.include(NO_INITIALS);
    const { signature, element } = snippetsOf(credentialDocument(world.certificate));
    expect(signature).to.include(NO_INITIALS);
    expect(element).to.include(NO_INITIALS);
  });

  it("is said of certificates alone", async () => {
    const [badge] = world.badges;
    expect(utf8(await get(`/credentials/${badge!.id}.json`))).not.to.include(NO_INITIALS);
    expect(utf8(await get(`/credentials/${badge!.id}`))).not.to.include(NO_INITIALS);
    expect(snippetsOf(credentialDocument(badge!)).signature).not.to.include(NO_INITIALS);
  });
});
