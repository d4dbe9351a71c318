import { MongoClient } from "mongodb";
import { newId } from "../../src/stored-record.js";

// Writes rows of learners who have long been here: an account, a fact that was evaluated, and every
// tenth an award. In a process of its own, so that its memory is not the application's.
const CHUNK = 5000;
const [uri = "", database = "", organisationId = "", wanted = "0"] = process.argv.slice(2);
const count = Number(wanted);
const at = new Date(Date.now() - 90 * 86_400_000);
const graded = { kind: "graded", score: 80, maximum: 100 };
const client = await MongoClient.connect(uri);

const insert = async (collection: string, documents: { _id: string }[]) =>
  await client
    .db(database)
    .collection<{ _id: string }>(collection)
    .insertMany(documents, { ordered: false });

for (let from = 0; from < count; from += CHUNK) {
  const ids = Array.from({ length: Math.min(CHUNK, count - from) }, newId);
  await insert(
    "accounts",
    ids.map((_id) => ({
      ...{ _id, organisationId, issuer: "https://lms.example.edu", sub: _id, createdAt: at },
    })),
  );
  await insert(
    "examFacts",
    ids.map((accountId) => ({
      ...{ _id: newId(), organisationId, accountId, courseId: "earlier", examId: "earlier" },
      ...{ sourceKey: `pushed:${accountId}:1`, source: "pushed", passMarkPercent: 70 },
      ...{ sitting: { id: accountId, revision: 1 }, outcome: graded, queued: 1 },
      ...{ occurredAt: at, observedAt: at, dueAt: at },
    })),
  );
  await insert(
    "awards",
    ids
      .filter((_id, index) => index % 10 === 0)
      .map((learnerId) => ({
        ...{ _id: newId(), organisationId, learnerId, trackId: "earlier", trackVersion: 1 },
        ...{ trackName: "Earlier", round: 1, subjectUrn: `urn:uuid:${newId()}`, awardedAt: at },
        ...{ explanation: {}, evidence: [], credential: "issued" },
      })),
  );
}
await client.close();
