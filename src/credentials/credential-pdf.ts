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
  /** `#rrggbb`: what a certificate stands on; nothing for white. */
  ground?: string | undefined;
  /** The issuer's, as they were when the edition was published. */
  logo?: PrintedPicture | undefined;
  signature?: PrintedPicture | undefined;
  signatory?: string | undefined;
  website?: string | undefined;
};

/** A picture in an issuer's name. `ratio`: its height as a part of its width. */
export type PrintedPicture = { png: Uint8Array; ratio: number };

/** As large as fits into a box. */
function fitInto({ ratio }: PrintedPicture, box: { widthPt: number; heightPt: number }) {
  const widthPt = Math.min(box.widthPt, box.heightPt / ratio);
  return { widthPt, heightPt: widthPt * ratio };
}

/** What it is called in a sentence. */
const kindOf = (document: OpenBadgeCredential): string =>
  isCertificate(document) ? "certificate" : "micro-credential";

function factsOf({ document, website }: Printed): Block {
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
      {
        term: "Issued by",
        text: [document.issuer.name, website].filter((text) => text !== undefined).join(", "),
      },
      { term: "Version", text: achievement.version },
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

/** The issuer's logo, at the head of the page. */
function logoOf({ logo, document }: Printed, align: "centre" | "start"): Block[] {
  if (logo === undefined) return [];
  const size = fitInto(logo, { widthPt: 190, heightPt: 44 });
  return [
    { kind: "picture", png: logo.png, alt: `Logo of ${document.issuer.name}`, ...size, align },
  ];
}

/** The signature by hand, and whose it is. The digital one is in the file itself. */
function signatureOf({ signature, signatory, document }: Printed): Block[] {
  const whose = signatory ?? document.issuer.name;
  const words: Block[] =
    signature === undefined && signatory === undefined
      ? []
      : [{ kind: "paragraph", text: whose, size: "small" }];
  if (signature === undefined) return words;
  const size = fitInto(signature, { widthPt: 150, heightPt: 44 });
  const alt = `Signature of ${whose}`;
  return [
    { kind: "space", heightPt: 12 },
    { kind: "picture", png: signature.png, alt, ...size, align: "start" },
    ...words,
  ];
}

/** What every printed credential says about what it is not. */
const notALicence = (document: OpenBadgeCredential): string =>
  `This ${kindOf(document)} records professional learning. It is not a licence to practise. ${initialsStatementIn(document) ?? "It gives no initials after the name."}`;

/**
 * A credential on paper: a certificate framed, a micro-credential as a one-page record. Read from
 * what was signed and nothing else; the signed credential itself is attached.
 */
export function credentialPdf(printed: Printed): PrintedDocument {
  const { document, jwt, badge } = printed;
  const { achievement } = document.credentialSubject;
  const name = nameIn(document);
  const kind = kindOf(document);
  const align = isCertificate(document) ? "centre" : "start";
  const awardedTo = name === undefined ? ". Its holder had their name taken out." : ", awarded to";
  const blocks: Block[] = [
    ...logoOf(printed, align),
    { kind: "picture", png: badge.png, alt: achievement.image.caption, widthPt: 92, align },
    { kind: "heading", level: 1, text: achievement.name, align },
    { kind: "paragraph", text: `A ${kind} of ${document.issuer.name}${awardedTo}`, align },
    ...(name === undefined ? [] : [{ kind: "name", text: name, align } satisfies Block]),
    { kind: "paragraph", text: achievement.description, align },
    { kind: "space", heightPt: 6 },
    factsOf(printed),
    { kind: "heading", level: 2, text: "What it took" },
    { kind: "paragraph", text: criteriaTextOf(document) },
    ...competenciesOf(document),
    ...coursesOf(document),
    ...signatureOf(printed),
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
      groundColour: printed.ground,
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
