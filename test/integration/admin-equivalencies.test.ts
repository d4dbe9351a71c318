import { load } from "cheerio";
import { expect } from "chai";
import request from "supertest";
import { newId } from "../../src/stored-record.js";
import { anExam } from "../support/core-fixtures.js";
import { openPanel, type Panel } from "../support/admin-panel.js";

const now = new Date("2026-05-04T10:00:00Z");
const decision = {
  ...{ decision: "counts", reach: "one-way", since: "2026-05-03", for: "" },
  ...{ decidedBy: "Education committee", reason: "Same content." },
};

describe("the panel of the ledger of equivalencies", () => {
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
  const post = async (path: string, fields: Record<string, string>) =>
    await request(panel.app).post(`${address}${path}`).type("form").send(fields);

  const addEdition = async (version: string): Promise<string> => {
    const [id, courseId] = [newId(), newId()];
    await panel.stores.courses.addOnce({
      ...{ id: courseId, organisationId, code: `LV-${version}`, title: "Low Vision Basics" },
      ...{ contactHours: 4, subject: "S", version, createdAt: now },
    });
    await panel.stores.exams.add(anExam({ id, organisationId, courseId }));
    return id;
  };

  it("takes a decision, lists it in words, and writes it into the audit trail", async () => {
    const [from, to] = [await addEdition("2023"), await addEdition("2026")];
    const { headers } = await post("/equivalencies/new", { ...decision, from, to });
    expect(headers["location"]).to.match(/\/equivalencies\?done=equivalency-entered$/);
    const page = await get("/equivalencies");
    expect(page("tbody th").text()).to.equal(
      "1. Low Vision Basics 2023 counts for Low Vision Basics 2026.",
    );
    expect(page("tbody .pill").text()).to.equal("Counts");
    const query = { search: "", page: 1, pageSize: 5 };
    const [entry] = (await panel.stores.audit.list(organisationId, query)).items;
    expect(entry).to.deep.include({
      ...{ action: "equivalency-entered", actorId: accountId, reason: "Same content." },
    });
    expect(entry?.after).to.deep.include({ number: 1, fromExam: from, toExam: to });
  });

  it("refuses a loop, and what is missing, with the words that were typed still there", async () => {
    const [from, to] = [await addEdition("2023"), await addEdition("2026")];
    await post("/equivalencies/new", { ...decision, from, to });
    const back = await post("/equivalencies/new", { ...decision, from: to, to: from });
    expect(back.status).to.equal(422);
    expect(load(back.text)(".fault").text()).to.include("Entry 1 says already");
    const empty = await post("/equivalencies/new", { ...decision, from, to, reason: " " });
    expect(empty.status).to.equal(422);
    const page = load(empty.text);
    expect(page("#fault-reason").text()).to.include("Say why");
    expect(page("#field-decidedBy").val()).to.equal("Education committee");
    expect(page("#field-from").val()).to.equal(from);
  });

  it("withdraws an entry once, with a reason, by another entry", async () => {
    const [from, to] = [await addEdition("2023"), await addEdition("2026")];
    await post("/equivalencies/new", { ...decision, from, to });
    const [first] = await panel.stores.equivalencies.listAll(organisationId, undefined);
    const path = `/equivalencies/${first?.id}/withdraw`;
    expect((await post(path, { decidedBy: "Committee", reason: "" })).status).to.equal(422);
    const withdrawal = { decidedBy: "Committee", reason: "A mistake." };
    expect((await post(path, withdrawal)).status).to.equal(303);
    const page = await get("/equivalencies");
    expect(
      page("tbody .pill")
        .toArray()
        .map((pill) => page(pill).text()),
    ).to.deep.equal(["Does not count", "Withdrawn"]);
    const again = await post(path, withdrawal);
    expect(again.status).to.equal(409);
    expect(again.text).to.include("It was withdrawn already.");
  });

  it("decides for one learner alone, found by name", async () => {
    const [from, to] = [await addEdition("2023"), await addEdition("2026")];
    const key = { organisationId, issuer: "https://lms.example.org", sub: newId() };
    const { id } = await panel.stores.accounts.findOrCreate(key, now);
    const about = { id, organisationId, email: undefined };
    await panel.stores.profiles.noteFromLms({ ...about, name: "Mina Long" });
    const found = await get(`/equivalencies/new?search=mina&from=${from}`);
    const link = found("main li a").attr("href") ?? "";
    expect(link).to.include(`for=${id}`).and.include(`from=${from}`);
    const form = await get(link.replace(/^.*\/admin/, ""));
    expect(form(".lead").text()).to.include("for Mina Long alone");
    await post("/equivalencies/new", { ...decision, from, to, for: id });
    const page = await get("/equivalencies");
    expect(page("tbody td").first().text()).to.equal("Mina Long");
    const unknown = await post("/equivalencies/new", { ...decision, from, to, for: newId() });
    expect(unknown.status).to.equal(404);
  });

  it("proposes an entry after a new edition was made, which leaves the old one as it is", async () => {
    const from = await addEdition("2023");
    const [old] = (await panel.stores.courses.listAll(organisationId)).filter(
      ({ version }) => version === "2023",
    );
    const path = `/courses/${old!.id}/editions/new`;
    const fields = { title: "Low Vision Basics", contactHours: "5", subject: "S" };
    const same = await post(path, { ...fields, code: "LV-2", version: "2023" });
    expect(load(same.text)("#fault-version").text()).to.include("another edition");
    const taken = await post(path, { ...fields, code: "LV-2023", version: "2026" });
    expect(load(taken.text)("#fault-code").text()).to.include("has this code");
    expect(await panel.stores.exams.listAll(organisationId)).to.have.length(1);

    const made = await post(path, { ...fields, code: "LV-2026", version: "2026" });
    const proposal = String(made.headers["location"]);
    expect(proposal).to.include(`from=${from}`).and.include("done=edition-made");
    const form = await get(proposal.replace(/^.*\/admin/, ""));
    expect(form("#field-from option[selected]").text()).to.equal("LV-2023: Low Vision Basics 2023");
    expect(form("#field-to option[selected]").text()).to.equal("LV-2026: Low Vision Basics 2026");
    const courses = await panel.stores.courses.listAll(organisationId);
    expect(courses.find(({ code }) => code === "LV-2023")).to.deep.equal(old);
    expect(courses.find(({ code }) => code === "LV-2026")?.earlierEditionId).to.equal(old!.id);
  });
});
