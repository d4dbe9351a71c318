import { type Exam, isReady } from "../courses/exam.js";
import { type Faults, hasFaults } from "../courses/faults.js";
import { ToolError } from "../errors.js";
import { newId } from "../stored-record.js";
import { identityOf, type IssuerIdentity } from "../issuers/issuer.js";
import type { IssuerStore } from "../issuers/issuer-store.js";
import { type OfferedNeeds, readOffered } from "./read-offered.js";
import { examIdsOf, nodesOf, type Requirement, trackIdsOf } from "./requirement.js";
import { faultsOfTrack } from "./track-content.js";
import type { Track, TrackContent, TrackVersion } from "./track.js";
import type { TrackStore } from "./track-store.js";
import type { TrackVersionStore } from "./track-version-store.js";

export type PublishNeeds = {
  tracks: Pick<TrackStore, "findById" | "putInForce">;
  trackVersions: Pick<TrackVersionStore, "addOnce" | "listOf">;
  brands: Pick<IssuerStore, "find">;
  now: () => Date;
} & OfferedNeeds;

export type Publication =
  | { kind: "published"; version: TrackVersion }
  | { kind: "faulty"; faults: Faults }
  | { kind: "nothing-to-publish" }
  /** The draft is another than the one that was looked at, or was published meanwhile. */
  | { kind: "overtaken" };

/** Steps whose exam nobody can take yet, as faults. */
function faultsOfUnready(root: Requirement, exams: ReadonlyMap<string, Exam>): Faults {
  const faults: Faults = {};
  for (const node of nodesOf(root)) {
    const exam = "examId" in node ? exams.get(node.examId) : undefined;
    if (exam !== undefined && !isReady(exam)) {
      faults[`requirement.${node.id}`] = `“${exam.title}” has no questions yet.`;
    }
  }
  return faults;
}

/** What stands in the way of publishing a draft; empty when nothing does. */
export async function faultsOfDraft(
  needs: OfferedNeeds,
  { organisationId, id: ownTrackId }: Track,
  draft: TrackContent,
): Promise<Faults> {
  const { requirement } = draft;
  const offered = await readOffered(needs, { organisationId, requirement, ownTrackId });
  return { ...faultsOfTrack(draft, offered), ...faultsOfUnready(requirement, offered.exams) };
}

/** The issuer of a draft, to be frozen with it; a brand that there is not is a fault. */
async function freezeIssuer(
  { brands }: PublishNeeds,
  organisationId: string,
  { issuerId }: TrackContent,
): Promise<{ issuer?: IssuerIdentity } | { faults: Faults }> {
  const kept = await brands.find(organisationId, issuerId ?? organisationId);
  if (kept === undefined)
    return issuerId === undefined || issuerId === organisationId
      ? {}
      : { faults: { issuerId: "The issuer that was chosen is not there. Choose another one." } };
  return { issuer: identityOf(kept) };
}

/** Adds the next edition; undefined when somebody else adds it at the same moment. */
async function addEdition(
  needs: PublishNeeds,
  wanted: {
    track: Track;
    content: TrackContent & Pick<TrackVersion, "issuer">;
    publishedBy: string;
  },
): Promise<TrackVersion | undefined> {
  const { track, content, publishedBy } = wanted;
  const { organisationId, id: trackId } = track;
  const [newest] = await needs.trackVersions.listOf(organisationId, trackId);
  // Above one that never was in force, too, should there be one.
  const version = Math.max(newest?.version ?? 0, track.publishedVersion) + 1;
  const made = { id: newId(), organisationId, trackId, version, publishedBy };
  const edition: TrackVersion = { ...content, ...made, publishedAt: needs.now() };
  return (await needs.trackVersions.addOnce(edition)) === "added" ? edition : undefined;
}

/**
 * Makes the draft a new, immutable version and puts it in force: to be called in one write. Results
 * that are in already are counted afterwards, see `journey.trackPublished`.
 * @param wanted.draftWrittenAt with it, only the draft that was written then
 * @throws ToolError not-found
 */
export async function publishTrack(
  needs: PublishNeeds,
  wanted: {
    organisationId: string;
    trackId: string;
    publishedBy: string;
    draftWrittenAt?: Date | undefined;
  },
): Promise<Publication> {
  const { organisationId, trackId, publishedBy } = wanted;
  const track = await needs.tracks.findById(organisationId, trackId);
  if (track === undefined) throw new ToolError("not-found");
  const { draft: content, updatedAt } = track;
  const { draftWrittenAt = updatedAt } = wanted;
  if (draftWrittenAt.getTime() !== updatedAt.getTime()) return { kind: "overtaken" };
  if (content === undefined) return { kind: "nothing-to-publish" };
  const faults = await faultsOfDraft(needs, track, content);
  if (hasFaults(faults)) return { kind: "faulty", faults };
  const frozen = await freezeIssuer(needs, organisationId, content);
  if ("faults" in frozen) return { kind: "faulty", faults: frozen.faults };

  const edition = { track, content: { ...content, ...frozen }, publishedBy };
  const version = await addEdition(needs, edition);
  if (version === undefined) return { kind: "overtaken" };
  await needs.tracks.putInForce({
    organisationId,
    id: trackId,
    version: version.version,
    name: content.name,
    examIds: examIdsOf(content.requirement),
    trackIds: trackIdsOf(content.requirement),
    draftWrittenAt,
    at: version.publishedAt,
  });
  return { kind: "published", version };
}
