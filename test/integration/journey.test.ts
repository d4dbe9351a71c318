import { expect } from "chai";
import { readLearnerRecords } from "../../src/awards/read-learner-records.js";
import { explainTracks } from "../../src/progress/explain-progress.js";
import { readCatalogue } from "../../src/progress/read-catalogue.js";
import { openCoreStores } from "../support/core-database.js";
import {
  allOf,
  aResult,
  aTrackContent,
  day,
  examStep,
  heldStep,
} from "../support/core-fixtures.js";
import {
  addExams,
  addTrack,
  Crash,
  createPeople,
  openJourney,
} from "../support/journey-fixtures.js";

const ann = { organisationId: "org", accountId: "ann" };
const bothExams = allOf("g", examStep("a"), examStep("b"));

async function openStores() {
  const opened = await openCoreStores();
  await addExams(opened.stores, ["a", "b"]);
  return opened;
}

describe("the journey from a result to an award", () => {
  let opened: Awaited<ReturnType<typeof openStores>>;
  let people: ReturnType<typeof createPeople>;
  let scene: ReturnType<typeof openJourney>;

  const listAwards = async (...learnerIds: string[]) =>
    await opened.stores.awards.listForLearners("org", learnerIds);

  const publish = async (trackId: string) =>
    await scene.journey.publishTrack({ organisationId: "org", trackId, publishedBy: "admin" });

  const pass = async (examId: string, given: Parameters<typeof aResult>[0] = {}) =>
    await scene.journey.recordResult(aResult({ accountId: "ann", examId, ...given }));

  beforeEach(async () => {
    opened = await openStores();
    people = createPeople();
    scene = openJourney({ stores: opened.stores, people: people.people });
  });

  afterEach(async () => {
    await opened.close();
  });

  it("awards when the last exam is passed, with the reason and the courses that count", async () => {
    await publish(await addTrack(opened.stores, bothExams, "t"));
    await pass("a", { occurredAt: day(0) });
    await scene.journey.evaluateLearner(ann);
    expect(await listAwards("ann")).to.deep.equal([]);

    await pass("b");
    expect(scene.woken.at(-1)).to.deep.equal({ name: "evaluate-learner", key: "ann" });
    await scene.journey.evaluateLearner(ann);
    const [award] = await listAwards("ann");
    expect(award).to.deep.include({ trackId: "t", trackVersion: 1, round: 1, learnerId: "ann" });
    expect(award?.subjectUrn).to.match(/^urn:uuid:[0-9a-f-]{36}$/);
    expect(award?.explanation.sentence).to.equal("All 2 steps done.");
    expect(
      award?.evidence.map(({ courseTitle, passedAt }) => [courseTitle, passedAt]),
    ).to.deep.equal([
      ["Course a", day(0)],
      ["Course b", day(1)],
    ]);
    expect(scene.told.map(({ id }) => id)).to.deep.equal([award?.id]);
    expect(scene.woken.at(-1)).to.deep.equal({ name: "issue-credential", key: award?.id });
  });

  it("keeps an award as it was when its course and its track change", async () => {
    await publish(await addTrack(opened.stores, examStep("a"), "t"));
    await pass("a");
    await scene.journey.evaluateLearner(ann);
    const before = await listAwards("ann");

    const [course] = await opened.stores.courses.listByIds("org", ["course-a"]);
    if (course !== undefined) await opened.stores.courses.change({ ...course, title: "Renamed" });
    const draft = aTrackContent({ name: "Renamed", requirement: bothExams });
    await opened.stores.tracks.saveDraft({ organisationId: "org", id: "t", draft, at: day(2) });
    await publish("t");
    await scene.journey.sweep();
    expect(await listAwards("ann")).to.deep.equal(before);
  });

  it("counts results from before a track was published", async () => {
    await pass("a");
    await scene.journey.evaluateLearner(ann);
    await publish(await addTrack(opened.stores, examStep("a")));
    await scene.journey.sweep();
    expect(await listAwards("ann")).to.have.length(1);
  });

  it("counts them too when the process died right after the publication", async () => {
    await pass("a");
    await scene.journey.evaluateLearner(ann);
    const id = await addTrack(opened.stores, examStep("a"));
    const wanted = { organisationId: "org", trackId: id, publishedBy: "admin" };
    const dying = openJourney({
      people: people.people,
      stores: {
        ...opened.stores,
        facts: {
          ...opened.stores.facts,
          setPendingForExams: async () => await Promise.reject(new Crash()),
        },
      },
    });
    await dying.journey.publishTrack(wanted).then(
      () => expect.fail("should have died"),
      (error: unknown) => expect(error).to.be.instanceOf(Crash),
    );
    await scene.journey.sweep();
    expect(await listAwards("ann")).to.have.length(1);
  });

  it("publishes again after a crash, under a number of its own", async () => {
    const id = await addTrack(opened.stores, examStep("a"));
    const wanted = { organisationId: "org", trackId: id, publishedBy: "admin" };
    const dying = openJourney({
      people: people.people,
      stores: {
        ...opened.stores,
        tracks: {
          ...opened.stores.tracks,
          putInForce: async () => await Promise.reject(new Crash()),
        },
      },
    });
    await dying.journey.publishTrack(wanted).catch(() => undefined);
    expect(await opened.stores.tracks.listInForce("org")).to.deep.equal([]);
    const publication = await publish(id);
    expect(publication).to.have.nested.property("version.version", 2);
    expect((await opened.stores.tracks.findById("org", id))?.publishedVersion).to.equal(2);
  });

  it("lets a track complete across two accounts of one person", async () => {
    await publish(await addTrack(opened.stores, bothExams));
    await pass("a");
    await pass("b", { accountId: "ann-elsewhere", offeringId: "elsewhere" });
    await scene.journey.sweep();
    expect(await listAwards("ann", "ann-elsewhere")).to.deep.equal([]);

    people.link("ann-elsewhere", "ann");
    const account = { organisationId: "org", accountId: "ann-elsewhere" };
    await scene.journey.accountsLinked(account);
    await scene.journey.evaluateLearner(account);
    const awards = await listAwards("ann", "ann-elsewhere");
    expect(awards.map(({ learnerId }) => learnerId)).to.deep.equal(["ann"]);
  });

  it("gives no second award when accounts are joined of which one holds it", async () => {
    await publish(await addTrack(opened.stores, examStep("a")));
    await pass("a", { accountId: "ann-elsewhere" });
    await scene.journey.sweep();
    people.link("ann-elsewhere", "ann");
    await pass("a", { occurredAt: day(2) });
    await scene.journey.accountsLinked(ann);
    await scene.journey.sweep();
    const awards = await listAwards("ann", "ann-elsewhere");
    expect(awards.map(({ learnerId }) => learnerId)).to.deep.equal(["ann-elsewhere"]);
  });

  it("lets a result from the future wait until it is due, and says so", async () => {
    await publish(await addTrack(opened.stores, examStep("a")));
    await pass("a", { occurredAt: day(5) });
    expect(scene.events.map(({ code }) => code)).to.deep.equal(["result-from-the-future"]);
    await scene.journey.evaluateLearner(ann);
    await scene.journey.sweep();
    expect(await listAwards("ann")).to.deep.equal([]);
    scene.setNow(day(5));
    await scene.journey.sweep();
    expect(await listAwards("ann")).to.have.length(1);
  });

  it("refuses a result that cannot be, says so, and keeps the earlier fact", async () => {
    await pass("a", { sourceKey: "one" });
    const outcome = { kind: "graded", score: 5, maximum: 0 } as const;
    expect(await pass("a", { outcome })).to.include({ kind: "refused" });
    expect(scene.events.map(({ code, about }) => [code, about["because"]])).to.deep.equal([
      ["result-refused", "maximum-not-positive"],
    ]);
    const facts = await opened.stores.facts.listForAccounts("org", ["ann"]);
    expect(facts.map(({ sourceKey }) => sourceKey)).to.deep.equal(["one"]);
  });

  it("records nothing of a test user", async () => {
    await publish(await addTrack(opened.stores, examStep("a")));
    expect(await pass("a", { isTestUser: true })).to.include({ because: "test-user" });
    await scene.journey.sweep();
    expect(await listAwards("ann")).to.deep.equal([]);
    expect(scene.events).to.deep.equal([]);
  });

  it("issues what waited when a name has come", async () => {
    await publish(await addTrack(opened.stores, examStep("a")));
    await pass("a");
    await scene.journey.evaluateLearner(ann);
    const [award] = await listAwards("ann");
    const id = award?.id ?? "";
    await opened.stores.awards.setCredentialStates({
      ...{ organisationId: "org", ids: [id], state: "needs-name" },
    });
    scene.woken.length = 0;
    await scene.journey.nameArrived({ ...ann, name: "Ann Alpha" });
    expect(scene.woken).to.deep.equal([
      { name: "correct-names", key: "ann" },
      { name: "issue-credential", key: id },
    ]);
  });

  it("issues what waited for a name wherever the process dies after the name has come", async () => {
    await publish(await addTrack(opened.stores, examStep("a")));
    let deaths = 0;
    for (let call = 0; ; call += 1) {
      const accountId = `learner-${call}`;
      await pass("a", { accountId });
      await scene.journey.evaluateLearner({ organisationId: "org", accountId });
      const ids = (await listAwards(accountId)).map(({ id }) => id);
      expect(ids).to.have.length(1);
      await opened.stores.awards.setCredentialStates({
        ...{ organisationId: "org", ids, state: "needs-name" },
      });
      let calls = 0;
      const dying = openJourney({
        stores: opened.stores,
        people: people.people,
        around: async (run) => {
          if ((calls += 1) > call) throw new Crash();
          return await run();
        },
      });
      const arrived = { organisationId: "org", accountId, name: "Ann Alpha" };
      dying.arrive(arrived);
      const isDead = await dying.journey.nameArrived(arrived).then(
        () => false,
        (error: unknown) => error instanceof Crash,
      );
      if (!isDead) break;
      deaths += 1;
      dying.setNow(day(3));
      await dying.calm.sweep();
      const awakened = dying.woken.map(({ name, key }) => `${name} ${key}`);
      expect(awakened).to.include(`correct-names ${accountId}`);
      expect(awakened.some((one) => one.startsWith("issue-"))).to.equal(true);
      const due = await opened.stores.awards.listCredentialDue(day(3), 100);
      expect(due.map(({ id }) => id)).to.include(ids[0]);
      // And then there is nothing left.
      await dying.calm.sweep();
      const asked = dying.woken.filter(({ name }) => name === "correct-names").length;
      await dying.calm.sweep();
      expect(dying.woken.filter(({ name }) => name === "correct-names")).to.have.length(asked);
    }
    expect(deaths).to.be.at.least(3);
  });

  it("evaluates the others when one learner's evaluation fails, and leaves a job for that one", async () => {
    await publish(await addTrack(opened.stores, examStep("a")));
    await pass("a", { accountId: "ben" });
    await pass("a");
    const { findLearners } = people.people;
    scene.woken.length = 0;
    const failing = openJourney({
      stores: opened.stores,
      people: {
        ...people.people,
        findLearners: async (organisationId, ids) => {
          if (ids.includes("ben")) throw new Error("out of order");
          return await findLearners(organisationId, ids);
        },
      },
    });
    await failing.journey.sweep();
    expect(await listAwards("ann")).to.have.length(1);
    expect(await listAwards("ben")).to.deep.equal([]);
    expect(failing.woken).to.deep.include({ name: "evaluate-learner", key: "ben" });
  });

  it("gives exactly one award wherever the process dies between result and award", async () => {
    let deaths = 0;
    await publish(await addTrack(opened.stores, examStep("a")));
    for (let call = 0; ; call += 1) {
      for (const fate of ["before", "after"] as const) {
        const accountId = `learner-${call}-${fate}`;
        let calls = 0;
        const dying = openJourney({
          stores: opened.stores,
          people: people.people,
          around: async (run) => {
            const isLast = (calls += 1) > call;
            if (isLast && fate === "before") throw new Crash();
            const answer = await run();
            if (isLast) throw new Crash();
            return answer;
          },
        });
        const result = aResult({ accountId, examId: "a", sourceKey: accountId });
        try {
          await dying.journey.recordResult(result);
          await dying.journey.evaluateLearner({ organisationId: "org", accountId });
        } catch (error) {
          if (!(error instanceof Crash)) throw error;
          deaths += 1;
        }
        // Started again: the source hands over what it does not know to be stored.
        await scene.journey.recordResult(result);
        scene.setNow(day(3, call));
        await scene.journey.sweep();
        expect(await listAwards(accountId)).to.have.length(1);
        if (calls <= call) {
          expect(deaths).to.be.greaterThan(20);
          return;
        }
      }
    }
  });

  describe("with micro-credentials that stack", () => {
    const certificate = allOf("c", heldStep("badge"), examStep("b"));

    beforeEach(async () => {
      await publish(await addTrack(opened.stores, examStep("a"), "badge"));
      await publish(await addTrack(opened.stores, certificate, "certificate"));
    });

    it("gives the certificate with the micro-credential that completes it", async () => {
      await pass("b");
      await pass("a");
      await scene.journey.evaluateLearner(ann);
      const awards = await listAwards("ann");
      const [badge, top] = ["badge", "certificate"].map((id) =>
        awards.find(({ trackId }) => trackId === id),
      );
      expect(top?.standsOn).to.deep.equal([badge?.id]);
      expect(top?.explanation.steps[0]?.sentence).to.equal("Track badge: earned on 3 March 2026.");
      expect(top?.evidence.map(({ courseTitle }) => courseTitle).sort()).to.deep.equal([
        "Course a",
        "Course b",
      ]);
    });

    it("goes on after dying between the two awards", async () => {
      await pass("b");
      await pass("a");
      const give = opened.stores.awards.addAll;
      const stores = {
        ...opened.stores,
        awards: {
          ...opened.stores.awards,
          addAll: async (awards: Parameters<typeof give>[0]) => {
            if (awards.some(({ trackId }) => trackId === "certificate")) throw new Crash();
            return await give(awards);
          },
        },
      };
      const half = openJourney({ stores, people: people.people });
      await half.journey.evaluateLearner(ann).catch(() => undefined);
      expect((await listAwards("ann")).map(({ trackId }) => trackId)).to.deep.equal(["badge"]);
      await scene.journey.sweep();
      expect(await listAwards("ann")).to.have.length(2);
    });

    it("counts a micro-credential earned before the certificate was published", async () => {
      await pass("a");
      await scene.journey.evaluateLearner(ann);
      await publish(await addTrack(opened.stores, allOf("d", heldStep("badge")), "later"));
      await scene.journey.sweep();
      expect((await listAwards("ann")).map(({ trackId }) => trackId)).to.include("later");
    });
  });

  it("explains to a page what the award will say", async () => {
    await publish(await addTrack(opened.stores, bothExams));
    await pass("a");
    await pass("b", { accountId: "ben" });
    const catalogue = await readCatalogue(opened.stores, { organisationId: "org" });
    const learners = [{ accountIds: ["ann"] }, { accountIds: ["ben"] }];
    const records = await readLearnerRecords(opened.stores, "org", learners);
    const [own, other] = records.map((record) => explainTracks(catalogue, record, day(3))[0]);
    expect(own?.verdict.sentence).to.equal("1 of 2 steps done; Course b would complete this.");
    expect(own?.share).to.deep.equal({ done: 1, needed: 2 });
    expect(other?.verdict.sentence).to.equal("1 of 2 steps done; Course a would complete this.");
  });
});
