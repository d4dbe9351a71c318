import { once } from "node:events";
import { expect } from "chai";
import { closeAll, openClient } from "./support.js";

describe("a driver's watch over its server", () => {
  after(closeAll);

  it("is answered again and again on one connection, and no pool is ever cleared", async () => {
    const client = await openClient({ heartbeatFrequencyMS: 500 });
    const troubles: string[] = [];
    for (const event of ["serverHeartbeatFailed", "connectionPoolCleared"] as const) {
      client.on(event, () => troubles.push(event));
    }
    for (let heartbeat = 0; heartbeat < 2; heartbeat++) {
      await Promise.race([
        once(client, "serverHeartbeatSucceeded"),
        once(client, "serverHeartbeatFailed"),
      ]);
    }
    expect(troubles).to.deep.equal([]);
  });
});
