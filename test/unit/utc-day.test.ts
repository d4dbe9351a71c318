import { expect } from "chai";
import { auditFilterOf } from "../../src/admin/audit-page.js";
import { foldEligibility } from "../../src/eligibility/eligibility.js";
import { eligibilityPage } from "../../src/learner/eligibility-page.js";
import { isoDay, readUtcDay } from "../../src/utc-day.js";
import { day } from "../support/core-fixtures.js";

describe("a day that is written down", () => {
  it("is read as its beginning in UTC", () => {
    expect(readUtcDay("2026-03-01")?.toISOString()).to.equal("2026-03-01T00:00:00.000Z");
    expect(readUtcDay("2024-02-29")?.toISOString()).to.equal("2024-02-29T00:00:00.000Z");
    expect(isoDay(new Date("2026-03-01T23:59:59Z"))).to.equal("2026-03-01");
  });

  for (const text of [
    "2026-02-30",
    "2026-13-01",
    "2026-3-1",
    "01/03/2026",
    "2026-03-01T00:00Z",
    "",
  ])
    it(`is none in “${text}”, and never another day`, () => {
      expect(readUtcDay(text)).to.equal(undefined);
    });

  it("narrows the audit trail only if there is such a day", () => {
    const { from, before } = auditFilterOf({
      ...{ search: "", action: "" },
      ...{ from: "2026-02-30", to: "2026-02-28" },
    });
    expect([from, before?.toISOString()]).to.deep.equal([undefined, "2026-03-01T00:00:00.000Z"]);
  });
});

describe("what somebody with several accounts says they are", () => {
  it("is what they said last, in whatever order it is read", () => {
    const said = (accountId: string, status: "student" | "practitioner", at: number) => ({
      ...{ accountId, professionId: "ot", status, saidAt: day(at), dateWaiver: undefined },
    });
    const standings = [said("b", "student", 1), said("a", "practitioner", 2)];
    for (const read of [standings, standings.toReversed()])
      expect(foldEligibility(read, [])[0]?.status).to.equal("practitioner");
  });

  it("is shown once", () => {
    const said = (accountId: string, status: "student" | "practitioner", at: number) => ({
      ...{ accountId, professionId: "ot", status, saidAt: day(at), dateWaiver: undefined },
    });
    const standings = [said("a", "student", 1), said("b", "practitioner", 2)];
    const professions = [{ id: "ot", organisationId: "org", name: "Nurse", createdAt: day(0) }];
    const page = eligibilityPage(professions, { standings, licences: [] }, day(3));
    expect(page.said).to.deep.equal([{ name: "Nurse", status: "practitioner" }]);
  });

  it("keeps of two waivers the later, which reaches further, in whatever order it is read", () => {
    const waived = (accountId: string, at: number) => ({
      ...{ accountId, professionId: "ot", status: undefined, saidAt: undefined },
      dateWaiver: { reason: `On day ${at}`, waivedAt: day(at), waivedBy: "admin" },
    });
    const standings = [waived("b", 1), waived("a", 3), waived("c", 2)];
    for (const read of [standings, standings.toReversed()])
      expect(foldEligibility(read, [])[0]?.dateWaiver?.reason).to.equal("On day 3");
  });
});
