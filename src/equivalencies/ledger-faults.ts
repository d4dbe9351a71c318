import { type Decided, directionsOf, type LedgerEntry, standingOf } from "./equivalency.js";

/** Why the ledger does not take a decision, in a sentence for who decides. */
export type LedgerFault = { field: "from" | "to" | "reach"; sentence: string };

type Edge = { from: string; to: string; title: string };

/** What leads from one exam to another, step by step; undefined where nothing does. */
function findChain(edges: readonly Edge[], from: string, to: string): Edge[] | undefined {
  const cameBy = new Map<string, Edge | undefined>([[from, undefined]]);
  const queue = [from];
  for (let at = queue.shift(); at !== undefined; at = queue.shift()) {
    if (at === to) break;
    for (const edge of edges) {
      if (edge.from !== at || cameBy.has(edge.to)) continue;
      cameBy.set(edge.to, edge);
      queue.push(edge.to);
    }
  }
  if (!cameBy.has(to)) return undefined;
  const chain: Edge[] = [];
  for (let edge = cameBy.get(to); edge !== undefined; edge = cameBy.get(edge.from))
    chain.unshift(edge);
  return chain;
}

const edgesOf = (entries: readonly LedgerEntry[]): Edge[] =>
  entries.flatMap(directionsOf).map(({ passed, countsFor }) => ({
    from: passed.examId,
    to: countsFor.examId,
    title: countsFor.title,
  }));

/**
 * Whether what counts one way only would lead back to where it began: each of the exams would then
 * stand for the other, and not, at once. Exams that count both ways are as one.
 */
function findLoop(wanted: Decided, standing: readonly LedgerEntry[]): string[] | undefined {
  const { from, to } = wanted;
  const all = edgesOf(standing);
  const back = findChain(all, to.examId, from.examId);
  if (wanted.reach === "one-way")
    return back && [from.title, to.title, ...back.map(({ title }) => title)];
  const alike = edgesOf(standing.filter(({ reach }) => reach === "both-ways"));
  if (findChain(alike, from.examId, to.examId) !== undefined) return undefined;
  const forth = findChain(all, from.examId, to.examId);
  if (back !== undefined) return [to.title, ...back.map(({ title }) => title)];
  return forth && [from.title, ...forth.map(({ title }) => title)];
}

const isSamePair = (one: Decided, other: Decided): boolean =>
  one.from.examId === other.from.examId
    ? one.to.examId === other.to.examId
    : one.from.examId === other.to.examId && one.to.examId === other.from.examId;

/**
 * Why a decision cannot be entered; undefined when it can.
 * @param entries all for everybody, and those for the learner in question
 */
export function faultOfDecision(
  wanted: Decided & Pick<LedgerEntry, "decision">,
  entries: readonly LedgerEntry[],
): LedgerFault | undefined {
  const { from, to } = wanted;
  if (from.examId === to.examId)
    return { field: "to", sentence: "Choose two different courses or editions." };
  const standing = standingOf(entries).filter(
    ({ accountId }) => accountId === undefined || accountId === wanted.accountId,
  );
  const same = standing.find((entry) => isSamePair(entry, wanted));
  if (same !== undefined) {
    const both = same.reach === "both-ways" ? " Both ways count." : "";
    return {
      field: "to",
      sentence: `Entry ${same.number} says already that ${same.from.title} counts for ${same.to.title}.${both} Withdraw it first if it should be another way.`,
    };
  }
  const loop = wanted.decision === "counts" && findLoop(wanted, standing);
  if (loop === false || loop === undefined) return undefined;
  return {
    field: wanted.reach === "one-way" ? "to" : "reach",
    sentence: `That would be a loop: ${loop.join(" would count for ")}. Withdraw one of these first, or let the two count both ways.`,
  };
}
