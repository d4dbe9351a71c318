import { expect } from "chai";
import type { AdministratorGrant } from "../../src/people/administrator-grant.js";
import { revokeAdministrator } from "../../src/people/revoke-administrator.js";

const grant = (id: string): AdministratorGrant => ({
  id,
  organisationId: "o",
  grantedBy: undefined,
  grantedAt: new Date(0),
});

/** Grants in memory. `gate` holds removals until all who want one have asked. */
function grantsOf(ids: string[], gate: () => Promise<void> = async () => undefined) {
  const held = new Map(ids.map((id) => [id, grant(id)]));
  return {
    held,
    list: async () => [...held.values()],
    remove: async (_organisationId: string, id: string) => {
      await gate();
      return held.delete(id) ? ("removed" as const) : ("not-there" as const);
    },
    addOnce: async (one: AdministratorGrant) => {
      if (held.has(one.id)) return "already-there" as const;
      held.set(one.id, one);
      return "added" as const;
    },
  };
}

describe("taking an administrator's grant back", () => {
  const cases: [string, string[], string, string, string[]][] = [
    ["removes one of several", ["a", "b"], "a", "revoked", ["b"]],
    ["keeps the last one", ["a"], "a", "last-one", ["a"]],
    ["knows nobody without a grant", ["a", "b"], "c", "not-there", ["a", "b"]],
    ["does not call a stranger the last one", ["a"], "c", "not-there", ["a"]],
  ];
  for (const [what, ids, accountId, outcome, left] of cases) {
    it(what, async () => {
      const grants = grantsOf(ids);
      expect(await revokeAdministrator({ grants }, { organisationId: "o", accountId })).to.equal(
        outcome,
      );
      expect([...grants.held.keys()]).to.deep.equal(left);
    });
  }

  it("leaves somebody when two remove each other at the same moment", async () => {
    let waiting = 0;
    let open = (): void => undefined;
    const both = new Promise<void>((resolve) => {
      open = resolve;
    });
    const grants = grantsOf(["a", "b"], async () => {
      waiting += 1;
      if (waiting === 2) open();
      await both;
    });
    await Promise.all(
      ["a", "b"].map(
        async (accountId) =>
          await revokeAdministrator({ grants }, { organisationId: "o", accountId }),
      ),
    );
    expect(grants.held.size).to.be.at.least(1);
  });
});
