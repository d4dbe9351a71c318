import { load } from "cheerio";
import { expect } from "chai";
import request from "supertest";
import { newId } from "../../src/stored-record.js";
import { openPanel, type Panel } from "../support/admin-panel.js";

const now = new Date("2026-05-04T10:00:00Z");

describe("the administrator's decisions", () => {
  let panel: Panel;
  let address: string;
  let organisationId: string;
  let accountId: string;

  before(async () => {
    panel = await openPanel(() => now);
  });
  after(async () => {
    await panel.close();
  });
  beforeEach(async () => {
    ({ panel: address, organisationId, accountId } = await panel.enter());
  });

  const get = async (path: string) =>
    load((await request(panel.app).get(`${address}${path}`).expect(200)).text);
  const post = async (path: string, fields: Record<string, string> = {}) =>
    await request(panel.app).post(`${address}${path}`).type("form").send(fields);

  const noteOffering = async (contextTitle = "PHYS 101") =>
    await panel.stores.offerings.noteLaunch({
      ...{ organisationId, issuer: "https://lms.example.org", contextId: newId() },
      ...{ contextTitle, at: now },
    });
  const addCourse = async (code = "AH-101"): Promise<string> => {
    const id = newId();
    await panel.stores.courses.addOnce({
      ...{ id, organisationId, code, title: "Safe transfers", contactHours: 8 },
      ...{ subject: "S", version: "1", createdAt: now },
    });
    return id;
  };
  const meet = async (name: string | undefined) => {
    const key = { organisationId, issuer: "https://lms.example.org", sub: newId() };
    const account = await panel.stores.accounts.findOrCreate(key, now);
    const about = { id: account.id, organisationId, email: undefined };
    if (name !== undefined) await panel.stores.profiles.noteFromLms({ ...about, name });
    return account.id;
  };

  describe("on the overview", () => {
    it("a new installation sees its first steps and that nothing waits", async () => {
      const page = await get("");
      expect(page("main").text()).to.include("Nothing waits for a decision.");
      expect(page(".steps li.missing").length).to.equal(4);
    });

    it("what waits is counted, with the way there", async () => {
      await noteOffering();
      await noteOffering();
      await panel.stores.profiles.proposeName(organisationId, await meet(undefined), "Priya Nair");
      const page = await get("");
      expect(
        page(".cards h3")
          .toArray()
          .map((heading) => page(heading).text()),
      ).to.deep.equal(["2 LMS courses", "1 name"]);
      const way = page(".cards a").first().attr("href")!;
      const list = load((await request(panel.app).get(way)).text);
      expect(list("tbody tr").length).to.equal(2);
    });
  });

  describe("about an LMS course", () => {
    it("need a course first where there is none", async () => {
      const { id } = await noteOffering();
      expect((await get(`/lms-courses/${id}`))(".empty").text()).to.include("Add a course");
    });

    it("approve it as one course, change that, and withdraw it", async () => {
      const { id } = await noteOffering();
      const [first, second] = [await addCourse(), await addCourse("AH-102")];
      const decided = async () => await panel.stores.offerings.findById(organisationId, id);

      expect((await post(`/lms-courses/${id}/approve`, { courseId: first })).status).to.equal(303);
      expect(await decided()).to.include({
        status: "approved",
        courseId: first,
        decidedBy: accountId,
      });
      await post(`/lms-courses/${id}/approve`, { courseId: second });
      expect((await decided())?.courseId).to.equal(second);
      expect((await get("/lms-courses?status=approved"))("tbody").text()).to.include("AH-102");
      await post(`/lms-courses/${id}/decline`);
      expect(await decided()).to.include({ status: "declined" });
      expect((await get("/lms-courses?status=approved"))(".empty").length).to.equal(1);
    });

    it("ask for the course beside the field when none was chosen", async () => {
      const { id } = await noteOffering();
      await addCourse();
      const response = await post(`/lms-courses/${id}/approve`, { courseId: "" });
      expect(response.status).to.equal(422);
      expect(load(response.text)("#fault-courseId").text()).to.include("Choose a course");
    });

    it("show its id where the LMS sent no title", async () => {
      const { contextId } = await noteOffering("");
      expect((await get("/lms-courses"))("tbody a").text()).to.equal(contextId);
    });
  });

  describe("about people", () => {
    it("make a known account an administrator and remove it again", async () => {
      const jonas = await meet("Jonas Weber");
      const page = await get("/people?search=weber");
      const button = page("form[action$='/add']");
      expect(button.attr("action")).to.include(jonas);
      expect((await post(`/people/administrators/${jonas}/add`)).status).to.equal(303);
      expect(await panel.stores.grants.has(organisationId, jonas)).to.equal(true);
      expect((await post(`/people/administrators/${jonas}/remove`)).status).to.equal(303);
      expect(await panel.stores.grants.has(organisationId, jonas)).to.equal(false);
    });

    it("never remove the last administrator", async () => {
      const page = await get("/people");
      expect(page("form[action$='/remove']").length).to.equal(0);
      const response = await post(`/people/administrators/${accountId}/remove`);
      expect(response.status).to.equal(422);
      expect(load(response.text)(".notice.warning").text()).to.include("somebody must be left");
      expect(await panel.stores.grants.has(organisationId, accountId)).to.equal(true);
    });

    it("make a one-time code that is shown once and not in the address", async () => {
      const response = await post("/people/code");
      expect(response.status).to.equal(200);
      expect(response.headers["cache-control"]).to.equal("no-store");
      expect(load(response.text)("#made-code").val()).to.match(/^[0-9A-Z]{4}(-[0-9A-Z]{4}){3}$/);
      expect((await get("/people"))("#made-code").length).to.equal(0);
    });

    it("approve just the name that was seen", async () => {
      const person = await meet(undefined);
      await panel.stores.profiles.proposeName(organisationId, person, "Priya Nair");
      expect((await get("/people/names"))("tbody th").text()).to.equal("Priya Nair");
      await panel.stores.profiles.proposeName(organisationId, person, "Somebody Else");
      const seen = { decision: "approve", name: "Priya Nair" };
      const late = await post(`/people/names/${person}`, seen);
      expect(late.status).to.equal(409);
      expect(load(late.text)(".notice.warning").text()).to.include("Nothing was decided");
      const profile = async () => await panel.stores.profiles.find(organisationId, person);
      expect((await profile())?.name).to.equal(undefined);

      await post(`/people/names/${person}`, { decision: "approve", name: "Somebody Else" });
      expect(await profile()).to.include({ name: "Somebody Else", nameFrom: "approved" });
    });

    it("are told of letters in a name that no document can show", async () => {
      const person = await meet(undefined);
      await panel.stores.profiles.proposeName(organisationId, person, "Li Ming 李明");
      const row = (await get("/people/names"))("tbody th").text();
      expect(row).to.include("Li Ming 李明").and.include("cannot show: 李 明.");
    });

    it("decline a name; the learner may enter another", async () => {
      const person = await meet(undefined);
      await panel.stores.profiles.proposeName(organisationId, person, "Batman");
      await post(`/people/names/${person}`, { decision: "decline", name: "Batman" });
      expect((await get("/people/names"))(".empty").length).to.equal(1);
    });
  });

  describe("about platforms", () => {
    it("approve a pending deployment with one press", async () => {
      const platformId = newId();
      await panel.stores.platforms.addOnce({
        ...{ id: platformId, organisationId, name: "School Moodle", clientId: "c" },
        ...{ issuer: `https://${platformId}.example.org`, authorizationUrl: "https://m/a" },
        ...{ tokenUrl: "https://m/t", tokenAudience: undefined, jwksUrl: "https://m/j" },
        ...{ family: "moodle", acceptsAnyDeployment: false, createdAt: now },
      });
      await panel.stores.deployments.ensure({
        ...{ platformId, deploymentId: "7", organisationId, status: "pending", at: now },
      });
      const action = (await get("/platforms"))("form[action$='/approve']").attr("action")!;
      const response = await request(panel.app).post(action).type("form").send({});
      expect(response.status).to.equal(303);
      const page = await get("/platforms?done=deployment-approved");
      expect(page("form[action$='/approve']").length).to.equal(0);
      expect(page(".pill.good").text()).to.include("Approved");
    });

    it("make an invitation link that is shown once", async () => {
      const response = await post("/platforms/invitation");
      const link = String(load(response.text)("#invitation-link").val());
      expect(URL.canParse(link)).to.equal(true);
      expect(response.headers["cache-control"]).to.equal("no-store");
      expect((await get("/platforms"))("#invitation-link").length).to.equal(0);
    });
  });

  describe("and what they can look at", () => {
    it("an award is found by the learner's name and shows its frozen reasons", async () => {
      const jonas = await meet("Jonas Weber");
      const award = {
        ...{ id: newId(), organisationId, learnerId: jonas, trackId: newId(), trackVersion: 2 },
        ...{ trackName: "Safe moving", round: 1, subjectUrn: `urn:uuid:${newId()}` },
        awardedAt: now,
        explanation: {
          ...{ nodeId: "r", kind: "all-of" as const, state: "met" as const, evidence: [] },
          ...{ sentence: "Both courses are passed.", needed: 0, steps: [] },
        },
        evidence: [
          {
            ...{ courseCode: "AH-101", courseTitle: "Safe transfers", courseVersion: "2026" },
            ...{ examTitle: "Final exam", contactHours: 8, passedAt: now, factId: "f" },
          },
        ],
      };
      await panel.stores.awards.addOnce(award);
      const row = (await get("/awards?search=weber"))("tbody tr");
      expect(row.text()).to.include("Jonas Weber").and.to.include("Safe moving");
      expect((await get("/awards?search=nobody"))(".empty").length).to.equal(1);
      const page = await get(`/awards/${award.id}`);
      expect(page(".steps").text()).to.include("Both courses are passed.");
      expect(page("tbody").text()).to.include("AH-101 Safe transfers");
      expect(page("main").text()).to.include("Being issued");
    });

    it("events are found by their words, newest first", async () => {
      const event = { organisationId, level: "warning" as const, about: { examId: "e" } };
      const earlier = new Date(now.getTime() - 1000);
      await panel.stores.events.add({
        ...{ ...event, code: "launch-refused", summary: "A launch was refused.", at: earlier },
      });
      await panel.stores.events.add({
        ...{ ...event, code: "result-refused", summary: "A score was refused.", at: now },
      });
      const codes = (await get("/events"))("tbody code");
      expect(codes.first().text()).to.equal("result-refused");
      const found = await get("/events?search=LAUNCH");
      expect(found("tbody tr").length).to.equal(1);
    });
  });
});
