/**
 * Gives each of some takers one of the things that it could take, nobody the same, so that as many
 * as possible have one: a matching of a bipartite graph, by augmenting paths (Kuhn). Who comes
 * first has one in any case where that is possible, and more choices never leave more without.
 * @param choices what each could take, what it would rather take first
 * @returns what each has; undefined where nothing is left for it
 */
export function matchMost(choices: readonly (readonly string[])[]): (string | undefined)[] {
  const takerOf = new Map<string, number>();
  const give = (taker: number, asked: Set<string>): boolean => {
    for (const thing of choices[taker] ?? []) {
      if (asked.has(thing)) continue;
      asked.add(thing);
      const other = takerOf.get(thing);
      if (other !== undefined && !give(other, asked)) continue;
      takerOf.set(thing, taker);
      return true;
    }
    return false;
  };
  for (const taker of choices.keys()) give(taker, new Set());
  const has = choices.map((): string | undefined => undefined);
  for (const [thing, taker] of takerOf) has[taker] = thing;
  return has;
}
