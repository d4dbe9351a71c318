import { expect } from "chai";
import fc from "fast-check";
import type { Connection } from "mongoose";
import { buildIndexes } from "../../src/database.js";
import type { Account } from "../../src/people/account.js";
import { type AccountStore, createAccountStore } from "../../src/people/account-store.js";
import { linkAccounts } from "../../src/people/link-accounts.js";
import { makeCode, makeLink } from "../../src/people/make-code.js";
import { hashCode } from "../../src/people/one-time-code.js";
import {
  createOneTimeCodeStore,
  type OneTimeCodeStore,
} from "../../src/people/one-time-code-store.js";
import { createProfileStore, type ProfileStore } from "../../src/people/profile-store.js";
import { openTestDatabase } from "../support/test-database.js";

const organisationId = "organisation-1";
const issuer = "https://lms.example";

describe("people and their codes", () => {
  let database: { connection: Connection; close(): Promise<void> };
  let accounts: AccountStore;
  let codes: OneTimeCodeStore;
  let profiles: ProfileStore;
  let clock: Date;
  let count = 0;
  const now = () => clock;

  before(async () => {
    database = await openTestDatabase();
    accounts = createAccountStore(database.connection);
    codes = createOneTimeCodeStore(database.connection);
    profiles = createProfileStore(database.connection);
    await buildIndexes(database.connection);
  });
  after(async () => {
    await database.close();
  });
  beforeEach(() => {
    clock = new Date("2026-03-01T10:00:00Z");
  });

  const newAccount = async (): Promise<Account> =>
    await accounts.findOrCreate({ organisationId, issuer, sub: `sub-${(count += 1)}` }, clock);
  const linkCode = async (account: Account): Promise<string> =>
    (
      await makeCode(
        { codes, now },
        { purpose: "link-accounts", organisationId, madeBy: account.id },
      )
    ).code;
  const enter = async (account: Account, code: string) =>
    await linkAccounts({ accounts, codes, now }, await reread(account), code);
  const reread = async (account: Account): Promise<Account> =>
    (await accounts.findById(organisationId, account.id)) ?? account;

  it("makes one account however many first launches come at once", async () => {
    const key = { organisationId, issuer, sub: "crowd" };
    const made = await Promise.all(
      Array.from({ length: 20 }, async () => await accounts.findOrCreate(key, clock)),
    );
    expect(new Set(made.map(({ id }) => id)).size).to.equal(1);
  });

  it("keeps accounts of other organisations and issuers apart", async () => {
    const key = { organisationId, issuer, sub: "same" };
    const ids = [
      await accounts.findOrCreate(key, clock),
      await accounts.findOrCreate({ ...key, organisationId: "organisation-2" }, clock),
      await accounts.findOrCreate({ ...key, issuer: "https://other.example" }, clock),
    ].map(({ id }) => id);
    expect(new Set(ids).size).to.equal(3);
    expect(await accounts.findById("organisation-2", ids[0] ?? "")).to.equal(undefined);
  });

  it("joins the account in which a code is entered to the person who made it", async () => {
    const [a, b, c] = [await newAccount(), await newAccount(), await newAccount()];
    const first = await enter(b, await linkCode(a));
    expect(first).to.deep.equal({ kind: "linked", learnerId: a.id, accountIds: [a.id, b.id] });
    // A code made in a joined account leads to the same learner.
    const second = await enter(c, await linkCode(await reread(b)));
    expect(second).to.deep.include({ kind: "linked", learnerId: a.id });
    expect(await accounts.listIdsOfLearner(organisationId, a.id)).to.have.members([
      ...[a.id, b.id, c.id],
    ]);
  });

  it("finds the learners behind accounts, each once, by whichever of theirs", async () => {
    const [a, b, c] = [await newAccount(), await newAccount(), await newAccount()];
    const alone = await newAccount();
    await enter(b, await linkCode(a));
    await enter(c, await linkCode(a));
    const find = async (...ids: string[]) => {
      const found = await accounts.findLearners(organisationId, ids);
      return found.map(({ learnerId, accountIds }) => [learnerId, ...accountIds.toSorted()]);
    };
    const everyone = [a.id, ...[a.id, b.id, c.id].toSorted()];
    expect(await find(a.id)).to.deep.equal([everyone]);
    expect(await find(c.id)).to.deep.equal([everyone]);
    expect(await find(b.id, alone.id, c.id, "nobody")).to.deep.equal([
      everyone,
      [alone.id, alone.id],
      ["nobody", "nobody"],
    ]);
    expect(await accounts.findLearners("organisation-2", [b.id])).to.deep.equal([
      { learnerId: b.id, accountIds: [b.id] },
    ]);
  });

  it("says why two accounts are not joined", async () => {
    const [a, b, c] = [await newAccount(), await newAccount(), await newAccount()];
    const because = async (account: Account, code: string) => {
      const result = await enter(account, code);
      return result.kind === "refused" ? result.because : result.kind;
    };
    expect(await because(a, "0000-0000-0000-0000")).to.equal("code-invalid");
    expect(await because(a, await linkCode(a))).to.equal("same-person");
    expect(await because(b, await linkCode(a))).to.equal("linked");
    expect(await because(b, await linkCode(a))).to.equal("same-person");
    expect(await because(a, await linkCode(await reread(b)))).to.equal("same-person");
    expect(await because(b, await linkCode(c))).to.equal("already-linked");
    expect(await because(a, await linkCode(c))).to.equal("has-followers");
    const late = await linkCode(a);
    clock = new Date(clock.getTime() + 16 * 60_000);
    expect(await because(c, late)).to.equal("code-invalid");
  });

  it("takes no code of another organisation or another purpose", async () => {
    const [a, b] = [await newAccount(), await newAccount()];
    const foreign = await makeCode(
      { codes, now },
      { purpose: "link-accounts", organisationId: "organisation-2", madeBy: a.id },
    );
    const other = await makeCode(
      { codes, now },
      { purpose: "administrator", organisationId, madeBy: a.id },
    );
    for (const { code } of [foreign, other]) {
      expect(await enter(b, code)).to.deep.equal({ kind: "refused", because: "code-invalid" });
    }
  });

  it("joins no circle, whoever joins whom in whatever order and at the same time", async () => {
    const pairs = fc.array(fc.tuple(fc.nat(3), fc.nat(3), fc.boolean()), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(pairs, async (steps) => {
        const people = await Promise.all([0, 1, 2, 3].map(newAccount));
        let together: Promise<unknown>[] = [];
        for (const [from, to, waits] of steps) {
          const [maker, enterer] = [people[from]!, people[to]!];
          const code = await linkCode(await reread(maker));
          together.push(enter(enterer, code));
          if (waits) {
            await Promise.all(together);
            together = [];
          }
        }
        await Promise.all(together);
        const after = await accounts.listByIds(
          organisationId,
          people.map(({ id }) => id),
        );
        // Whoever is joined to somebody is joined to somebody who is joined to nobody.
        for (const { linkedTo } of after) {
          const learner = after.find(({ id }) => id === linkedTo);
          expect(learner?.linkedTo).to.equal(undefined);
        }
      }),
      { numRuns: 40 },
    );
  });

  it("lets a code be used once, however many try at once", async () => {
    const { token } = await makeLink(
      { codes, now },
      { purpose: "setup", organisationId: undefined },
    );
    const key = { purposes: ["setup"] as const, codeHash: hashCode(token), now: clock };
    expect(await codes.findUsable(key)).to.include({ purpose: "setup" });
    const taken = await Promise.all(
      Array.from({ length: 20 }, async () => await codes.consume(key)),
    );
    const [used, ...others] = taken.filter((code) => code !== undefined);
    expect(others).to.have.length(0);
    expect(await codes.findUsable(key)).to.equal(undefined);
    await codes.giveBack(used?.id ?? "");
    expect(await codes.consume(key)).to.include({ id: used?.id });
  });

  it("keeps no code as it is", async () => {
    const { code } = await makeCode({ codes, now }, { purpose: "administrator", organisationId });
    const stored = await database.connection.collection("oneTimeCodes").find({}).toArray();
    expect(JSON.stringify(stored)).not.to.contain(code);
  });

  it("keeps what the LMS leaves out and tells when a name is new", async () => {
    const { id } = await newAccount();
    const about = { id, organisationId };
    const note = async (name?: string, email?: string) =>
      await profiles.noteFromLms({ ...about, name, email });
    expect(await note()).to.deep.equal({ isNewName: false });
    expect(await profiles.find(organisationId, id)).to.equal(undefined);
    expect(await note(undefined, "a@x.example")).to.deep.equal({ isNewName: false });
    expect(await note("Ann")).to.deep.equal({ isNewName: true });
    expect(await note("Ann")).to.deep.equal({ isNewName: false });
    expect(await profiles.find(organisationId, id)).to.deep.equal({
      ...{ ...about, name: "Ann", nameFrom: "lms", email: "a@x.example" },
    });
    await profiles.erase(organisationId, id);
    expect(await profiles.find(organisationId, id)).to.equal(undefined);
  });

  it("lists a name that has come until what waited for just that name is on its way", async () => {
    const { id } = await newAccount();
    const about = { id, organisationId, email: undefined };
    const waiting = async () =>
      (await profiles.listAwaitingNaming(1000))
        .filter(({ accountId }) => accountId === id)
        .map(({ name }) => name);
    const marked = async (name: string) => {
      await profiles.markNamed({ organisationId, accountId: id, name });
      return await waiting();
    };
    expect(await profiles.noteFromLms({ ...about, name: "Ann" })).to.include({ isNewName: true });
    expect(await waiting()).to.deep.equal(["Ann"]);
    expect(await profiles.noteFromLms({ ...about, name: "Ann" })).to.include({ isNewName: false });
    expect(await waiting(), "also when it is sent again before that").to.deep.equal(["Ann"]);
    const renamed = { ...about, name: "Ann Beta" };
    expect(await profiles.noteFromLms(renamed)).to.include({ isNewName: true });
    expect(await marked("Ann")).to.deep.equal(["Ann Beta"]);
    expect(await marked("Ann Beta")).to.deep.equal([]);
    await profiles.proposeName(organisationId, id, "Ann Gamma");
    await profiles.approveName(organisationId, id, "Ann Gamma");
    expect(await waiting()).to.deep.equal(["Ann Gamma"]);
    expect(await profiles.find(organisationId, id)).not.to.have.property("awaitsNaming");
    expect(await marked("Ann Gamma")).to.deep.equal([]);
  });

  it("keeps a name that was approved, whatever the LMS goes on saying", async () => {
    const { id } = await newAccount();
    const about = { id, organisationId };
    await profiles.noteFromLms({ ...about, name: "Ann", email: "a@x.example" });
    await profiles.proposeName(organisationId, id, "Anne");
    await profiles.approveName(organisationId, id, "Anne");
    const corrected = { ...about, name: "Anne", nameFrom: "approved" };
    for (const name of ["Ann", "Anne", "Ann"]) {
      const email = `${name.toLowerCase()}@x.example`;
      const said = await profiles.noteFromLms({ ...about, name, email });
      expect(said).to.deep.equal({ isNewName: false });
      expect(await profiles.find(organisationId, id)).to.deep.equal({ ...corrected, email });
    }
  });

  it("says once that a name is new when it comes twice at the same moment", async () => {
    const { id } = await newAccount();
    const about = { id, organisationId, name: "Ann", email: undefined };
    const noted = await Promise.all([1, 2, 3].map(async () => await profiles.noteFromLms(about)));
    expect(noted.filter(({ isNewName }) => isNewName)).to.have.length(1);
  });

  it("agrees only to the name that the administrator saw", async () => {
    const { id } = await newAccount();
    await profiles.proposeName(organisationId, id, "Ann Alpha");
    await profiles.proposeName(organisationId, id, "Someone Else");
    expect(await profiles.approveName(organisationId, id, "Ann Alpha")).to.equal("changed");
    expect(await profiles.declineName(organisationId, id, "Ann Alpha")).to.equal("changed");
    const query = { search: "", page: 1, pageSize: 50 };
    const waiting = await profiles.listProposed(organisationId, query);
    expect(waiting.items.map((profile) => profile.id)).to.include(id);
    expect(await profiles.approveName(organisationId, id, "Someone Else")).to.equal("approved");
    expect(await profiles.find(organisationId, id)).to.deep.equal({
      ...{ id, organisationId, name: "Someone Else", nameFrom: "approved" },
    });
  });
});
