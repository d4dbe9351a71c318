import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { newId } from "../../src/stored-record.js";
import type { Product } from "./product.js";

/** Accounts of people who have come from their LMS; their ids. */
export async function addLearners(
  { connection, organisationId }: Product,
  count: number,
): Promise<string[]> {
  const ids = Array.from({ length: count }, newId);
  const from = { organisationId, issuer: "https://lms.example.edu", createdAt: new Date() };
  await connection
    .collection<{ _id: string }>("accounts")
    .insertMany(ids.map((_id) => ({ ...from, _id, sub: _id })));
  return ids;
}

/** Learners who have long been here, written directly; see `bystanders-process.ts`. */
export async function addBystanders(product: Product, count: number): Promise<void> {
  const path = fileURLToPath(new URL("./bystanders-process.ts", import.meta.url));
  const { uri, connection, organisationId } = product;
  const filling = fork(path, [uri, connection.name, organisationId, String(count)]);
  const [code] = (await once(filling, "exit")) as [number | null];
  if (code !== 0) throw new Error(`Adding ${count} learners ended with ${code}`);
}
