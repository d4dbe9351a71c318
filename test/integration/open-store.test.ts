import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { openStore } from "../../src/open-store.js";

describe("opening the store", () => {
  let dataDir: string;
  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), "rosette-data-"));
  });
  afterEach(async () => {
    await rm(dataDir, { recursive: true });
  });

  it("refuses the embedded store in production unless it is accepted there", async () => {
    const production = { mode: "production", mongodbUri: undefined, dataDir } as const;
    const refused = await openStore({ ...production, acceptsEmbeddedStore: false }).then(
      () => "opened",
      (error: unknown) => (error as { code?: string }).code,
    );
    expect(refused).to.equal("not-accepted-in-production");
    const store = await openStore({ ...production, acceptsEmbeddedStore: true });
    expect(store.embedded).to.equal(true);
    await store.stop();
  });

  it("opens nothing of its own where a MongoDB is named", async () => {
    const mongodbUri = "mongodb://127.0.0.1:9/rosette";
    const named = { mode: "production", mongodbUri, dataDir, acceptsEmbeddedStore: false } as const;
    expect(await openStore(named)).to.deep.include({ uri: mongodbUri, embedded: false });
  });
});
