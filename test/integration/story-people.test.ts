import { load } from "cheerio";
import { expect } from "chai";
import {
  approve,
  eventually,
  placeLink,
  publish,
  sit,
  teach,
  type Taught,
} from "../support/story-school.js";
import { startTestProduct, type TestProduct, type TestVisit } from "../support/test-product.js";

const [ESS, REHAB] = ["ess-101", "rehab-201"] as const;

describe("one person behind several accounts", () => {
  let product: TestProduct;
  let first: Taught;
  let second: Taught;

  before(async () => {
    product = await startTestProduct();
    await product.parts.work.start({ isAlone: true });
    const { parts, organisationId } = product;
    first = await teach(parts, organisationId, { code: "ESS-101" });
    second = await teach(parts, organisationId, { code: "REHAB-201" });
    await publish(parts, organisationId, { name: "Both", exams: [first.exam, second.exam] });
    await publish(parts, organisationId, { name: "First alone", exams: [first.exam] });
    await offer(product.lms, ESS, first);
    await offer(product.lms, REHAB, second);
  });
  after(async () => {
    await product.parts.work.stop();
    await product.close();
  });

  const offer = async (lms: TestProduct["lms"], contextId: string, taught: Taught) => {
    const { parts, organisationId } = product;
    const courseId = taught.course.id;
    await approve(parts, { organisationId, issuer: lms.issuer, contextId, courseId });
  };
  type Wish = { lms?: TestProduct["lms"]; userId: string; contextId: string; clientId?: string };
  const enter = async (taught: Taught, wish: Wish): Promise<TestVisit> => {
    const { lms = product.lms, userId, contextId, clientId } = wish;
    const tool = clientId === undefined ? {} : { clientId };
    const about = { url: product.url, contextId, exam: taught.exam, ...tool };
    const linkId = placeLink(lms, about);
    return await product.launchAs({ lms, userId, courseId: contextId, linkId, ...tool });
  };
  const awardsOf = async (...visits: TestVisit[]) =>
    await product.parts.awards.listForLearners(
      product.organisationId,
      visits.map(({ launch }) => launch.accountId),
    );
  const namesOf = async (...visits: TestVisit[]) =>
    (await awardsOf(...visits)).map(({ trackName }) => trackName).sort();
  const hasBoth = async (...visits: TestVisit[]) =>
    await eventually("the award", async () => (await namesOf(...visits)).includes("Both"));
  const codeFrom = async (visit: TestVisit): Promise<string> => {
    const page = load((await visit.post("/accounts/code")).text);
    const code = /[0-9A-Z]{4}(-[0-9A-Z]{4}){3}/.exec(page("main").text())?.[0];
    if (code === undefined) throw new Error("no code on the page");
    return code;
  };

  it("completes a track through two client ids of one LMS, without linking anything", async () => {
    await product.register(product.lms, { clientId: "course-tool-2", deploymentId: "2" });
    const one = await enter(first, { userId: "amara", contextId: ESS, clientId: "client-1" });
    const other = await enter(second, {
      ...{ userId: "amara", contextId: REHAB, clientId: "course-tool-2" },
    });
    expect(other.launch.platformId).to.not.equal(one.launch.platformId);
    await sit(one, first.exam);
    await eventually("the first award", async () => (await namesOf(one)).length === 1);
    expect(await namesOf(one)).to.deep.equal(["First alone"]);
    await sit(other, second.exam);
    await hasBoth(one);
    expect(other.launch.accountId).to.equal(one.launch.accountId);
  });

  it("completes a track across two LMSes once a one-time code has joined the accounts", async () => {
    const { lms } = await product.connectLms();
    await offer(lms, REHAB, second);
    const here = await enter(first, { userId: "jonas", contextId: ESS });
    const there = await enter(second, { lms, userId: "jonas", contextId: REHAB });
    await sit(here, first.exam);
    await sit(there, second.exam);
    await eventually("what is earned here", async () => (await namesOf(here)).length === 1);
    expect(await namesOf(here, there)).to.deep.equal(["First alone"]);

    const joined = await there.post("/accounts/link", { code: await codeFrom(here) });
    expect(joined.status).to.equal(303);
    await hasBoth(here, there);
    for (const visit of [here, there]) {
      const page = load((await visit.get("/progress")).text);
      expect(page("li.card.earned").length, "earned on either page").to.equal(2);
    }
  });

  it("keeps what both held when accounts are joined, and gives it no third time", async () => {
    const { lms } = await product.connectLms();
    await offer(lms, ESS, first);
    lms.addPerson({
      ...{ id: "noor", givenName: "Noor", familyName: "Haddad", email: "noor@clinic.example" },
      ...{ kind: "student", blurb: "" },
    });
    product.lms.addPerson({
      ...{ id: "noor", givenName: "Noor", familyName: "Haddad", email: "noor@academy.example" },
      ...{ kind: "student", blurb: "" },
    });
    const here = await enter(first, { userId: "noor", contextId: ESS });
    const there = await enter(first, { lms, userId: "noor", contextId: ESS });
    await sit(here, first.exam);
    await sit(there, first.exam);
    await eventually("both awards", async () => (await namesOf(here, there)).length === 2);
    expect((await there.post("/accounts/link", { code: await codeFrom(here) })).status).to.equal(
      303,
    );
    await product.parts.journey.sweep();
    await sit(there, first.exam);
    await product.parts.journey.sweep();
    expect(await namesOf(here, there)).to.deep.equal(["First alone", "First alone"]);
    const page = load((await here.get("/progress")).text);
    expect(page("li.card.earned").length).to.equal(1);
    expect(page("li.card").length).to.equal(2);
  });

  it("counts together what was passed before a crash right after the joining", async () => {
    const { lms } = await product.connectLms();
    await offer(lms, REHAB, second);
    product.lms.addPerson({
      ...{ id: "eli", givenName: "Eli", familyName: "Stone", email: "eli@academy.example" },
      ...{ kind: "student", blurb: "" },
    });
    const here = await enter(first, { userId: "eli", contextId: ESS });
    const there = await enter(second, { lms, userId: "amara", contextId: REHAB });
    await sit(here, first.exam);
    await sit(there, second.exam);
    await eventually("all is evaluated", async () => {
      const due = await product.parts.facts.listDue(new Date(), { limit: 100 });
      return due.length === 0 && (await namesOf(here)).length === 1;
    });
    // The store holds the joining; the process ended before anything else was done about it.
    const { accounts, journey } = product.parts;
    const ids = [there.launch.accountId, here.launch.accountId] as const;
    expect(await accounts.link(product.organisationId, ...ids)).to.equal("linked");
    await journey.sweep();
    expect(await namesOf(here, there)).to.deep.equal(["Both", "First alone"]);
    expect(await accounts.listAwaitingRecount(10)).to.deep.equal([]);
  });
});
