/**
 * Does something with each, one after another. One that fails keeps no other from its turn.
 * @throws AggregateError at the end, of everything that failed
 */
export async function eachInTurn<T>(
  items: Iterable<T>,
  act: (item: T) => Promise<unknown>,
): Promise<void> {
  const faults: unknown[] = [];
  for (const item of items) {
    try {
      await act(item);
    } catch (error) {
      faults.push(error);
    }
  }
  if (faults.length > 0) throw new AggregateError(faults, `${faults.length} could not be done`);
}

/** The same for things that have nothing in common but their turn. */
export const allInTurn = async (...acts: readonly (() => Promise<unknown>)[]): Promise<void> => {
  await eachInTurn(acts, async (act) => await act());
};
