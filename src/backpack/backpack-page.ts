import { type Credential, credentialDocument } from "../credentials/credential.js";
import { initialsStatementIn } from "../credentials/open-badge.js";
import type { CredentialStatus } from "../status-lists/status-list.js";
import { plainDate } from "../progress/plain-words.js";
import { type Backpack, type Grouping, groupItems } from "./backpack.js";

/** A credential as it lies in the backpack. */
export type BackpackItem = {
  id: string;
  name: string;
  issuerName: string;
  subject: string;
  awardedOn: string;
  badgePath: string;
  /** What it says of initials after the name. */
  initials: string | undefined;
  visibility: Credential["visibility"];
  status: CredentialStatus;
};

export const backpackItem = (credential: Credential): BackpackItem => {
  const document = credentialDocument(credential);
  const { achievement } = document.credentialSubject;
  return {
    id: credential.id,
    name: document.name,
    issuerName: document.issuer.name,
    subject: achievement.fieldOfStudy,
    awardedOn: plainDate(new Date(document.awardedDate)),
    badgePath: new URL(achievement.image.id).pathname,
    initials: initialsStatementIn(document),
    visibility: credential.visibility,
    status: credential.status,
  };
};

const groupings: Record<Grouping, string> = {
  organisation: "Organisation",
  subject: "Subject",
  collection: "My collections",
};

export const isGrouping = (text: string): text is Grouping => Object.hasOwn(groupings, text);

/** What the backpack shows, as data. */
export function backpackPage(backpack: Backpack, credentials: readonly Credential[], by: Grouping) {
  const placeOf = new Map(backpack.places.map((one) => [one.credentialId, one.collectionId]));
  const items = credentials.map(backpackItem);
  const groups = groupItems(backpack, items, by).map((group) => ({
    name: group.name,
    items: group.items.map((item, index) => ({
      ...item,
      collectionId: placeOf.get(item.id) ?? "",
      isFirst: index === 0,
      isLast: index === group.items.length - 1,
    })),
  }));
  return {
    grouping: by,
    groupings: Object.entries(groupings).map(([value, label]) => ({ value, label })),
    groups,
    collections: backpack.collections,
    portfolio: {
      isPublic: backpack.isPortfolioPublic,
      path: `/portfolio/${backpack.portfolioId}`,
      publicCount: credentials.filter(({ visibility }) => visibility === "public").length,
    },
  };
}
