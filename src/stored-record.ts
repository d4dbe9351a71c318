import { randomUUID } from "node:crypto";
import { type Model, mongo } from "mongoose";

/** A fresh opaque id (UUID v4, RFC 9562). All our records carry one as `_id`. */
export const newId = (): string => randomUUID();

/** Whether text has the shape of one of our ids; anything else in an address is a 404. */
export const isId = (text: string): boolean =>
  /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(text);

/** Something held from now on, and until when unless it is given back earlier. */
export type Lease = { now: Date; until: Date };

/** A record as it is stored: its id is `_id`. */
export type Stored<T extends { id: string }> = Omit<T, "id"> & { _id: string };

/** A lean document as a plain record: `_id` becomes `id`. */
export function toRecord<T extends { id: string }>(document: Stored<T>): T {
  const { _id, ...rest } = document;
  return { id: _id, ...rest } as unknown as T;
}

/** A record as a document: `id` becomes `_id`. */
export function toDocument<T extends { id: string }>(record: T): Stored<T> {
  const { id, ...rest } = record;
  return { _id: id, ...rest };
}

/**
 * A copy of plain data in which absent values are absent: the driver would store an `undefined`
 * in an update as null. Mongoose does the same by itself where it makes a whole document.
 */
export function withoutUndefined<T>(value: T): T {
  if (Array.isArray(value)) return value.map((item) => withoutUndefined<unknown>(item)) as T;
  if (value === null || typeof value !== "object" || value instanceof Date) return value;
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return Object.fromEntries(entries.map(([key, item]) => [key, withoutUndefined(item)])) as T;
}

/** Bytes of a lean document, which the driver hands out as its Binary. */
export function plainBytes(bytes: Buffer): Buffer {
  if (Buffer.isBuffer(bytes)) return bytes;
  return Buffer.from((bytes as { buffer: Uint8Array }).buffer);
}

/** Whether a write failed on a unique index (MongoDB error 11000). */
export const isDuplicate = (error: unknown): boolean =>
  error instanceof mongo.MongoServerError && error.code === 11_000;

/**
 * Runs an upsert, once more when a unique index refused it: of two first writes at once the index
 * let one insert, and the other now finds it. Not in a transaction, which a refusal ends.
 */
export async function upsertOnce<T>(upsert: () => Promise<T>): Promise<T> {
  try {
    return await upsert();
  } catch (error) {
    if (isDuplicate(error)) return await upsert();
    throw error;
  }
}

/**
 * Inserts where a unique index decides who is first: 'added', or 'already-there' when the
 * index refused it. Never reads before it writes.
 */
export async function addOnce(insert: () => Promise<unknown>): Promise<"added" | "already-there"> {
  try {
    await insert();
    return "added";
  } catch (error) {
    if (isDuplicate(error)) return "already-there";
    throw error;
  }
}

/**
 * Runs an unordered insert of many: the places of those that a unique index refused. Any other
 * fault is thrown.
 */
export async function insertWithoutDuplicates(
  insert: () => Promise<unknown>,
): Promise<Set<number>> {
  try {
    await insert();
    return new Set();
  } catch (error) {
    if (!(error instanceof mongo.MongoBulkWriteError)) throw error;
    const faults = [error.writeErrors].flat();
    if (faults.some(({ code }) => code !== 11_000)) throw error;
    return new Set(faults.map(({ index }) => index));
  }
}

/**
 * Inserts documents in one command, each unless a unique index refuses it: answers in their order.
 * They go as they are; what a record may hold is for types and for who made it.
 */
export async function addEachOnce<T extends { _id: string }>(
  model: Pick<Model<T>, "collection">,
  documents: readonly T[],
): Promise<("added" | "already-there")[]> {
  if (documents.length === 0) return [];
  const collection = model.collection as unknown as mongo.Collection<T>;
  const refused = await insertWithoutDuplicates(
    async () =>
      await collection.insertMany(documents as mongo.OptionalUnlessRequiredId<T>[], {
        ordered: false,
        ignoreUndefined: true,
      }),
  );
  return documents.map((_document, index) => (refused.has(index) ? "already-there" : "added"));
}

/** One page of a list that is too long to show whole. `page` counts from 1. */
export type PageOf<T> = { items: T[]; page: number; pageCount: number; total: number };

/** What a searchable, paged list is asked for. `search` is plain text, never a pattern. */
export type ListQuery = { search: string; page: number; pageSize: number };

/** Plain text as a regular expression that matches just that text, case-insensitively. */
export const containing = (text: string): RegExp =>
  new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"), "i");

/** Assembles a page from the total and the function that reads `limit` items from `skip`. */
export async function readPage<T>(
  query: ListQuery,
  total: number,
  read: (skip: number, limit: number) => Promise<T[]>,
): Promise<PageOf<T>> {
  const pageCount = Math.max(1, Math.ceil(total / query.pageSize));
  const page = Math.min(Math.max(1, query.page), pageCount);
  const items = await read((page - 1) * query.pageSize, query.pageSize);
  return { items, page, pageCount, total };
}
