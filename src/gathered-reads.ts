import DataLoader from "dataloader";
import type { Connection, PipelineStage } from "mongoose";

/** A search in one collection; `join` holds further stages, e.g. `$lookup`. */
export type GatheredSearch = {
  from: string;
  match: Record<string, unknown>;
  sort?: Record<string, 1 | -1>;
  limit?: number;
  join?: PipelineStage.Lookup[];
  /** Fields that are left out. */
  without?: readonly string[];
};

type Row = Record<string, unknown>;

/** Which search a document answers; no field of ours ends in an underscore. */
const MARK = "of_";
/** More would make a command that is hard to read in a slow-query log. */
const AT_MOST = 24;
const loaders = new WeakMap<Connection, DataLoader<GatheredSearch, Row[]>>();

const stagesOf = ({ match, sort, limit, join, without }: GatheredSearch) => [
  { $match: match },
  ...(sort === undefined ? [] : [{ $sort: sort }]),
  ...(limit === undefined ? [] : [{ $limit: limit }]),
  ...(join ?? []),
  ...(without === undefined ? [] : [{ $unset: [...without] }]),
];

/** Whether one of no values is asked for: there is none. */
const isInVain = ({ match }: GatheredSearch): boolean =>
  Object.values(match).some((wanted) => {
    const among = (wanted as { $in?: unknown } | null)?.$in;
    return Array.isArray(among) && among.length === 0;
  });

/** One command for all: the first search, and the others joined to it by `$unionWith`. */
async function readAll(
  connection: Connection,
  searches: readonly GatheredSearch[],
): Promise<Row[][]> {
  const marked = searches.map((search, index) => ({
    from: search.from,
    pipeline: [...stagesOf(search), { $addFields: { [MARK]: index } }],
  }));
  const [first, ...others] = marked;
  if (first === undefined) return [];
  const pipeline = [
    ...first.pipeline,
    ...others.map(({ from, pipeline: inner }) => ({ $unionWith: { coll: from, pipeline: inner } })),
  ];
  const found = connection.collection(first.from).aggregate<Row>(pipeline, { batchSize: 1000 });
  const answers = searches.map((): Row[] => []);
  for (const { [MARK]: index, ...document } of await found.toArray()) {
    answers[Number(index)]?.push(document);
  }
  return answers;
}

/**
 * Reads for stores: searches that are asked for at the same moment (in one `Promise.all`) go to
 * the store in one command. What a command costs is the driver's work, not the search. Documents come
 * as they are stored.
 */
export function gatheredReads(connection: Connection) {
  const loader =
    loaders.get(connection) ??
    new DataLoader<GatheredSearch, Row[]>(async (searches) => await readAll(connection, searches), {
      cache: false,
      maxBatchSize: AT_MOST,
    });
  loaders.set(connection, loader);
  return async <T>(search: GatheredSearch): Promise<T[]> =>
    isInVain(search) ? [] : ((await loader.load(search)) as T[]);
}
