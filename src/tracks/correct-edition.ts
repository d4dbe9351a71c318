import type { Faults } from "../courses/faults.js";
import { ToolError } from "../errors.js";
import { correctableParts, type EditionTexts, type TrackVersion } from "./track.js";
import type { TrackVersionStore } from "./track-version-store.js";

/**
 * Corrects slips in the wording of a published edition. What it takes to earn it stays, and so does
 * what was published: the correction stands beside it.
 * @throws ToolError not-found
 */
export async function correctEdition(
  needs: { trackVersions: Pick<TrackVersionStore, "find" | "correct">; now: () => Date },
  wanted: {
    organisationId: string;
    trackId: string;
    version: number;
    texts: EditionTexts;
    correctedBy: string;
  },
): Promise<
  | { kind: "corrected"; edition: TrackVersion }
  | { kind: "faulty"; faults: Faults }
  | { kind: "nothing-changed" }
> {
  const { organisationId, trackId, version, texts, correctedBy: by } = wanted;
  const before = await needs.trackVersions.find(organisationId, { trackId, version });
  if (before === undefined) throw new ToolError("not-found");
  const faults: Faults = {};
  for (const part of correctableParts)
    if (texts[part].trim() === "") faults[part] = "This cannot be empty.";
  if (Object.keys(faults).length > 0) return { kind: "faulty", faults };
  const parts = correctableParts.filter((part) => texts[part] !== before[part]);
  if (parts.length === 0) return { kind: "nothing-changed" };
  const correction = { ...texts, parts: [...parts], at: needs.now(), by };
  const place = { organisationId, trackId, version };
  const edition = await needs.trackVersions.correct(place, correction);
  if (edition === undefined) throw new ToolError("not-found");
  return { kind: "corrected", edition };
}
