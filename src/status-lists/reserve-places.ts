import { newId } from "../stored-record.js";
import { createPlacePicker, newDecoySeed, type StatusPlace } from "./status-list.js";
import type { StatusListStore } from "./status-list-store.js";

export type PlaceNeeds = {
  statusLists: Pick<StatusListStore, "addOnce" | "reserve" | "newestNumber">;
  /** Signs a list that is new: whoever reads a credential must find it. */
  signList: (listId: string) => Promise<void>;
};

/**
 * Places for new credentials of an issuer, drawn at random. The caller's unique index refuses one
 * that is taken, and the caller then asks for another.
 */
export async function reservePlaces(
  needs: PlaceNeeds,
  issuerId: string,
  count: number,
): Promise<StatusPlace[]> {
  let list = await needs.statusLists.reserve(issuerId, count);
  while (list === undefined) {
    const number = (await needs.statusLists.newestNumber(issuerId)) + 1;
    // Of several that make the next list at once, the index keeps one, and all use it.
    const fresh = { id: newId(), issuerId, number, assigned: 0, decoySeed: newDecoySeed() };
    if ((await needs.statusLists.addOnce(fresh)) === "added") await needs.signList(fresh.id);
    list = await needs.statusLists.reserve(issuerId, count);
  }
  const pick = createPlacePicker(list);
  const picked = new Set<number>();
  while (picked.size < count) picked.add(pick());
  const { id: listId } = list;
  return [...picked].map((index) => ({ listId, index }));
}
