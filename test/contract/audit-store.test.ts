import { expect } from "chai";
import type { AuditEntry } from "../../src/audit/audit-entry.js";
import { type AuditStore, createAuditStore } from "../../src/audit/audit-store.js";
import { recordAudit } from "../../src/audit/record-audit.js";
import { buildIndexes } from "../../src/database.js";
import { newId } from "../../src/stored-record.js";
import { day } from "../support/core-fixtures.js";
import { openTestDatabase } from "../support/test-database.js";

const anEntry = (given: Partial<AuditEntry> = {}): AuditEntry => ({
  ...{ id: newId(), organisationId: "org", at: day(1), actorId: "admin" },
  ...{ action: "award-revoked", subject: { kind: "award", id: "the-award" } },
  ...{ reason: "Somebody else sat the exam.", before: { state: "active" } },
  after: { state: "revoked", revision: 1 },
  ...given,
});

const query = { search: "", page: 1, pageSize: 10 };

describe("the audit trail", () => {
  let database: Awaited<ReturnType<typeof openTestDatabase>>;
  let audit: AuditStore;

  before(async () => {
    database = await openTestDatabase();
    audit = createAuditStore(database.connection);
    await buildIndexes(database.connection);
  });
  beforeEach(async () => {
    await database.connection.collection("auditEntries").deleteMany({});
  });
  after(async () => {
    await database.close();
  });

  it("keeps an entry as it was written, once, and offers nothing to change or remove it", async () => {
    const entry = anEntry({ before: undefined, reason: undefined });
    expect(await audit.addOnce(entry)).to.equal("added");
    expect(await audit.addOnce({ ...entry, action: "other" })).to.equal("already-there");
    const { items, total } = await audit.list("org", query);
    expect(total).to.equal(1);
    expect(items[0]).to.deep.equal({
      ...{ id: entry.id, organisationId: "org", at: entry.at, actorId: "admin" },
      ...{ action: "award-revoked", subject: entry.subject, after: entry.after },
    });
    expect(Object.keys(audit).sort()).to.deep.equal(["addOnce", "list", "readAll"]);
  });

  it("lists newest first, a page at a time, for one organisation", async () => {
    for (let index = 0; index < 5; index += 1) {
      await audit.addOnce(anEntry({ id: `entry-${index}`, at: day(index) }));
    }
    await audit.addOnce(anEntry({ organisationId: "other" }));
    const page = await audit.list("org", { ...query, page: 2, pageSize: 2 });
    expect(page.items.map(({ id }) => id)).to.deep.equal(["entry-2", "entry-1"]);
    expect(page).to.include({ total: 5, pageCount: 3 });
  });

  const filters = [
    { name: "the action", filter: { action: "track-published" } },
    { name: "who decided", filter: { actorId: "other-admin" } },
    { name: "what it is about", filter: { subjectId: "the-track" } },
    { name: "words of the reason", filter: { search: "REPORT (a" } },
    { name: "an id", filter: { search: " the-track " } },
    { name: "the time", filter: { from: day(3), before: day(4) } },
  ];
  for (const { name, filter } of filters) {
    it(`finds by ${name}`, async () => {
      await audit.addOnce(anEntry());
      await audit.addOnce(anEntry({ at: day(4) }));
      const wanted = anEntry({
        ...{ actorId: "other-admin", action: "track-published", at: day(3) },
        ...{ subject: { kind: "track", id: "the-track" }, reason: "See the report (annex 2)." },
      });
      await audit.addOnce(wanted);
      const { items } = await audit.list("org", { ...query, ...filter });
      expect(items.map(({ id }) => id)).to.deep.equal([wanted.id]);
      const read: string[] = [];
      for await (const { id } of audit.readAll("org", filter)) read.push(id);
      expect(read).to.deep.equal([wanted.id]);
    });
  }

  it("reads all of a trail that is longer than a page", async () => {
    const entries = Array.from({ length: 1201 }, (_, index) => {
      const { id, ...entry } = anEntry({ at: day(0, index) });
      return { _id: id as never, ...entry };
    });
    await database.connection.collection("auditEntries").insertMany(entries);
    let count = 0;
    let last = day(9);
    for await (const { at } of audit.readAll("org", {})) {
      expect(at < last).to.equal(true);
      last = at;
      count += 1;
    }
    expect(count).to.equal(1201);
  });

  it("writes a decision that may be told twice once", async () => {
    const { id, organisationId, actorId, action, subject, at } = anEntry();
    const decision = { id, organisationId, actorId, action, subject, at };
    await recordAudit({ audit }, decision);
    await recordAudit({ audit }, decision);
    await recordAudit({ audit }, { organisationId, actorId, action, subject, at });
    expect((await audit.list("org", query)).total).to.equal(2);
  });
});
