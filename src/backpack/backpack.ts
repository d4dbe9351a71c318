/** A learner's own name for some of their credentials. */
type Collection = { id: string; name: string };

/**
 * How a learner keeps their credentials: in which order, in which collections, and whether they
 * show a portfolio. The credentials themselves stand elsewhere. Unique by learner.
 */
export type Backpack = {
  /** The learner's account. */
  id: string;
  organisationId: string;
  /** Counts the changes, so that two at once do not undo one another. */
  revision: number;
  /** Stands in the portfolio's address and never changes. */
  portfolioId: string;
  isPortfolioPublic: boolean;
  collections: Collection[];
  places: { credentialId: string; collectionId: string }[];
  /** Ordered by hand; what is not in it stands behind, newest first. */
  order: string[];
};

export type BackpackChange =
  | { kind: "move"; credentialId: string; by: -1 | 1; shown: readonly string[] }
  | { kind: "add-collection"; collection: Collection }
  | { kind: "remove-collection"; collectionId: string }
  /** In no collection when `collectionId` is undefined. */
  | { kind: "place"; credentialId: string; collectionId: string | undefined }
  | { kind: "show-portfolio"; isPublic: boolean };

/** More than anyone keeps apart by hand. */
const MOST_COLLECTIONS = 50;

/** Ids in the order of the backpack; those it does not know yet as they come. */
export function inOrder<T extends { id: string }>(order: readonly string[], items: T[]): T[] {
  const place = new Map(order.map((id, index) => [id, index]));
  const placeOf = ({ id }: T): number => place.get(id) ?? order.length;
  return [...items].sort((one, other) => placeOf(one) - placeOf(other));
}

/** Swaps a credential with its neighbour among those that are shown together. */
function moved(
  order: readonly string[],
  change: BackpackChange & { kind: "move" },
): readonly string[] {
  const { credentialId, by, shown } = change;
  const neighbour = shown[shown.indexOf(credentialId) + by];
  const from = order.indexOf(credentialId);
  const to = neighbour === undefined ? -1 : order.indexOf(neighbour);
  if (!shown.includes(credentialId) || from < 0 || to < 0) return order;
  const without = order.filter((id) => id !== credentialId);
  const place = without.indexOf(neighbour ?? "") + (by === 1 ? 1 : 0);
  return [...without.slice(0, place), credentialId, ...without.slice(place)];
}

/**
 * A backpack after a change; the same when the change says nothing new.
 * @param all ids of every credential of the learner, in the order they stand in now
 */
export function changeBackpack(
  backpack: Backpack,
  change: BackpackChange,
  all: readonly string[],
): Backpack {
  const { collections, places } = backpack;
  const isKnown = (id: string | undefined): boolean => collections.some((one) => one.id === id);
  switch (change.kind) {
    case "move":
      return { ...backpack, order: [...moved(all, change)] };
    case "add-collection":
      return collections.length >= MOST_COLLECTIONS
        ? backpack
        : { ...backpack, collections: [...collections, change.collection] };
    case "remove-collection":
      return {
        ...backpack,
        collections: collections.filter(({ id }) => id !== change.collectionId),
        places: places.filter(({ collectionId }) => collectionId !== change.collectionId),
      };
    case "place": {
      const { credentialId, collectionId } = change;
      const others = places.filter((place) => place.credentialId !== credentialId);
      return {
        ...backpack,
        places:
          collectionId !== undefined && isKnown(collectionId)
            ? [...others, { credentialId, collectionId }]
            : others,
      };
    }
    case "show-portfolio":
      return { ...backpack, isPortfolioPublic: change.isPublic };
  }
}

export type Grouping = "organisation" | "subject" | "collection";

type Groupable = { id: string; issuerName: string; subject: string };

/** Credentials in groups, each in the order of the backpack; groups by name, collections by hand. */
export function groupItems<T extends Groupable>(
  backpack: Pick<Backpack, "collections" | "places" | "order">,
  items: T[],
  by: Grouping,
): { name: string; items: T[] }[] {
  const ordered = inOrder(backpack.order, items);
  if (by === "collection") {
    const placed = new Map(backpack.places.map((place) => [place.credentialId, place]));
    const inCollection = (collectionId: string | undefined): T[] =>
      ordered.filter(({ id }) => placed.get(id)?.collectionId === collectionId);
    return [
      ...backpack.collections.map(({ id, name }) => ({ name, items: inCollection(id) })),
      { name: "In no collection", items: inCollection(undefined) },
    ].filter((group) => group.items.length > 0);
  }
  const nameOf = (item: T): string => (by === "subject" ? item.subject : item.issuerName);
  const names = [...new Set(ordered.map(nameOf))].sort((one, other) => one.localeCompare(other));
  return names.map((name) => ({ name, items: ordered.filter((item) => nameOf(item) === name) }));
}
