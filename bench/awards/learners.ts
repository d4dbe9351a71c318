import { newId } from "../../src/stored-record.js";
import type { Product } from "./product.js";

const CHUNK = 5000;

/** Accounts of people who have come from their LMS; their ids. */
export async function addLearners(product: Product, count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, newId);
  for (let from = 0; from < count; from += CHUNK)
    await insert(
      product,
      "accounts",
      ids.slice(from, from + CHUNK).map((_id) => account(product, _id)),
    );
  return ids;
}

const account = ({ organisationId }: Product, _id: string) => ({
  ...{ _id, organisationId, issuer: "https://lms.example.edu", sub: _id, createdAt: new Date() },
});

async function insert({ connection }: Product, collection: string, documents: { _id: string }[]) {
  await connection
    .collection<{ _id: string }>(collection)
    .insertMany(documents, { ordered: false, ignoreUndefined: true });
}

/**
 * Rows of learners who have long been here, written directly: an account, a fact that was
 * evaluated, and every tenth an award.
 */
export async function addBystanders(product: Product, count: number): Promise<void> {
  const { organisationId } = product;
  const at = new Date(Date.now() - 90 * 86_400_000);
  const graded = { kind: "graded", score: 80, maximum: 100 };
  for (let from = 0; from < count; from += CHUNK) {
    const ids = Array.from({ length: Math.min(CHUNK, count - from) }, newId);
    await insert(
      product,
      "accounts",
      ids.map((_id) => account(product, _id)),
    );
    await insert(
      product,
      "examFacts",
      ids.map((accountId) => ({
        ...{ _id: newId(), organisationId, accountId, courseId: "earlier", examId: "earlier" },
        ...{ sourceKey: `pushed:${accountId}:1`, source: "pushed", passMarkPercent: 70 },
        ...{ sitting: { id: accountId, revision: 1 }, outcome: graded, queued: 1 },
        ...{ occurredAt: at, observedAt: at, dueAt: at },
      })),
    );
    await insert(
      product,
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
}
