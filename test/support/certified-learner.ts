import { randomBytes, randomUUID } from "node:crypto";
import { fileURLToPath } from "node:url";
import request from "supertest";
import { readEnvironment } from "../../config/environment.js";
import { createApp } from "../../src/app.js";
import type { Credential } from "../../src/credentials/credential.js";
import { buildIndexes } from "../../src/database.js";
import type { DidDocument } from "../../src/issuers/issuer.js";
import { createLog } from "../../src/log.js";
import { createSealedBox } from "../../src/sealed-box.js";
import { createParts } from "../../src/parts/parts.js";
import { award, trackVersion } from "./credential-fixtures.js";
import { openTestDatabase } from "./test-database.js";

const rootDir = fileURLToPath(new URL("../..", import.meta.url));

/** The composed product with one learner: a certificate that stands on three micro-credentials. */
export async function openCertifiedLearner() {
  const database = await openTestDatabase();
  const parts = createParts({
    connection: database.connection,
    settings: readEnvironment({ NODE_ENV: "test", PUBLIC_URL: "https://badges.example.org" }),
    log: createLog({ logLevel: "silent" }),
    sealedBox: createSealedBox(randomBytes(32).toString("hex")),
    now: () => new Date(),
  });
  await buildIndexes(database.connection);
  const now = parts.now();
  const { id: organisationId } = await parts.organisations.ensureFirst("Association", now);
  const issuer = "https://lms.example.edu";
  const person = await parts.accounts.findOrCreate({ organisationId, issuer, sub: "1" }, now);
  const { id: learnerId } = person;
  const email = "noor@example.edu";
  await parts.profiles.noteFromLms({ id: learnerId, organisationId, name: "Noor", email });
  const give = async (name: string, changes: object, standsOn?: string[]) => {
    const track = trackVersion({ organisationId, trackId: randomUUID(), name, ...changes });
    await parts.trackVersions.addOnce(track);
    const { trackId } = track;
    const given = award({ organisationId, learnerId, trackId, trackName: name, standsOn });
    await parts.awards.addOnce(given);
    return given.id;
  };
  const under: string[] = [];
  for (const name of ["Balance", "Gait", "Falls"]) under.push(await give(name, {}));
  const top = await give("Mobility", { kind: "certificate" }, under);
  const awardIds = [...under, top];
  await parts.issueCredentials({ organisationId, awardIds });
  const issued = await parts.credentials.listByAwards(organisationId, awardIds);
  const ofAward = (id: string): Credential => issued.find(({ awardId }) => awardId === id)!;
  const app = createApp(parts, rootDir);
  await parts.work.start({ isAlone: true });
  const answer = await request(app).get(`/issuers/${organisationId}/did.json`).buffer(true);
  return {
    ...{ parts, app, certificate: ofAward(top), badges: under.map(ofAward) },
    did: JSON.parse(answer.text) as DidDocument,

    async share(
      { organisationId, learnerId, id: credentialId }: Credential,
      visibility: Credential["visibility"] = "link",
    ): Promise<void> {
      const change = { organisationId, learnerIds: [learnerId], credentialId, visibility };
      await parts.credentials.setVisibility(change);
    },

    async close(): Promise<void> {
      await parts.work.stop();
      await parts.stopThreads();
      await database.close();
    },
  };
}
