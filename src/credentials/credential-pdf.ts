import type { Block, PrintedDocument } from "../documents/printed-document.js";
import { plainDate } from "../progress/plain-words.js";
import {
  criteriaTextOf,
  initialsStatementIn,
  isCertificate,
  nameIn,
  type OpenBadgeCredential,
} from "./open-badge.js";

type Printed = {
  document: OpenBadgeCredential;
  /** The signed credential, which travels inside. */
  jwt: string;
  badge: { png: Uint8Array; colour: string };
};

/** What it is called in a sentence. */
const kindOf = (document: OpenBadgeCredential): string =>
  isCertificate(document) ? "certificate" : "micro-credential";

function factsOf(document: OpenBadgeCredential): Block {
  const { achievement, creditsEarned, result } = document.credentialSubject;
  const points = result?.find(({ resultDescription }) =>
    resultDescription.endsWith("#development-points"),
  );
  return {
    kind: "facts",
    facts: [
      { term: "Awarded on", text: plainDate(new Date(document.awardedDate)) },
      { term: "Subject", text: achievement.fieldOfStudy },
      ...(creditsEarned === undefined
        ? []
        : [{ term: "Contact hours", text: String(creditsEarned) }]),
      ...(points === undefined ? [] : [{ term: "Development points", text: points.value }]),
      { term: "Issued by", text: document.issuer.name },
      { term: "Edition", text: `Version ${achievement.version}` },
    ],
  };
}

function competenciesOf({ credentialSubject }: OpenBadgeCredential): Block[] {
  const tags = credentialSubject.achievement.tag ?? [];
  if (tags.length === 0) return [];
  return [
    { kind: "heading", level: 2, text: "What it shows" },
    { kind: "list", items: [...tags] },
  ];
}

function coursesOf({ evidence = [] }: OpenBadgeCredential): Block[] {
  const courses = evidence.filter(({ genre }) => genre === "Course");
  if (courses.length === 0) return [];
  const items = courses.map(({ name, narrative }) => `${name}: ${narrative}`);
  return [
    {
      kind: "heading",
      level: 2,
      text: "Courses",
    },
    { kind: "list", items },
  ];
}

/** What every printed credential says about what it is not. */
const notALicence = (document: OpenBadgeCredential): string =>
  `This ${kindOf(document)} records professional learning. It is not a licence to practise. ${initialsStatementIn(document) ?? "It gives no initials after the name."}`;

/**
 * A credential on paper: a certificate framed, a micro-credential as a one-page record. Read from
 * what was signed and nothing else; the signed credential itself is attached.
 */
export function credentialPdf({ document, jwt, badge }: Printed): PrintedDocument {
  const { achievement } = document.credentialSubject;
  const name = nameIn(document);
  const kind = kindOf(document);
  const align = isCertificate(document) ? "centre" : "start";
  const awardedTo = name === undefined ? ". Its holder had their name taken out." : ", awarded to";
  const blocks: Block[] = [
    { kind: "picture", png: badge.png, alt: achievement.image.caption, widthPt: 92, align },
    { kind: "heading", level: 1, text: achievement.name, align },
    { kind: "paragraph", text: `A ${kind} of ${document.issuer.name}${awardedTo}`, align },
    ...(name === undefined ? [] : [{ kind: "name", text: name, align } satisfies Block]),
    { kind: "paragraph", text: achievement.description, align },
    { kind: "space", heightPt: 6 },
    factsOf(document),
    { kind: "heading", level: 2, text: "What it took" },
    { kind: "paragraph", text: criteriaTextOf(document) },
    ...competenciesOf(document),
    ...coursesOf(document),
    {
      kind: "qr-code",
      url: document.id,
      alt: `QR code of the page on which this ${kind} can be checked: ${document.id}`,
      text: "Scan the code or open the address to see whether this is genuine and still in force. The signed credential travels inside this file as an attachment.",
    },
    { kind: "paragraph", size: "small", text: notALicence(document) },
  ];
  return {
    title: name === undefined ? achievement.name : `${achievement.name}: ${name}`,
    language: "en",
    author: document.issuer.name,
    subject: `${kind.replace(/^./, (first) => first.toUpperCase())} awarded ${name === undefined ? "" : `to ${name} `}by ${document.issuer.name}`,
    createdAt: new Date(document.validFrom),
    page: {
      orientation: "portrait",
      accentColour: badge.colour,
      hasFrame: isCertificate(document),
      fitsOnePage: true,
    },
    blocks,
    attachments: [
      {
        name: "credential.jwt",
        mediaType: "text/plain",
        description: "The signed Open Badges 3.0 credential (VC-JWT)",
        bytes: Buffer.from(jwt, "utf8"),
      },
    ],
  };
}
