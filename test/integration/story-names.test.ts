import { load } from "cheerio";
import { expect } from "chai";
import { approve, eventually, placeLink, publish, sit, teach } from "../support/story-school.js";
import { startTestProduct, type TestProduct, type TestVisit } from "../support/test-product.js";

const [CVI, BRAILLE] = ["cvi-101", "brl-101"] as const;

describe("names, and what others may see", () => {
  let product: TestProduct;

  beforeEach(async () => {
    product = await startTestProduct();
    await product.parts.work.start({ isAlone: true });
  });
  afterEach(async () => {
    await product.parts.work.stop();
    await product.close();
  });

  const teachIn = async (contextId: string, code: string) => {
    const { parts, organisationId, lms } = product;
    const taught = await teach(parts, organisationId, { code });
    const courseId = taught.course.id;
    await approve(parts, { organisationId, issuer: lms.issuer, contextId, courseId });
    const linkId = placeLink(lms, { url: product.url, contextId, exam: taught.exam });
    const enter = async (userId: string, clientId?: string): Promise<TestVisit> => {
      const tool = clientId === undefined ? {} : { clientId };
      return await product.launchAs({ userId, courseId: contextId, linkId, ...tool });
    };
    return { ...taught, enter };
  };
  const credentialsOf = async ({ launch }: TestVisit) =>
    await product.parts.credentials.listOfLearner(product.organisationId, [launch.accountId]);
  const noticesOn = async (visit: TestVisit) =>
    load((await visit.get("/progress")).text)(".notice").text();

  it("an anonymous learner is awarded at once and has the credential once the name is approved", async () => {
    const { parts, organisationId, lms } = product;
    const { exam, enter } = await teachIn(CVI, "CVI-101");
    await publish(parts, organisationId, { name: "CVI: The Basics", exams: [exam] });
    await product.register(lms, { clientId: "shy", tool: { privacy: "anonymous" } });
    // Links belong to one tool here; this course's are those of the anonymous one.
    const linkId = placeLink(lms, {
      ...{ url: product.url, contextId: CVI, exam, clientId: "shy" },
    });
    const open = async () =>
      await product.launchAs({ userId: "amara", courseId: CVI, linkId, clientId: "shy" });
    const first = await open();
    await sit(first, exam);
    await eventually("the award waits for a name", async () => {
      const awards = product.connection.collection("awards");
      return (await awards.countDocuments({ credential: "needs-name" })) === 1;
    });
    expect(await credentialsOf(first)).to.deep.equal([]);

    const second = await open();
    expect(await noticesOn(second)).to.include("you earned “CVI: The Basics”");
    expect(await noticesOn(await open()), "told once").to.not.include("you earned");
    expect((await second.post("/name", { name: "Amara N. Okafor" })).status).to.equal(303);
    await parts.journey.sweep({ reach: "all" });
    expect(await credentialsOf(first), "a name that nobody approved").to.deep.equal([]);

    const admin = await enter("ruth");
    const grant = { organisationId, grantedBy: undefined, grantedAt: new Date() };
    await parts.grants.addOnce({ id: admin.launch.accountId, ...grant });
    const decided = await admin.post(`/admin/people/names/${first.launch.accountId}`, {
      ...{ decision: "approve", name: "Amara N. Okafor" },
    });
    expect(decided.status).to.equal(303);
    const [credential] = await eventually("the credential", async () => {
      const issued = await credentialsOf(first);
      return issued.length > 0 ? issued : undefined;
    });
    const body = Buffer.from(
      credential?.forms.jwtRs256.split(".")[1] ?? "",
      "base64url",
    ).toString();
    expect(body)
      .to.include("Amara N. Okafor")
      .and.match(/"id":"urn:uuid:/);
    expect(await noticesOn(await open())).to.include("name on your credentials was approved");
  });

  it("instructors see the scores of their own course, and of others only whether they are met", async () => {
    const { parts, organisationId } = product;
    const own = await teachIn(CVI, "CVI-101");
    const other = await teachIn(BRAILLE, "BRL-101");
    await publish(parts, organisationId, { name: "Both", exams: [own.exam, other.exam] });
    await sit(await own.enter("amara"), own.exam, 2);
    await sit(await other.enter("amara"), other.exam, 1);
    const priya = await own.enter("priya");
    const seen = async () => {
      const page = load((await priya.get("/course")).text);
      const row = page("tbody tr").filter((_, tr) => page(tr).text().includes("Amara Okafor"));
      return { cell: row.find("td").first().text(), details: row.find("details").text() };
    };
    expect((await seen()).cell)
      .to.include("100%")
      .and.include("Passed");
    expect((await seen()).details)
      .to.include("BRL-101")
      .and.match(/not met/i)
      .and.not.include("50%");
    await sit(await other.enter("amara"), other.exam, 2);
    expect((await seen()).details)
      .to.include("BRL-101")
      .and.match(/met/i)
      .and.not.match(/not met|50%/i);
    const page = (await priya.get("/course")).text;
    expect(page, "the other course's score stands nowhere").to.not.include("50%");
  });

  it("nothing but profiles and credentials holds a name or an e-mail address", async () => {
    const { parts, organisationId } = product;
    const { exam, enter } = await teachIn(CVI, "CVI-101");
    await publish(parts, organisationId, { name: "CVI: The Basics", exams: [exam] });
    const visit = await enter("amara");
    await sit(visit, exam);
    await eventually("the credential", async () => (await credentialsOf(visit)).length > 0);
    const collections = await product.connection.db?.collections();
    const holders: string[] = [];
    for (const collection of collections ?? []) {
      const text = JSON.stringify(await collection.find().toArray());
      if (/okafor/i.test(text)) holders.push(collection.collectionName);
      if (collection.collectionName !== "profiles") {
        expect(text, collection.collectionName).not.to.match(/amara\.okafor@/i);
      }
    }
    expect(holders).to.have.members(["profiles", "credentials"]);
    const { accountId } = visit.launch;
    await parts.profiles.erase(organisationId, accountId);
    expect(await parts.profiles.find(organisationId, accountId)).to.equal(undefined);
  });

  it("nothing counts before an administrator has said which course an LMS course is", async () => {
    const { parts, organisationId, lms } = product;
    const { exam } = await teachIn(CVI, "CVI-101");
    const linkId = placeLink(lms, { url: product.url, contextId: BRAILLE, exam });
    const visit = await product.launchAs({ userId: "amara", courseId: BRAILLE, linkId });
    expect(visit.landing.status).to.equal(403);
    expect((await visit.post(`/exams/${exam.id}/attempts`)).status).to.equal(403);
    expect(await parts.lineItems.listDue(new Date(Date.now() + 1e9), 10)).to.deep.equal([]);
    const query = { search: "", page: 1, pageSize: 10, status: "pending" as const };
    const pending = await parts.offerings.list(organisationId, query);
    expect(pending.items.map(({ contextId }) => contextId)).to.deep.equal([BRAILLE]);
  });
});
