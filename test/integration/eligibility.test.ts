import { expect } from "chai";
import { readLearnerRecords } from "../../src/awards/read-learner-records.js";
import type { Licence } from "../../src/eligibility/licence.js";
import { submitLicence } from "../../src/eligibility/submit-licence.js";
import { explainTracks } from "../../src/progress/explain-progress.js";
import { readCatalogue } from "../../src/progress/read-catalogue.js";
import { whyNotOpen } from "../../src/progress/why-not-open.js";
import { createSealedBox } from "../../src/sealed-box.js";
import { openCoreStores } from "../support/core-database.js";
import {
  allOf,
  aResult,
  day,
  examStep,
  heldStep,
  inOrder,
  licenceStep,
} from "../support/core-fixtures.js";
import { addExams, addTrack, createPeople, openJourney } from "../support/journey-fixtures.js";

const ann = { organisationId: "org", accountId: "ann" };
const sealedBox = createSealedBox("ab".repeat(32));
const NUMBER = "OT-48213-X";

/**
 * The allied-health certificate: three essential courses, three micro-credentials of three courses
 * each, then the integration course for who is licensed.
 */
describe("the professional certificate", () => {
  const essentials = ["e1", "e2", "e3"];
  const badges = ["b1", "b2", "b3"];
  const coursesOf = (badge: string): string[] => [1, 2, 3].map((each) => `${badge}-${each}`);
  let opened: Awaited<ReturnType<typeof openCoreStores>>;
  let scene: ReturnType<typeof openJourney>;

  const awarded = async (): Promise<string[]> =>
    (await opened.stores.awards.listForLearners("org", ["ann"])).map(({ trackId }) => trackId);
  const pass = async (examId: string, on = day(1)): Promise<void> => {
    await scene.journey.recordResult(aResult({ accountId: "ann", examId, occurredAt: on }));
    await scene.journey.evaluateLearner(ann);
  };
  const explain = async () => {
    const catalogue = await readCatalogue(opened.stores, { organisationId: "org" });
    const [record] = await readLearnerRecords(opened.stores, "org", [{ accountIds: ["ann"] }]);
    if (record === undefined) throw new Error("no record");
    const progress = explainTracks(catalogue, record, day(2));
    const certificate = progress.find(({ track }) => track.trackId === "certificate");
    if (certificate === undefined) throw new Error("no certificate");
    const closed = whyNotOpen(catalogue, { examId: "integration", record, now: day(2) });
    return { ...certificate, closed };
  };
  const handIn = async (validFrom: Date, validTo?: Date): Promise<Licence> => {
    const { eligibility } = opened.stores;
    const add = async () => {
      await Promise.resolve();
    };
    const needs = { eligibility, licenceFiles: { add }, sealedBox, now: () => day(2) };
    const content = { professionId: "ot", number: NUMBER, jurisdiction: "Ontario", validFrom };
    const licence = await submitLicence(needs, {
      ...ann,
      content: { ...content, validTo, evidenceUrl: undefined },
    });
    await scene.journey.eligibilityChanged(ann);
    return licence;
  };
  const decide = async ({ id }: Licence, state: "verified" | "rejected"): Promise<void> => {
    await opened.stores.eligibility.decideLicence({
      ...{ organisationId: "org", id, state, decidedBy: "admin", decidedAt: day(2) },
      reason: state === "rejected" ? "The number is another person's" : undefined,
    });
  };

  beforeEach(async () => {
    opened = await openCoreStores();
    const { stores } = opened;
    scene = openJourney({ stores, people: createPeople().people });
    const profession = { id: "ot", organisationId: "org", name: "occupational therapist" };
    await stores.eligibility.addProfession({ ...profession, createdAt: day(0) });
    await addExams(stores, [...essentials, ...badges.flatMap(coursesOf), "integration"]);
    const publish = async (trackId: string) => {
      const wanted = { organisationId: "org", trackId, publishedBy: "admin" };
      expect((await scene.journey.publishTrack(wanted)).kind).to.equal("published");
    };
    for (const badge of badges)
      await publish(
        await addTrack(stores, allOf(badge, ...coursesOf(badge).map((id) => examStep(id))), badge),
      );
    const tree = inOrder(
      "certificate",
      allOf("essentials", ...essentials.map((id) => examStep(id))),
      allOf("badges", ...badges.map(heldStep)),
      licenceStep("ot"),
      examStep("integration"),
    );
    await publish(await addTrack(stores, tree, "certificate"));
  });
  afterEach(async () => {
    await opened.close();
  });

  const passAllBut = async (...left: string[]): Promise<void> => {
    for (const id of [...essentials, ...badges.flatMap(coursesOf), "integration"])
      if (!left.includes(id)) await pass(id);
  };

  it("lets a student earn micro-credentials and makes them wait for the rest", async () => {
    const said = { ...ann, professionId: "ot", status: "student", saidAt: day(0) } as const;
    await opened.stores.eligibility.setStatus(said);
    await passAllBut("integration");
    expect((await awarded()).sort()).to.deep.equal(badges);
    const { verdict, closed } = await explain();
    expect(verdict.steps[2]?.state).to.equal("blocked");
    expect(verdict.steps[2]?.sentence).to.contain("opens when you are registered or licensed");
    expect(verdict.steps[3]?.sentence).to.contain("opens when the steps before it are done");
    expect(closed).to.equal(verdict.steps[2]?.sentence);
    expect(verdict.awaitsLicence).to.equal(undefined);
  });

  it("shows all met, awaiting a verified licence, and awards at once when it is verified", async () => {
    await passAllBut();
    const licence = await handIn(day(-100));
    expect(await awarded()).to.not.include("certificate");
    const { verdict } = await explain();
    expect(verdict.awaitsLicence?.professionId).to.equal("ot");
    expect(verdict.sentence).to.equal(
      "Everything is done; what is missing is a verified licence as occupational therapist.",
    );
    await decide(licence, "verified");
    await scene.journey.eligibilityChanged(ann);
    expect(await awarded()).to.include("certificate");
  });

  it("awards too when the process dies right after the verification", async () => {
    await passAllBut();
    await decide(await handIn(day(-100)), "verified");
    await scene.journey.sweep();
    expect(await awarded()).to.include("certificate");
    expect(await opened.stores.eligibility.listAwaitingRecount(9)).to.deep.equal([]);
  });

  it("compares the day of the exam with the days of the licence, not with its verification", async () => {
    await passAllBut();
    // Lapsed before it was even handed in; valid on the day of the exam.
    await decide(await handIn(day(-100), day(1)), "verified");
    await scene.journey.eligibilityChanged(ann);
    expect(await awarded()).to.include("certificate");
  });

  it("does not count an exam from before the licence, unless an administrator says why", async () => {
    await passAllBut();
    await decide(await handIn(day(2)), "verified");
    await scene.journey.eligibilityChanged(ann);
    expect(await awarded()).to.not.include("certificate");
    const before = await explain();
    expect(before.verdict.steps[3]?.sentence).to.contain("so it does not count");
    expect(before.verdict.awaitsLicence).to.equal(undefined);
    const dateWaiver = { reason: "The register was late.", waivedAt: day(2), waivedBy: "admin" };
    await opened.stores.eligibility.waiveDate({ ...ann, professionId: "ot", dateWaiver });
    await scene.journey.eligibilityChanged(ann);
    expect(await awarded()).to.include("certificate");
    expect((await explain()).verdict.steps[3]).to.include({ state: "waived" });
  });

  it("lets a waiver reach no further than the exams taken before it", async () => {
    await passAllBut("integration");
    await decide(await handIn(day(-100), day(0)), "verified");
    const waive = async (accountId: string, at: Date) => {
      const dateWaiver = { reason: "The register was late.", waivedAt: at, waivedBy: "admin" };
      const about = { organisationId: "org", accountId, professionId: "ot" };
      await opened.stores.eligibility.waiveDate({ ...about, dateWaiver });
      await scene.journey.eligibilityChanged(ann);
    };
    await waive("ann", day(0, 1));
    await pass("integration");
    await scene.journey.eligibilityChanged(ann);
    expect(await awarded()).to.not.include("certificate");
    expect((await explain()).verdict.steps[3]?.sentence).to.contain("so it does not count");
    await waive("ann", day(2));
    expect(await awarded()).to.include("certificate");
  });

  it("keeps the award when the licence lapses or another is rejected afterwards", async () => {
    await passAllBut();
    await decide(await handIn(day(-100), day(1)), "verified");
    await scene.journey.eligibilityChanged(ann);
    await decide(await handIn(day(1)), "rejected");
    scene.setNow(day(400));
    await scene.journey.eligibilityChanged(ann);
    expect(await awarded()).to.include("certificate");
  });

  it("opens the integration exam only with a licence that is valid today", async () => {
    await passAllBut("integration");
    const past = await handIn(day(-100), day(1));
    expect((await explain()).closed).to.contain("not verified yet");
    await decide(past, "verified");
    expect((await explain()).closed).to.contain("not valid today");
    await decide(await handIn(day(1)), "verified");
    expect((await explain()).closed).to.equal(undefined);
  });

  it("misses nothing: without any one course there is no certificate", async () => {
    await decide(await handIn(day(-100)), "verified");
    await passAllBut("b2-3");
    expect(await awarded()).to.not.include("certificate");
    await pass("b2-3");
    expect(await awarded()).to.include("certificate");
  });

  it("keeps the number sealed and out of the award", async () => {
    await passAllBut();
    await decide(await handIn(day(-100)), "verified");
    await scene.journey.eligibilityChanged(ann);
    const stored = await opened.connection.collection("licences").find().toArray();
    const awards = await opened.stores.awards.listForLearners("org", ["ann"]);
    expect(JSON.stringify([stored, awards, scene.events])).to.not.contain(NUMBER);
  });
});
