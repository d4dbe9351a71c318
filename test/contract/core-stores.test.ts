import { expect } from "chai";
import type { Award } from "../../src/awards/award.js";
import { type AwardStanding, firstStanding } from "../../src/awards/award-standing.js";
import type { LedgerEntry } from "../../src/equivalencies/equivalency.js";
import { newId } from "../../src/stored-record.js";
import type { Track, TrackVersion } from "../../src/tracks/track.js";
import { openCoreStores } from "../support/core-database.js";
import {
  aCourse,
  aFact,
  allOf,
  anAward,
  anExam,
  aTrackContent,
  day,
  examStep,
} from "../support/core-fixtures.js";
import { type CoreStores, createMemoryCore } from "../support/memory-core.js";

const aTrack = (given: Partial<Track> = {}): Track => ({
  id: newId(),
  organisationId: "org",
  name: "Compression Therapy",
  draft: aTrackContent(),
  publishedVersion: 0,
  createdAt: day(0),
  updatedAt: day(0),
  ...given,
});

const aVersion = (given: Partial<TrackVersion> = {}): TrackVersion => ({
  ...aTrackContent(),
  id: newId(),
  organisationId: "org",
  trackId: "track",
  version: 1,
  publishedAt: day(1),
  publishedBy: "admin",
  ...given,
});

const idsOf = (records: { id: string }[]): string[] => records.map(({ id }) => id);

const kinds: {
  kind: string;
  open: () => Promise<{ stores: CoreStores; close: () => Promise<void> }>;
}[] = [
  {
    kind: "in memory",
    open: async () => ({ stores: createMemoryCore(), close: async () => undefined }),
  },
  { kind: "in the database", open: openCoreStores },
];

for (const { kind, open } of kinds) {
  describe(`the core's stores ${kind}`, () => {
    let stores: CoreStores;
    let close: () => Promise<void>;

    beforeEach(async () => {
      ({ stores, close } = await open());
    });

    afterEach(async () => {
      await close();
    });

    it("give a course's code to one course of the organisation", async () => {
      const { courses } = stores;
      const first = aCourse({ code: "AH-101" });
      const outcomes = await Promise.all([
        courses.addOnce(first),
        courses.addOnce(aCourse({ code: "AH-101" })),
      ]);
      expect(outcomes.sort()).to.deep.equal(["added", "already-there"]);
      const elsewhere = aCourse({ code: "AH-101", organisationId: "other" });
      expect(await courses.addOnce(elsewhere)).to.equal("added");
    });

    it("read records back as they were written, within the organisation only", async () => {
      const { courses, exams } = stores;
      const course = aCourse();
      const exam = anExam({ courseId: course.id });
      await courses.addOnce(course);
      await exams.add(exam);
      expect(await courses.listByIds("org", [course.id, newId()])).to.deep.equal([course]);
      expect((await exams.listByIds("org", [exam.id]))[0]).to.deep.include({ id: exam.id });
      expect(await courses.listByIds("other", [course.id])).to.deep.equal([]);
      expect(await exams.listByIds("other", [exam.id])).to.deep.equal([]);
    });

    it("keep a brand as it was last written, one of a name in an organisation", async () => {
      const { brands } = stores;
      const brand = { id: newId(), organisationId: "org", name: "Gait", updatedAt: day(1) };
      expect(await brands.put({ ...brand, url: "https://gait.example.org" })).to.equal("kept");
      expect(await brands.put({ ...brand, email: "hi@gait.example.org" })).to.equal("kept");
      const kept = await brands.find("org", brand.id);
      expect(kept).to.deep.equal({ ...brand, email: "hi@gait.example.org" });
      expect(await brands.find("other", brand.id)).to.equal(undefined);
      expect(await brands.put({ ...brand, id: newId() })).to.equal("taken");
      const elsewhere = { ...brand, id: newId(), organisationId: "other" };
      expect(await brands.put(elsewhere)).to.equal("kept");
    });

    describe("of facts", () => {
      it("keep a fact once however often it arrives, even all at once", async () => {
        const { facts } = stores;
        const copies = [1, 2, 3].map(() => aFact({ sourceKey: "hosted:attempt-1" }));
        const outcomes = await Promise.all(copies.map(async (fact) => await facts.addOnce(fact)));
        expect(outcomes.filter((outcome) => outcome === "added")).to.have.length(1);
        expect(await facts.listForAccounts("org", ["account"])).to.have.length(1);
      });

      it("read facts back as they were written", async () => {
        const { facts } = stores;
        const cleared = aFact({ outcome: { kind: "cleared" }, occurredAt: day(2) });
        const graded = aFact({ percent: 66.5, occurredAt: day(1) });
        await facts.addOnce(cleared);
        await facts.addOnce(graded);
        expect(await facts.listForAccounts("org", ["account"])).to.deep.equal([graded, cleared]);
        expect(await facts.listForAccounts("other", ["account"])).to.deep.equal([]);
      });

      it("queue a new fact until it was evaluated", async () => {
        const { facts } = stores;
        await facts.addOnce(aFact());
        const queued = await facts.listQueuedForAccounts("org", ["account"]);
        expect(queued.map(({ pending }) => pending)).to.deep.equal([true]);
        await facts.markEvaluated("org", queued);
        expect(await facts.listDue(day(30), { limit: 10 })).to.deep.equal([]);
        const after = await facts.listQueuedForAccounts("org", ["account"]);
        expect(after.map(({ pending }) => pending)).to.deep.equal([false]);
      });

      it("keep many facts in one go, each once, and find them by key and by sitting", async () => {
        const { facts } = stores;
        const [first, second, other] = ["pushed:s:1", "pushed:s:2", "pushed:s2:1"].map(
          (sourceKey) => aFact({ sourceKey, offeringId: undefined }),
        );
        if (first === undefined || second === undefined || other === undefined) throw new Error();
        expect(await facts.addAll([first, other])).to.deep.equal(["added", "added"]);
        const again = [aFact({ sourceKey: "pushed:s:1" }), second];
        expect(await facts.addAll(again)).to.deep.equal(["already-there", "added"]);
        const found = await facts.listBySourceKeys("org", ["pushed:s:1", "pushed:none:1"]);
        expect(idsOf(found)).to.deep.equal([first.id]);
        expect(idsOf(await facts.listRevisions("org", "pushed:s"))).to.have.members([
          first.id,
          second.id,
        ]);
        expect(await facts.listRevisions("other", "pushed:s")).to.deep.equal([]);
      });

      it("list the accounts of due facts from any place in the queue, and none before it is due", async () => {
        const { facts } = stores;
        const [first, second] = [aFact({ id: "a" }), aFact({ id: "b", accountId: "other" })];
        const future = aFact({ accountId: "later", occurredAt: day(9), observedAt: day(1) });
        await facts.addAll([future, second, first]);
        const due = await facts.listDue(day(2), { limit: 10 });
        expect(due.map(({ accountId }) => accountId)).to.deep.equal(["account", "other"]);
        expect(due[0]).to.deep.equal({
          ...{ id: "a", organisationId: "org", accountId: "account", dueAt: day(1) },
        });
        const [one] = await facts.listDue(day(9), { limit: 1 });
        const rest = await facts.listDue(day(9), { limit: 10, after: one });
        expect(rest.map(({ accountId }) => accountId)).to.deep.equal(["other", "later"]);
        expect(await facts.listDue(day(9), { limit: 10, after: rest.at(-1) })).to.deep.equal([]);
      });

      it("queue the facts of an exam again, for every account of the organisation", async () => {
        const { facts } = stores;
        await facts.addOnce(aFact({ examId: "touched" }));
        await facts.addOnce(aFact({ examId: "touched", accountId: "second" }));
        await facts.addOnce(aFact({ examId: "untouched" }));
        await facts.addOnce(aFact({ examId: "touched", organisationId: "other" }));
        for (const organisationId of ["org", "other"]) {
          const read = await facts.listQueuedForAccounts(organisationId, ["account", "second"]);
          await facts.markEvaluated(organisationId, read);
        }
        expect(await facts.setPendingForExams("org", ["touched"])).to.equal(2);
        const due = await facts.listDue(day(30), { limit: 10 });
        expect(due.map(({ accountId }) => accountId).sort()).to.deep.equal(["account", "second"]);
        const all = await facts.listQueuedForAccounts("org", ["account"]);
        const pending = all.filter((item) => item.pending).map(({ fact }) => fact.examId);
        expect(pending).to.deep.equal(["touched"]);
      });

      it("queue the facts of accounts again", async () => {
        const { facts } = stores;
        await facts.addOnce(aFact());
        await facts.markEvaluated("org", await facts.listQueuedForAccounts("org", ["account"]));
        expect(await facts.setPendingForAccounts("org", ["account", "second"])).to.equal(1);
        expect(await facts.listDue(day(30), { limit: 10 })).to.have.length(1);
      });

      it("never take out of the queue what was put into it after it was read", async () => {
        const { facts } = stores;
        await facts.addOnce(aFact());
        const read = await facts.listQueuedForAccounts("org", ["account"]);
        await facts.setPendingForExams("org", ["exam"]);
        await facts.markEvaluated("org", read);
        expect(await facts.listDue(day(30), { limit: 10 })).to.have.length(1);
      });
    });

    describe("of tracks", () => {
      const inForce = { organisationId: "org", version: 1, name: "New", at: day(3) };

      it("keep a draft without a trace of absent values", async () => {
        const { tracks } = stores;
        const track = aTrack();
        await tracks.add(track);
        const draft = aTrackContent({ name: "Renamed", developmentPoints: undefined });
        const saved = await tracks.saveDraft({
          ...{ organisationId: "org", id: track.id, draft, at: day(1) },
        });
        const read = await tracks.findById("org", track.id);
        for (const found of [saved, read]) {
          expect(found?.name).to.equal("Renamed");
          expect(found?.draft?.developmentPoints).to.equal(undefined);
          expect(found?.draft?.competencies[0]?.frameworkUrl).to.equal(undefined);
        }
        expect(await tracks.findById("other", track.id)).to.equal(undefined);
      });

      it("know no draft of a track that is not there", async () => {
        const change = { organisationId: "org", id: newId(), draft: aTrackContent(), at: day(1) };
        expect(await stores.tracks.saveDraft(change)).to.equal(undefined);
      });

      it("put a version in force, take the draft away and ask for a recount", async () => {
        const { tracks } = stores;
        const track = aTrack();
        await tracks.add(track);
        const publication = { ...inForce, id: track.id, trackIds: [], examIds: ["exam"] };
        const outcome = await tracks.putInForce({ ...publication, draftWrittenAt: day(0) });
        expect(outcome).to.equal("in-force");
        const read = await tracks.findById("org", track.id);
        expect(read).to.include({ name: "New", publishedVersion: 1 });
        expect(read?.draft).to.equal(undefined);
        expect(await tracks.listAwaitingRecount(10)).to.deep.equal([
          { organisationId: "org", id: track.id, version: 1 },
        ]);
        await tracks.markRecounted("org", track.id, 1);
        expect(await tracks.listAwaitingRecount(10)).to.deep.equal([]);
      });

      it("keep a draft that was written while the one before was published", async () => {
        const { tracks } = stores;
        const track = aTrack();
        await tracks.add(track);
        const newer = { organisationId: "org", id: track.id, draft: aTrackContent(), at: day(2) };
        await tracks.saveDraft(newer);
        const publication = { ...inForce, id: track.id, trackIds: [], examIds: ["exam"] };
        await tracks.putInForce({ ...publication, draftWrittenAt: day(0) });
        expect((await tracks.findById("org", track.id))?.draft).to.not.equal(undefined);
      });

      it("never go back to an older version", async () => {
        const { tracks } = stores;
        const track = aTrack();
        await tracks.add(track);
        const publication = {
          ...inForce,
          id: track.id,
          trackIds: [],
          examIds: ["exam"],
          draftWrittenAt: day(0),
        };
        await tracks.putInForce({ ...publication, version: 3 });
        expect(await tracks.putInForce({ ...publication, version: 2 })).to.equal("overtaken");
        expect((await tracks.findById("org", track.id))?.publishedVersion).to.equal(3);
      });

      it("leave a recount to do when another version came meanwhile", async () => {
        const { tracks } = stores;
        const track = aTrack();
        await tracks.add(track);
        const publication = {
          ...inForce,
          id: track.id,
          trackIds: [],
          examIds: ["exam"],
          draftWrittenAt: day(0),
        };
        await tracks.putInForce(publication);
        await tracks.putInForce({ ...publication, version: 2 });
        await tracks.markRecounted("org", track.id, 1);
        expect(await tracks.listAwaitingRecount(10)).to.have.length(1);
      });

      it("list what is in force, and of that what mentions an exam", async () => {
        const { tracks } = stores;
        const [one, two, drafted] = [aTrack(), aTrack(), aTrack({ name: "Draft" })];
        for (const track of [one, two, drafted]) await tracks.add(track);
        const publication = { ...inForce, draftWrittenAt: day(0) };
        await tracks.putInForce({
          ...publication,
          name: "B",
          id: one.id,
          trackIds: [],
          examIds: ["a", "b"],
        });
        await tracks.putInForce({
          ...publication,
          name: "A",
          id: two.id,
          trackIds: [],
          examIds: ["b"],
        });
        expect(idsOf(await tracks.listInForce("org"))).to.deep.equal([two.id, one.id]);
        expect(
          idsOf(
            await tracks.listInForce("org", { mentioned: { examIds: ["a", "z"], trackIds: [] } }),
          ),
        ).to.deep.equal([one.id]);
        expect(
          await tracks.listInForce("org", { mentioned: { examIds: [], trackIds: [] } }),
        ).to.deep.equal([]);
        expect(await tracks.listInForce("other")).to.deep.equal([]);
      });

      it("list the tracks that mention an exam in force or in a draft", async () => {
        const { tracks } = stores;
        const draft = aTrackContent({ requirement: allOf("g", examStep("drafted")) });
        const track = aTrack({ draft });
        await tracks.add(track);
        expect(idsOf(await tracks.listMentioning("org", ["drafted"]))).to.deep.equal([track.id]);
        expect(await tracks.listMentioning("org", ["exam"])).to.deep.equal([]);
      });

      it("forget a track whose only draft is discarded, and keep a published one", async () => {
        const { tracks } = stores;
        const [drafted, published] = [aTrack(), aTrack()];
        for (const track of [drafted, published]) await tracks.add(track);
        const publication = { ...inForce, id: published.id, trackIds: [], examIds: ["exam"] };
        await tracks.putInForce({ ...publication, draftWrittenAt: day(-1) });
        for (const { id } of [drafted, published]) await tracks.discardDraft("org", id);
        expect(await tracks.findById("org", drafted.id)).to.equal(undefined);
        const kept = await tracks.findById("org", published.id);
        expect(kept?.publishedVersion).to.equal(1);
        expect(kept?.draft).to.equal(undefined);
      });

      it("give a version's number once, even to two at once", async () => {
        const { trackVersions } = stores;
        const outcomes = await Promise.all([
          trackVersions.addOnce(aVersion({ name: "One" })),
          trackVersions.addOnce(aVersion({ name: "Two" })),
        ]);
        expect(outcomes.sort()).to.deep.equal(["added", "already-there"]);
      });

      it("find the versions that are asked for", async () => {
        const { trackVersions } = stores;
        for (const version of [1, 2]) await trackVersions.addOnce(aVersion({ version }));
        await trackVersions.addOnce(aVersion({ trackId: "second" }));
        const editions = [
          { trackId: "track", version: 2 },
          { trackId: "second", version: 1 },
          { trackId: "second", version: 9 },
        ];
        const found = await trackVersions.listEditions("org", editions);
        expect(found.map(({ trackId, version }) => `${trackId} ${version}`).sort()).to.deep.equal([
          "second 1",
          "track 2",
        ]);
        const all = await trackVersions.listOf("org", "track");
        expect(all.map(({ version }) => version)).to.deep.equal([2, 1]);
        expect(all[0]?.requirement).to.deep.equal(aTrackContent().requirement);
        expect(await trackVersions.find("other", { trackId: "track", version: 1 })).to.equal(
          undefined,
        );
      });
    });

    it("keep a learner's move to a version once, with the reason given first", async () => {
      const { trackMoves } = stores;
      const move = {
        ...{ organisationId: "org", accountId: "ann", trackId: "t", version: 2 },
        ...{ movedAt: day(1), movedBy: "admin", reason: "First." },
      };
      expect(await trackMoves.addAll([])).to.equal("added");
      expect(await trackMoves.addAll([{ ...move, id: "1" }])).to.equal("added");
      const again = await trackMoves.addAll([
        { ...move, id: "2", reason: "Again." },
        { ...move, id: "3", version: 3 },
        { ...move, id: "4", organisationId: "other" },
      ]);
      expect(again).to.equal("some-were-there");
      const moves = await trackMoves.listForAccounts("org", ["ann", "ben"]);
      expect(moves.map(({ id }) => id).sort()).to.deep.equal(["1", "3"]);
      expect(await trackMoves.listForAccounts("org", [])).to.deep.equal([]);
    });

    it("walk over the accounts that have a fact of some exams, each once", async () => {
      const { facts } = stores;
      const rows = ["ann a", "ann a", "ann b", "ben b", "cy c", "dot a", "eve b", "eve b", "eve b"];
      for (const row of rows) {
        const [accountId = "", examId = ""] = row.split(" ");
        await facts.addOnce(aFact({ accountId, examId }));
      }
      await facts.addOnce(aFact({ accountId: "abe", examId: "a", organisationId: "other" }));
      const walked: string[] = [];
      for (let after: string | undefined = ""; after !== undefined;) {
        const about = { organisationId: "org", examIds: ["a", "b"], after, limit: 2 };
        const part: { accountIds: string[]; next: string | undefined } =
          await facts.listAccountIdsWith(about);
        walked.push(...part.accountIds);
        after = part.next;
      }
      expect(walked).to.deep.equal(["ann", "ben", "dot", "eve"]);
    });

    it("list the editions before one, the oldest first", async () => {
      const { trackVersions } = stores;
      for (const version of [2, 1, 3]) await trackVersions.addOnce(aVersion({ version }));
      await trackVersions.addOnce(aVersion({ trackId: "second" }));
      const listed = await trackVersions.listEarlier("org", [
        { trackId: "track", version: 3 },
        { trackId: "second", version: 1 },
      ]);
      expect(listed.map(({ version }) => version)).to.deep.equal([1, 2]);
    });

    describe("of equivalencies", () => {
      const anEntry = (given: Partial<LedgerEntry> = {}): LedgerEntry => ({
        ...{ id: newId(), organisationId: "org", number: 1, decision: "counts" },
        from: { examId: "a", courseId: "course-a", title: "A 2023" },
        to: { examId: "b", courseId: "course-b", title: "A 2026" },
        ...{ reach: "one-way", since: day(1), decidedAt: day(1) },
        ...{ decidedBy: "Committee", enteredBy: "admin", reason: "Same." },
        ...given,
      });

      it("give a number once in an organisation, even to two at once", async () => {
        const { equivalencies } = stores;
        const outcomes = await Promise.all([1, 2].map(() => equivalencies.addOnce(anEntry())));
        expect(outcomes.sort()).to.deep.equal(["added", "already-there"]);
        expect(await equivalencies.addOnce(anEntry({ organisationId: "other" }))).to.equal("added");
        expect(await equivalencies.findLastNumber("org")).to.equal(1);
        expect(await equivalencies.findLastNumber("nobody")).to.equal(0);
      });

      it("list what stands about an exam for everybody, and all for a learner alone", async () => {
        const { equivalencies } = stores;
        const entries = [
          anEntry(),
          anEntry({ number: 2, accountId: "ann" }),
          anEntry({ number: 3, accountId: "ben" }),
          anEntry({ number: 4, accountId: "ben", decision: "does-not-count" }),
        ];
        for (const entry of entries) await equivalencies.addOnce(entry);
        const listNumbers = async (examIds: string[], accountIds: string[]) =>
          (await equivalencies.listStanding({ organisationId: "org", examIds, accountIds })).map(
            ({ number }) => number,
          );
        expect(await listNumbers(["b"], [])).to.deep.equal([1]);
        expect(await listNumbers(["c"], [])).to.deep.equal([]);
        expect(await listNumbers([], ["ann", "ben"])).to.deep.equal([2]);
        expect(await listNumbers(["a"], ["ann"])).to.deep.equal([1, 2]);
        expect(await listNumbers([], [])).to.deep.equal([]);
        expect(await equivalencies.listByIds("org", idsOf(entries.slice(0, 1)))).to.deep.equal(
          entries.slice(0, 1),
        );
        const all = await equivalencies.listAll("org", "ben");
        expect(all.map(({ number }) => number).sort()).to.deep.equal([1, 3, 4]);
      });

      it("list an entry that begins to count until it was followed up", async () => {
        const { equivalencies } = stores;
        const entry = anEntry({ since: day(5) });
        await equivalencies.addOnce(entry);
        expect(await equivalencies.listAwaitingRecount(day(4), 10)).to.deep.equal([]);
        expect(await equivalencies.listAwaitingRecount(day(5), 10)).to.deep.equal([entry]);
        await equivalencies.markRecounted("org", entry.id);
        expect(await equivalencies.listAwaitingRecount(day(5), 10)).to.deep.equal([]);
      });
    });

    describe("of awards", () => {
      it("give a round of an award once, even to two at once", async () => {
        const { awards } = stores;
        const outcomes = await Promise.all([
          awards.addOnce(anAward()),
          awards.addOnce(anAward()),
          awards.addOnce(anAward({ round: 2 })),
          awards.addOnce(anAward({ organisationId: "other" })),
        ]);
        expect(outcomes.sort()).to.deep.equal(["added", "added", "added", "already-there"]);
      });

      it("read an award back with its explanation", async () => {
        const award = anAward();
        await stores.awards.addOnce(award);
        const standing = firstStanding(award);
        expect(await stores.awards.findById("org", award.id)).to.deep.equal({ ...award, standing });
        expect(await stores.awards.findById("other", award.id)).to.equal(undefined);
        const listed = await stores.awards.listForLearners("org", ["learner", "linked"]);
        expect(listed).to.deep.equal([{ ...award, standing }]);
      });

      it("list an award until its learner was told", async () => {
        const { awards } = stores;
        const award = anAward({ awardedAt: day(2) });
        await awards.addOnce(award);
        expect(await awards.listUnannounced(day(1), 10)).to.deep.equal([]);
        expect(idsOf(await awards.listUnannounced(day(2), 10))).to.deep.equal([award.id]);
        await awards.markAnnounced("org", [award.id]);
        expect(await awards.listUnannounced(day(2), 10)).to.deep.equal([]);
      });

      it("list an award until its credential is issued or waits for a name", async () => {
        const { awards } = stores;
        const [issued, nameless] = [anAward(), anAward({ trackId: "second" })];
        for (const award of [issued, nameless]) await awards.addOnce(award);
        expect(await awards.listCredentialDue(day(1), 10)).to.deep.equal([]);
        expect(await awards.listCredentialDue(day(9), 10)).to.have.length(2);
        await awards.setCredentialStates({
          ...{ organisationId: "org", ids: [issued.id], state: "issued" },
        });
        await awards.setCredentialStates({
          ...{ organisationId: "org", ids: [nameless.id], state: "needs-name" },
        });
        expect(await awards.listCredentialDue(day(9), 10)).to.deep.equal([]);
        expect(idsOf(await awards.setCredentialsDue("org", ["learner"]))).to.deep.equal([
          nameless.id,
        ]);
        expect(idsOf(await awards.listCredentialDue(day(9), 10))).to.deep.equal([nameless.id]);
      });

      it("list awards by their ids, within their organisation", async () => {
        const { awards } = stores;
        const [one, other] = [anAward(), anAward({ trackId: "second" })];
        for (const award of [one, other]) await awards.addOnce(award);
        expect(idsOf(await awards.listByIds("org", [one.id, "none"]))).to.deep.equal([one.id]);
        expect(await awards.listByIds("elsewhere", [one.id])).to.deep.equal([]);
      });

      it("leave an issued credential issued", async () => {
        const { awards } = stores;
        const award = anAward();
        await awards.addOnce(award);
        const about = { organisationId: "org", ids: [award.id] };
        await awards.setCredentialStates({ ...about, state: "issued" });
        await awards.setCredentialStates({ ...about, state: "needs-name" });
        expect(await awards.setCredentialsDue("org", ["learner"])).to.deep.equal([]);
      });

      const onHold = (award: Award, revision: number): AwardStanding => ({
        ...firstStanding(award),
        ...{ state: "on-hold", since: day(3), revision, previousState: "active" },
        ...{ cause: "requirement-unmet", reason: "Not met.", graceEndsAt: day(17) },
      });

      it("change a standing from the revision that was seen, once what followed from it is done", async () => {
        const { awards } = stores;
        const award = anAward();
        await awards.addOnce(award);
        const about = { organisationId: "org", id: award.id };
        const outcomes = await Promise.all([
          awards.changeStanding({ ...about, standing: onHold(award, 1) }),
          awards.changeStanding({ ...about, standing: onHold(award, 1) }),
          awards.changeStanding({ ...about, standing: onHold(award, 3) }),
          awards.changeStanding({ ...about, organisationId: "other", standing: onHold(award, 1) }),
        ]);
        expect(outcomes.filter((outcome) => outcome === "changed")).to.have.length(1);
        const next = { ...about, standing: onHold(award, 2) };
        expect(await awards.changeStanding(next), "its trail is not written").to.equal("overtaken");
        await awards.markStandingTold("org", award.id, 1);
        expect(await awards.changeStanding(next)).to.equal("changed");
        await awards.markStandingTold("org", award.id, 1);
        expect(idsOf(await awards.listStandingUntold(day(9), 10))).to.deep.equal([award.id]);
        expect((await awards.findById("org", award.id))?.standing).to.deep.equal(onHold(award, 2));
      });

      it("list what is not followed up, and holds whose grace period is over", async () => {
        const { awards } = stores;
        const award = anAward();
        await awards.addOnce(award);
        expect(await awards.listGraceEnded(day(99), 10)).to.deep.equal([]);
        const standing = onHold(award, 1);
        await awards.changeStanding({ organisationId: "org", id: award.id, standing });
        expect(await awards.listStandingUntold(day(2), 10)).to.deep.equal([]);
        expect(idsOf(await awards.listStandingUntold(day(3), 10))).to.deep.equal([award.id]);
        await awards.markStandingTold("org", award.id, 1);
        expect(await awards.listStandingUntold(day(3), 10)).to.deep.equal([]);
        expect(await awards.listGraceEnded(day(16), 10)).to.deep.equal([]);
        expect(idsOf(await awards.listGraceEnded(day(17), 10))).to.deep.equal([award.id]);
      });
    });
  });
}

describe("the lists and offerings in the database", () => {
  let opened: Awaited<ReturnType<typeof openCoreStores>>;

  beforeEach(async () => {
    opened = await openCoreStores();
  });

  afterEach(async () => {
    await opened.close();
  });

  it("search courses in code, title and subject, page by page", async () => {
    const { courses } = opened.stores;
    for (const index of [1, 2, 3]) {
      await courses.addOnce(aCourse({ code: `AH-10${index}`, title: "Plain", subject: "Touch" }));
    }
    await courses.addOnce(aCourse({ code: "ZZ-1", title: "A.*B", subject: "Other" }));
    const list = async (search: string, page = 1) =>
      await courses.list("org", { search, page, pageSize: 2 });
    expect((await list("touch")).total).to.equal(3);
    expect((await list("touch", 2)).items.map(({ code }) => code)).to.deep.equal(["AH-103"]);
    expect((await list("ah-102")).total).to.equal(1);
    expect((await list(".*")).items.map(({ code }) => code)).to.deep.equal(["ZZ-1"]);
    expect((await courses.list("other", { search: "", page: 1, pageSize: 2 })).total).to.equal(0);
  });

  it("change a course, but not to a code that is taken", async () => {
    const { courses } = opened.stores;
    const [one, two] = [aCourse({ code: "ONE" }), aCourse({ code: "TWO" })];
    for (const course of [one, two]) await courses.addOnce(course);
    expect(await courses.change({ ...two, title: "Changed" })).to.equal("changed");
    expect(await courses.findByCode("org", "TWO")).to.deep.equal({ ...two, title: "Changed" });
    expect(await courses.change({ ...two, code: "ONE" })).to.equal("code-taken");
    expect((await courses.listAll("org")).map(({ code }) => code)).to.deep.equal(["ONE", "TWO"]);
  });

  it("change an exam and take a limit of attempts away again", async () => {
    const { exams } = opened.stores;
    const exam = anExam({ attemptsAllowed: 3 });
    await exams.add(exam);
    await exams.change({ ...exam, attemptsAllowed: undefined, title: "Changed" });
    const read = await exams.findById("org", exam.id);
    expect(read).to.include({ title: "Changed" });
    expect(read?.attemptsAllowed).to.equal(undefined);
  });

  it("list a course's exam before the projects beside it", async () => {
    const { exams } = opened.stores;
    const project = anExam({ courseId: "c", kind: "project", createdAt: day(1) });
    const exam = anExam({ courseId: "c", createdAt: day(0) });
    for (const one of [project, exam]) await exams.add(one);
    expect(idsOf(await exams.listByCourses("org", ["c"]))).to.deep.equal([exam.id, project.id]);
  });

  it("search awards by their track and by learners found elsewhere", async () => {
    const { awards } = opened.stores;
    await awards.addOnce(anAward({ learnerId: "ann" }));
    await awards.addOnce(anAward({ learnerId: "ben", trackName: "Braille", awardedAt: day(3) }));
    const list = async (search: string, learnerIds: string[] = []) => {
      const page = await awards.list("org", { search, page: 1, pageSize: 10, learnerIds });
      return page.items.map(({ learnerId, credential }) => `${learnerId} ${credential}`);
    };
    expect(await list("")).to.deep.equal(["ben due", "ann due"]);
    expect(await list("braille")).to.deep.equal(["ben due"]);
    expect(await list("Ann B.", ["ann"])).to.deep.equal(["ann due"]);
    expect(await list("nobody")).to.deep.equal([]);
  });

  describe("of LMS courses", () => {
    const launch = {
      organisationId: "org",
      issuer: "https://lms.example",
      contextId: "ctx",
      contextTitle: "Course",
      at: day(1),
    };
    const key = { organisationId: "org", issuer: launch.issuer, contextId: "ctx" };

    it("make one pending offering of many first launches at once", async () => {
      const { offerings } = opened.stores;
      const seen = await Promise.all(
        [1, 2, 3, 4].map(async () => await offerings.noteLaunch(launch)),
      );
      expect(new Set(idsOf(seen)).size).to.equal(1);
      expect(seen[0]).to.include({ status: "pending", contextTitle: "Course" });
    });

    it("remember the latest launch and the present title, and keep a decision", async () => {
      const { offerings } = opened.stores;
      const { id } = await offerings.noteLaunch(launch);
      const decided = { decidedBy: "admin", decidedAt: day(2) };
      await offerings.decide({
        ...{ organisationId: "org", id, status: "approved", courseId: "course" },
        ...decided,
      });
      const again = await offerings.noteLaunch({ ...launch, contextTitle: "Renamed", at: day(5) });
      expect(again).to.deep.include({
        ...{ id, status: "approved", courseId: "course", contextTitle: "Renamed" },
        ...{ firstSeenAt: day(1), lastLaunchAt: day(5) },
      });
      expect((await offerings.noteLaunch({ ...launch, at: day(3) })).lastLaunchAt).to.deep.equal(
        day(5),
      );
      expect((await offerings.findByContext(key))?.id).to.equal(id);
      expect(idsOf(await offerings.listByCourse("org", "course"))).to.deep.equal([id]);
    });

    it("take the course away when an LMS course is declined", async () => {
      const { offerings } = opened.stores;
      const { id } = await offerings.noteLaunch(launch);
      const decision = { organisationId: "org", id, decidedBy: "admin", decidedAt: day(2) };
      await offerings.decide({ ...decision, status: "approved", courseId: "course" });
      const declined = await offerings.decide({ ...decision, status: "declined" });
      expect(declined?.status).to.equal("declined");
      expect(declined?.courseId).to.equal(undefined);
      expect(await offerings.listByCourse("org", "course")).to.deep.equal([]);
      const elsewhere = { ...decision, organisationId: "other", status: "declined" as const };
      expect(await offerings.decide(elsewhere)).to.equal(undefined);
    });

    it("keep what an instructor says until somebody decides, and take no copy's place after it", async () => {
      const { offerings } = opened.stores;
      const { id } = await offerings.noteLaunch(launch);
      const at = { organisationId: "org", id };
      const proposal = { courseId: "course", proposedBy: "teacher", proposedAt: day(2) };
      expect((await offerings.propose({ ...at, proposal }))?.proposal).to.deep.equal(proposal);
      const copy = { ...at, courseId: "course", copiedFrom: "original", at: day(3) };
      expect(await offerings.bindCopy({ ...copy, organisationId: "other" })).to.equal(undefined);
      const decision = { ...at, decidedBy: "admin", decidedAt: day(2) };
      const declined = await offerings.decide({ ...decision, status: "declined" });
      expect(declined?.proposal).to.equal(undefined);
      expect(await offerings.bindCopy(copy)).to.equal(undefined);
      expect(await offerings.propose({ ...at, proposal })).to.equal(undefined);

      const second = await offerings.noteLaunch({ ...launch, contextId: "second" });
      expect(await offerings.bindCopy({ ...copy, id: second.id })).to.deep.include({
        ...{ status: "approved", courseId: "course", copiedFrom: "original", decidedAt: day(3) },
      });
      const contexts = ["second", "ctx", "unknown"];
      const found = await offerings.listByContexts("org", launch.issuer, contexts);
      expect(idsOf(found)).to.have.members([id, second.id]);
      expect(await offerings.listByContexts("other", launch.issuer, contexts)).to.deep.equal([]);
      expect(await offerings.listByContexts("org", launch.issuer, [])).to.deep.equal([]);
    });

    it("list LMS courses by what was decided about them", async () => {
      const { offerings } = opened.stores;
      await offerings.noteLaunch(launch);
      await offerings.noteLaunch({ ...launch, contextId: "second", contextTitle: "Other" });
      const query = { search: "", page: 1, pageSize: 10 };
      expect((await offerings.list("org", { ...query, status: "pending" })).total).to.equal(2);
      expect((await offerings.list("org", { ...query, status: "approved" })).total).to.equal(0);
      expect((await offerings.list("org", { ...query, search: "oth" })).total).to.equal(1);
    });
  });
});
