import { randomBytes, randomUUID } from "node:crypto";
import type { Award } from "../../src/awards/award.js";
import { firstStanding } from "../../src/awards/award-standing.js";
import type { Credential } from "../../src/credentials/credential.js";
import { type IssueNeeds, issueCredentials } from "../../src/credentials/issue-credentials.js";
import { ToolError } from "../../src/errors.js";
import type { FrozenAddress } from "../../src/credentials/frozen-address.js";
import type { Issuer } from "../../src/issuers/issuer.js";
import type { IssuerKey } from "../../src/issuers/issuer-key.js";
import { createPublicAddresses } from "../../src/issuers/public-addresses.js";
import type { Organisation } from "../../src/organisations/organisation.js";
import type { Account, Profile } from "../../src/people/account.js";
import type { Picture } from "../../src/pictures/picture.js";
import { createSealedBox } from "../../src/sealed-box.js";
import { createSigner } from "../../src/signing/signer.js";
import type { StatusList } from "../../src/status-lists/status-list.js";
import type { TrackVersion } from "../../src/tracks/track.js";

export const NOW = new Date("2026-03-10T09:00:00.250Z");

export const addresses = createPublicAddresses("https://badges.example.org:8443");

export const organisation: Organisation = {
  id: "0a8d2f7e-4c0e-4d7b-9d53-2f6a1c9e7b01",
  name: "Association of Allied Health",
  createdAt: new Date("2026-01-01T00:00:00Z"),
};

export const learnerId = "7d0cc6dd-6a28-4a4b-8b7d-2ed0b0c4a0e2";

export const trackVersion = (changes: Partial<TrackVersion> = {}): TrackVersion => ({
  id: randomUUID(),
  organisationId: organisation.id,
  trackId: "5f0f6a2e-93f1-4a3f-8a34-6a3f7f1f5c03",
  version: 2,
  publishedAt: new Date("2026-02-01T00:00:00Z"),
  publishedBy: randomUUID(),
  name: "Safe Handling",
  description: "Handles patients safely in everyday care.",
  criteriaNarrative: "Pass both courses.\nEach ends with an exam.",
  competencies: [
    {
      name: "Plans a transfer",
      description: "Chooses aids and helpers for a transfer.",
      frameworkUrl: "https://frameworks.example.org/handling#plan",
      frameworkName: "Handling framework",
    },
    {
      name: "Protects the back",
      description: undefined,
      frameworkUrl: undefined,
      frameworkName: undefined,
    },
  ],
  subject: "Patient safety",
  badge: { shape: "shield", colour: "#0d5257", initials: "SH" },
  contactHours: 8.5,
  developmentPoints: 12,
  requirement: { id: "r", kind: "all-of", of: [] },
  ...changes,
});

export const award = (changes: Partial<Award> = {}): Award => ({
  id: randomUUID(),
  organisationId: organisation.id,
  learnerId,
  trackId: "5f0f6a2e-93f1-4a3f-8a34-6a3f7f1f5c03",
  trackVersion: 2,
  trackName: "Safe Handling",
  round: 1,
  subjectUrn: `urn:uuid:${randomUUID()}`,
  awardedAt: new Date("2026-03-03T16:20:10.123Z"),
  explanation: {
    nodeId: "r",
    kind: "all-of",
    state: "met",
    sentence: "Both courses are passed.",
    evidence: ["f1"],
    needed: 1,
    steps: [
      {
        nodeId: "a",
        kind: "exam-passed",
        state: "met",
        sentence: "Passed with 91 % (pass mark 80 %).",
        evidence: ["f1"],
        needed: 0,
        exam: {
          examId: "e1",
          courseId: "c1",
          title: "Final exam",
          bestPercent: 91,
          passMarkPercent: 80,
          passedAt: new Date("2026-03-02T10:00:00Z"),
        },
        steps: [],
      },
    ],
  },
  evidence: [
    {
      courseCode: "AH-101",
      courseTitle: "Foundations",
      courseVersion: "2026",
      examTitle: "Final exam",
      contactHours: 4.5,
      passedAt: new Date("2026-03-02T10:00:00Z"),
      factId: "f1",
    },
  ],
  ...changes,
});

/** A store that keeps nothing but what the chapter asks of it, in memory. */
export function createMemoryNeeds(given: { award?: Award; track?: TrackVersion } = {}) {
  const theAward = given.award ?? award();
  const theTrack = given.track ?? trackVersion();
  const account: Account = {
    id: learnerId,
    organisationId: organisation.id,
    issuer: "https://lms.example.edu",
    sub: "u1",
    linkedTo: undefined,
    isTestUser: false,
    createdAt: NOW,
  };
  const profile: Profile = {
    id: learnerId,
    organisationId: organisation.id,
    name: "Noor van Dijk",
    nameFrom: "lms",
    proposedName: undefined,
    email: "Noor@Example.edu",
  };
  const memory = {
    credentials: [] as Credential[],
    keys: [] as IssuerKey[],
    lists: [] as StatusList[],
    signedLists: [] as string[],
    awardStates: [] as string[],
    standing: firstStanding(theAward),
    frozen: undefined as FrozenAddress | undefined,
    profiles: [profile],
    accounts: [account],
    pictures: [] as Picture[],
    brands: [] as Issuer[],
  };
  const needs = {
    addresses,
    sealedBox: createSealedBox(randomBytes(32).toString("hex")),
    now: () => NOW,
    organisations: {
      findById: async (id: string) => (id === organisation.id ? organisation : undefined),
    },
    awards: {
      listByIds: async (_organisationId: string, ids: readonly string[]) =>
        ids.includes(theAward.id) ? [{ ...theAward, standing: memory.standing }] : [],
      setCredentialStates: async ({ ids, state }: { ids: readonly string[]; state: string }) => {
        if (ids.length > 0) memory.awardStates.push(state);
      },
    },
    trackVersions: {
      find: async () => theTrack,
      findPublic: async ({ trackId, version }: { trackId: string; version: number }) =>
        trackId === theTrack.trackId && version === theTrack.version ? theTrack : undefined,
    },
    brands: { findPublic: async (id: string) => memory.brands.find((one) => one.id === id) },
    pictures: {
      find: async (organisationId: string, id: string) =>
        memory.pictures.find((one) => one.organisationId === organisationId && one.id === id),
    },
    accounts: {
      listByIds: async (_organisationId: string, ids: string[]) =>
        memory.accounts.filter(({ id }) => ids.includes(id)),
      findLearners: async (_organisationId: string, ids: readonly string[]) => {
        const mainOf = (id: string) => memory.accounts.find((one) => one.id === id)?.linkedTo ?? id;
        return [...new Set(ids.map(mainOf))].map((learnerId) => {
          const joined = memory.accounts.filter(({ linkedTo }) => linkedTo === learnerId);
          return { learnerId, accountIds: [learnerId, ...joined.map(({ id }) => id)] };
        });
      },
      listIdsOfLearner: async (_organisationId: string, id: string) => [
        id,
        ...memory.accounts.filter(({ linkedTo }) => linkedTo === id).map((linked) => linked.id),
      ],
    },
    profiles: {
      listByIds: async (_organisationId: string, ids: string[]) =>
        memory.profiles.filter(({ id }) => ids.includes(id)),
    },
    credentials: {
      addAll: async (credentials: readonly Credential[]) => {
        for (const credential of credentials) {
          const isThere = memory.credentials.some(({ awardId }) => awardId === credential.awardId);
          if (!isThere) memory.credentials.push(credential);
        }
      },
      listByAwards: async (_organisationId: string, awardIds: readonly string[]) =>
        memory.credentials.filter(({ awardId }) => awardIds.includes(awardId)),
      findById: async (id: string) => memory.credentials.find((one) => one.id === id),
      findByAward: async (_organisationId: string, awardId: string) =>
        memory.credentials.find((one) => one.awardId === awardId),
      setStatus: async (change: {
        awardId: string;
        status: Credential["status"];
        revision: number;
      }) => {
        const found = memory.credentials.find(({ awardId }) => awardId === change.awardId);
        if (found !== undefined && change.revision > 0) found.status = change.status;
      },
      setVisibility: async (change: {
        learnerIds: readonly string[];
        credentialId: string;
        visibility: Credential["visibility"];
      }) => {
        const found = memory.credentials.find(
          (one) => one.id === change.credentialId && change.learnerIds.includes(one.learnerId),
        );
        if (found === undefined) return "absent" as const;
        found.visibility = change.visibility;
        return "changed" as const;
      },
    },
    signer: createSigner(),
    checkPdfSignature: async () => ({ kind: "none" as const }),
    documentCertificates: { find: async () => undefined },
    getLearnerRecord: async () => await Promise.reject(new ToolError("not-found")),
    statusLists: {
      addOnce: async (list: StatusList) => {
        memory.lists.push(list);
        return "added" as const;
      },
      reserve: async () => memory.lists[0],
      newestNumber: async () => memory.lists.length,
    },
    signList: async (listId: string) => void memory.signedLists.push(listId),
    issuerKeys: {
      addOnce: async (key: IssuerKey) => {
        if (
          memory.keys.some(
            ({ algorithm, number }) => algorithm === key.algorithm && number === key.number,
          )
        )
          return "already-there" as const;
        memory.keys.push(key);
        return "added" as const;
      },
      list: async (issuerId: string) => memory.keys.filter((key) => key.issuerId === issuerId),
    },
    frozenAddress: {
      freeze: async (address: FrozenAddress) => (memory.frozen ??= address),
      find: async () => memory.frozen,
    },
  };
  return { needs, memory, award: theAward, track: theTrack };
}

/** Issues the credential of one award and says what came of it. */
export async function issueCredential(
  needs: IssueNeeds,
  { organisationId, awardId }: { organisationId: string; awardId: string },
) {
  const [outcome] = await issueCredentials(needs, { organisationId, awardIds: [awardId] });
  if (outcome === undefined) throw new Error("Nothing came of the award");
  return outcome.kind === "waiting-for-name"
    ? { kind: outcome.kind }
    : { kind: outcome.kind, credentialId: outcome.credentialId };
}
