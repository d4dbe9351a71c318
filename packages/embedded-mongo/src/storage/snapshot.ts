import { approximate } from "../values/decimal.js";
import { Bin, docOf, isDoc, isNumeric, type Doc, type Value } from "../values/value.js";
import { decodeDoc } from "../wire/decode-bson.js";
import { encodeDoc } from "../wire/encode-bson.js";
import type { Collection } from "./collection.js";
import { newFileHeader, sealFrame, FRAME_HEADER_BYTES } from "./frame.js";
import type { Frame } from "./frame-reader.js";
import type { OpenFile } from "./file-layer.js";
import { indexDefinitionOf } from "./index-spec.js";
import { CollectionIndex } from "../index/collection-index.js";
import type { Store } from "./store.js";
import { StoredDoc } from "./stored-doc.js";

/** A state of the store that later changes do not touch. */
export type Captured = {
  head: Doc;
  collections: { id: number; docs: StoredDoc[] }[];
};

const PACK_BYTES = 1024 * 1024;
const DOC_HEAD_BYTES = 8;

/** What a frame holds, as its first byte says. */
const KIND = { head: 1, docs: 2, end: 3 } as const;

/** Takes hold of the present state at once: documents never change, only the lists are copied. */
export function capture(store: Store, sessions: readonly Doc[]): Captured {
  const collections = store.allCollections();
  return {
    head: docOf({
      time: store.time,
      sessions: [...sessions],
      collections: collections.map(describe),
    }),
    collections: collections.map(({ id, docs }) => ({ id, docs: [...docs.values()] })),
  };
}

function describe(collection: Collection): Doc {
  return docOf({
    id: collection.id,
    ns: collection.namespace,
    uuid: new Bin(4, collection.uuid),
    options: collection.options.shown,
    indexes: [...collection.indexes.values()].map(({ definition }) => definition.spec),
  });
}

/** Writes a captured state to a new file and syncs it. */
export async function writeSnapshot(file: OpenFile, captured: Captured): Promise<void> {
  const { header, bytes } = newFileHeader("EMSNAP01");
  await file.append(bytes);
  let number = 0;
  const put = async (frame: Buffer, kind: number) => {
    frame[FRAME_HEADER_BYTES] = kind;
    await file.append(sealFrame(frame, header, number));
    number += 1;
  };
  await put(encodeDoc(captured.head, FRAME_HEADER_BYTES + 1), KIND.head);
  let total = 0;
  for (const { id, docs } of captured.collections) {
    for (let at = 0; at < docs.length;) {
      const packed = pack(id, docs, at);
      await put(packed.frame, KIND.docs);
      total += packed.next - at;
      at = packed.next;
    }
  }
  await put(encodeDoc({ docs: total }, FRAME_HEADER_BYTES + 1), KIND.end);
  await file.sync();
}

// Kind, collection, then per document its number (a double) and its bytes.
function pack(id: number, docs: readonly StoredDoc[], from: number) {
  let size = FRAME_HEADER_BYTES + 5;
  let next = from;
  for (let doc = docs[next]; doc && (next === from || size < PACK_BYTES); doc = docs[next]) {
    size += DOC_HEAD_BYTES + doc.size;
    next += 1;
  }
  const frame = Buffer.allocUnsafe(size);
  frame.writeUInt32LE(id, FRAME_HEADER_BYTES + 1);
  let at = FRAME_HEADER_BYTES + 5;
  for (let i = from; i < next; i += 1) {
    const doc = docs[i];
    if (!doc) break;
    at = frame.writeDoubleLE(doc.number, at);
    at += doc.buf.copy(frame, at, doc.start, doc.end);
  }
  return { frame, next };
}

/** Takes a snapshot's frames into an empty store. Says at the end whether it was whole. */
export class SnapshotLoader {
  readonly #store: Store;
  readonly #restoreSession: (record: Doc) => void;
  complete = false;

  constructor(store: Store, restoreSession: (record: Doc) => void) {
    this.#store = store;
    this.#restoreSession = restoreSession;
  }

  take({ payload }: Frame): void {
    const kind = payload[0];
    if (kind === KIND.docs) this.#loadDocs(payload);
    else if (kind === KIND.head)
      this.#loadHead(decodeDoc(payload, { start: 1, end: payload.length }));
    else this.complete = kind === KIND.end;
  }

  #loadHead(head: Doc): void {
    const time = head.get("time");
    if (typeof time === "bigint") this.#store.noteTime(time);
    for (const record of list(head.get("sessions"))) this.#restoreSession(record);
    for (const described of list(head.get("collections"))) {
      const collection = restoreCollection(this.#store, described);
      for (const spec of list(described.get("indexes"))) restoreIndex(collection, spec);
    }
  }

  #loadDocs(payload: Buffer): void {
    const collection = this.#store.findById(payload.readUInt32LE(1));
    for (let at = 5; at < payload.length;) {
      const number = payload.readDoubleLE(at);
      const start = at + DOC_HEAD_BYTES;
      const end = start + payload.readInt32LE(start);
      collection?.load(new StoredDoc(number, payload, { start, end }));
      at = end;
    }
  }
}

function list(value: Value): Doc[] {
  return Array.isArray(value) ? value.filter(isDoc) : [];
}

/** Makes a collection again as it was described; its indexes are empty. */
export function restoreCollection(store: Store, described: Doc): Collection {
  const [id, uuid] = [described.get("id"), described.get("uuid")];
  const [namespace, options] = [described.get("ns"), described.get("options")];
  const made = store.buildCollection({
    namespace: typeof namespace === "string" ? namespace : "",
    options: isDoc(options) ? options : docOf({}),
    ...(isNumeric(id) ? { id: approximate(id) } : {}),
    ...(uuid instanceof Bin ? { uuid: uuid.bytes } : {}),
  });
  store.register(made);
  return made;
}

/** Makes an index again; it is filled when all documents are there. */
export function restoreIndex(collection: Collection, spec: Doc): void {
  const definition = indexDefinitionOf(spec, undefined);
  collection.indexes.set(definition.name, new CollectionIndex(definition));
}
