import { initialsStatementOf, issuerOf, kindOf, type TrackVersion } from "../tracks/track.js";
import { type IssuerIdentity, issuerProfile, type IssuerProfile } from "../issuers/issuer.js";
import type { PublicAddresses } from "../issuers/public-addresses.js";

/** Pinned: later editions of the Open Badges context add terms that change what is signed. */
export const credentialContexts = [
  "https://www.w3.org/ns/credentials/v2",
  "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
] as const;

type Alignment = {
  type: ["Alignment"];
  targetName: string;
  targetUrl: string;
  targetDescription?: string;
  targetFramework?: string;
};

type ResultDescription = {
  id: string;
  type: ["ResultDescription"];
  name: string;
  resultType: "Result";
};

/** Open Badges 3.0 Achievement (OB 3.0 §B.1.1), the members we use. */
export type Achievement = {
  id: string;
  type: ["Achievement"];
  /** A certificate is for good; "Certification" would be limited in time (OB 3.0 §B.2.1). */
  achievementType: "MicroCredential" | "Certificate";
  name: string;
  description: string;
  criteria: { id: string; narrative: string };
  creator: IssuerProfile;
  image: { id: string; type: "Image"; caption: string };
  fieldOfStudy: string;
  version: string;
  tag?: string[];
  alignment?: Alignment[];
  /** Contact hours. */
  creditsAvailable?: number;
  resultDescription?: ResultDescription[];
  /** The same achievement in Open Badges 2.0. */
  related: { id: string; type: ["Related"] }[];
};

/**
 * Contact hours as Open Badges credits, or nothing: fractions below 1 are written in two ways by
 * JSON-LD libraries, and a proof over one would not verify with the other.
 */
export const creditHours = (contactHours: number): number | undefined =>
  Number.isFinite(contactHours) && contactHours >= 1 ? contactHours : undefined;

export const developmentPointsId = (achievementUrl: string): string =>
  `${achievementUrl}#development-points`;

const alignmentsOf = (track: Pick<TrackVersion, "competencies">): Alignment[] =>
  track.competencies.flatMap(({ name, description, frameworkUrl, frameworkName }) =>
    frameworkUrl === undefined
      ? []
      : [
          {
            type: ["Alignment"],
            targetName: name,
            targetUrl: frameworkUrl,
            ...(description === undefined ? {} : { targetDescription: description }),
            ...(frameworkName === undefined ? {} : { targetFramework: frameworkName }),
          },
        ],
  );

/** How it is earned; a certificate's says too that it gives no initials, whoever wrote the rest. */
function criteriaNarrativeOf(track: TrackVersion): string {
  const { criteriaNarrative } = track;
  const statement = initialsStatementOf(track) ?? "";
  return criteriaNarrative.includes(statement)
    ? criteriaNarrative
    : `${criteriaNarrative}\n${statement}`;
}

/**
 * One published edition of a track as an achievement: the same in every credential for it.
 * @param organisation whose it is; in whose name it is awarded was frozen with the edition
 */
export function achievementOf(
  addresses: PublicAddresses,
  track: TrackVersion,
  organisation: IssuerIdentity,
): Achievement {
  const id = addresses.achievementUrl(track.trackId, track.version);
  const credits = creditHours(track.contactHours);
  const alignment = alignmentsOf(track);
  const tag = track.competencies.map(({ name }) => name);
  return {
    id,
    type: ["Achievement"],
    achievementType: kindOf(track) === "certificate" ? "Certificate" : "MicroCredential",
    name: track.name,
    description: track.description,
    criteria: { id: `${id}#criteria`, narrative: criteriaNarrativeOf(track) },
    creator: issuerProfile(addresses, issuerOf(track, organisation)),
    image: {
      id: addresses.badgeUrl(track.trackId, track.version),
      type: "Image",
      caption: `Badge of the ${kindOf(track)} ${track.name}`,
    },
    fieldOfStudy: track.subject,
    version: String(track.version),
    related: [{ id: addresses.badgeClassUrl(id), type: ["Related"] }],
    ...(tag.length === 0 ? {} : { tag }),
    ...(alignment.length === 0 ? {} : { alignment }),
    ...(credits === undefined ? {} : { creditsAvailable: credits }),
    ...(track.developmentPoints === undefined
      ? {}
      : {
          resultDescription: [
            {
              id: developmentPointsId(id),
              type: ["ResultDescription"],
              name: "Professional-development points",
              resultType: "Result",
            },
          ],
        }),
  };
}
