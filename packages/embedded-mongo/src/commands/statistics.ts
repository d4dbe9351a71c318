import type { Collection } from "../storage/collection.js";
import type { Value } from "../values/value.js";

/** The figures of a collection that collStats and $collStats show. */
export function collectionStatistics(collection: Collection): Record<string, Value> {
  const { size: count, bytes, indexes, options } = collection;
  return {
    size: bytes,
    count,
    avgObjSize: count === 0 ? 0 : Math.floor(bytes / count),
    storageSize: bytes,
    freeStorageSize: 0,
    capped: options.capped !== undefined,
    max: options.capped?.maxDocs,
    maxSize: options.capped?.sizeBytes,
    nindexes: indexes.size,
    totalIndexSize: 0,
    totalSize: bytes,
    indexSizes: new Map([...indexes.keys()].map((name): [string, Value] => [name, 0])),
    scaleFactor: 1,
  };
}
