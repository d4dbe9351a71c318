import type { Connection } from "mongoose";

/** Where pictures are named, the earlier first: a name moves on from a draft to a version. */
const PLACES: Readonly<Record<string, readonly string[]>> = {
  tracks: ["draft.badge.pictureId"],
  issuers: ["logoId", "signatureId"],
  trackVersions: ["badge.pictureId", "issuer.logoId", "issuer.signatureId"],
};

const valueAt = (row: unknown, path: string): unknown =>
  path
    .split(".")
    .reduce<unknown>(
      (value, key) =>
        typeof value === "object" && value !== null
          ? (value as Record<string, unknown>)[key]
          : undefined,
      row,
    );

export type NamedPictureStore = ReturnType<typeof createNamedPictureStore>;

/** Which uploaded pictures something names: a draft, an issuer, or what was ever published. */
export function createNamedPictureStore(connection: Connection) {
  return {
    /** Those of these pictures that are named somewhere, of whatever organisation. */
    async listNamed(pictureIds: readonly string[]): Promise<Set<string>> {
      const named = new Set<string>();
      for (const [collection, paths] of Object.entries(PLACES))
        for (const path of paths) {
          const rows = connection
            .collection(collection)
            .find({ [path]: { $in: [...pictureIds] } }, { projection: { [path]: 1 } });
          for (const row of await rows.toArray()) {
            const id = valueAt(row, path);
            if (typeof id === "string") named.add(id);
          }
        }
      return named;
    },
  };
}
