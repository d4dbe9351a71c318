import { fork } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startStore } from "embedded-mongo";
import { readEnvironment } from "../../config/environment.js";
import { createApp } from "../../src/app.js";
import { buildIndexes, connectDatabase } from "../../src/database.js";
import { createLog } from "../../src/log.js";
import { createSealedBox } from "../../src/sealed-box.js";
import { createParts } from "../../src/parts/parts.js";
import { award, trackVersion } from "../../test/support/credential-fixtures.js";

type Issued = Awaited<ReturnType<typeof issueMany>>;

/** Gives so many learners an award each, then measures until every credential is stored. */
export async function issueMany(count: number, say: (text: string) => void) {
  const folder = mkdtempSync(join(tmpdir(), "rosette-bench-"));
  const store = await startStore({ dataDir: folder });
  const connection = await connectDatabase(store.uri);
  const parts = createParts({
    connection,
    settings: readEnvironment({ NODE_ENV: "test", PUBLIC_URL: "http://localhost:4790" }),
    log: createLog({ logLevel: "silent" }),
    sealedBox: createSealedBox(randomBytes(32).toString("hex")),
    now: () => new Date(),
  });
  await buildIndexes(connection);
  const now = new Date();
  const { id: organisationId } = await parts.organisations.ensureFirst("Association", now);
  const subs = Array.from({ length: count }, (_, at) => `learner-${at}`);
  const issuer = "https://lms.example.edu";
  const accounts = await parts.accounts.findOrCreateAll({ organisationId, issuer, subs }, now);
  const track = trackVersion({ organisationId });
  await parts.trackVersions.addOnce(track);
  for (let from = 0; from < accounts.length; from += 200) {
    await Promise.all(
      accounts.slice(from, from + 200).map(async ({ id: learnerId }, at) => {
        const name = `Learner ${from + at}`;
        const profile = { id: learnerId, organisationId, name, email: `l${from + at}@example.edu` };
        await parts.profiles.noteFromLms(profile);
        await parts.awards.addOnce(award({ organisationId, learnerId, awardedAt: now }));
      }),
    );
  }
  say(`${count} awards are due`);
  const started = performance.now();
  await parts.issueDueCredentials();
  const issueSeconds = (performance.now() - started) / 1000;
  const stored = await connection.collection("credentials").countDocuments();
  if (stored !== count) throw new Error(`${stored} credentials of ${count}`);
  say(`${count} credentials signed, stored and listed in ${issueSeconds.toFixed(1)} s`);
  const [any] = await parts.credentials.listOfLearner(organisationId, [accounts[0]?.id ?? ""]);
  return {
    ...{ parts, issueSeconds, organisationId },
    credential: any,
    stop: async () => {
      await parts.stopThreads();
      await connection.close();
      await store.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Milliseconds of processor time for the page of a shared credential, after the first. */
export async function verifyPageCpu({ parts, credential, organisationId }: Issued) {
  if (credential === undefined) throw new Error("There is no credential to look at");
  await parts.credentials.setVisibility({
    ...{ organisationId, credentialId: credential.id, visibility: "link" },
    learnerIds: [credential.learnerId],
  });
  const app = createApp(parts, fileURLToPath(new URL("../..", import.meta.url)));
  app.enable("view cache");
  const server = app.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}/credentials/${credential.id}`;
  const client = fork(new URL("./page-client-process.ts", import.meta.url), {
    execArgv: ["--import", "tsx"],
  });
  const ask = async (count: number): Promise<number> => {
    const before = process.cpuUsage();
    client.send({ url, count });
    await once(client, "message");
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000 / count;
  };
  await ask(100);
  const cpuMs = await ask(300);
  client.kill();
  server.close();
  return cpuMs;
}
