/** The colours and the size of a document's page. Sizes are in points (1/72 inch). */
export type PageDesign = {
  /** A4, upright or lying. */
  orientation: "portrait" | "landscape";
  /** `#rrggbb`: headings and the frame. */
  accentColour: string;
  /** `#rrggbb`: what stands within the frame stands on it; nothing for white paper. */
  groundColour?: string | undefined;
  /** A frame around each page, as certificates have. */
  hasFrame: boolean;
  /** Everything is made a little smaller until it stands on one page, as far as it stays legible. */
  fitsOnePage: boolean;
};

export type Alignment = "start" | "centre";

/** One piece of a document; pieces are printed, and read aloud, from first to last. */
export type Block =
  | { kind: "heading"; level: 1 | 2 | 3; text: string; align?: Alignment }
  | { kind: "paragraph"; text: string; size?: "small" | "normal" | "large"; align?: Alignment }
  /** Set large; made smaller and then wrapped when it is long, never cut. */
  | { kind: "name"; text: string; align?: Alignment }
  | { kind: "facts"; facts: { term: string; text: string }[] }
  | { kind: "list"; items: string[] }
  | {
      kind: "table";
      /** Read out before the table; printed above it. */
      caption: string;
      /** `share`: of the page's width, in parts of all shares. */
      columns: { label: string; share: number; isNumber?: boolean }[];
      rows: string[][];
    }
  /** `heightPt`: as high as wide where nothing is said. */
  | {
      kind: "picture";
      png: Uint8Array;
      alt: string;
      widthPt: number;
      heightPt?: number;
      align?: Alignment;
    }
  /** A QR code of an address, with words and the address itself beside it. */
  | { kind: "qr-code"; url: string; alt: string; text: string }
  | { kind: "space"; heightPt: number };

/** A file that travels inside the document. */
type Attachment = {
  name: string;
  mediaType: string;
  description: string;
  bytes: Uint8Array;
};

/** A document as it is to be printed: plain text throughout, whatever it looks like. */
export type PrintedDocument = {
  title: string;
  /** BCP 47 tag of the language that it is written in. */
  language: string;
  author: string;
  subject: string;
  /** Stands in the file as the time it was made. */
  createdAt: Date;
  page: PageDesign;
  blocks: Block[];
  attachments: Attachment[];
};

/** Who signs a document: DER, as the certificate maker made it. */
export type DocumentSigner = {
  name: string;
  reason: string;
  certificateDer: Uint8Array;
  privateKeyPkcs8: Uint8Array;
};
