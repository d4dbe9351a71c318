import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { getDocument } from "pdfjs-dist/legacy/build/pdf.mjs";

const run = promisify(execFile);

type TreeNode = { role?: string; alt?: string; type?: string; id?: string; children?: TreeNode[] };

/** An element of a PDF's structure as a screen reader meets it. */
type PdfElement = { role: string; text: string; alt: string | undefined };

type TextItem = { str?: string; type?: string; id?: string; hasEOL?: boolean };

/** The text of each marked stretch of a page, by the id that the structure names it with. */
function textByMark(items: readonly TextItem[]): Map<string, string> {
  const texts = new Map<string, string>();
  const open: (string | undefined)[] = [];
  for (const item of items) {
    if (item.type === "beginMarkedContentProps") open.push(item.id);
    else if (item.type === "beginMarkedContent") open.push(undefined);
    else if (item.type === "endMarkedContent") open.pop();
    const mark = open.at(-1);
    if (mark !== undefined && item.str !== undefined)
      texts.set(mark, `${texts.get(mark) ?? ""}${item.str}${item.hasEOL === true ? " " : ""}`);
  }
  return texts;
}

/** Reads a PDF with another library than the one that wrote it (PDF.js). */
export async function readPdf(bytes: Uint8Array) {
  const document = await getDocument({ data: new Uint8Array(bytes), verbosity: 0 }).promise;
  const elements: PdfElement[] = [];
  let unmarkedText = "";
  let text = "";
  for (let number = 1; number <= document.numPages; number += 1) {
    const page = await document.getPage(number);
    const { items } = await page.getTextContent({ includeMarkedContent: true });
    const texts = textByMark(items);
    let depth = 0;
    for (const item of items as TextItem[]) {
      if (item.type?.startsWith("begin") === true) depth += 1;
      else if (item.type === "endMarkedContent") depth -= 1;
      else if (depth === 0) unmarkedText += item.str ?? "";
      text += item.str ?? "";
    }
    const visit = (node: TreeNode): string => {
      if (node.type === "content") return texts.get(node.id ?? "") ?? "";
      const element: PdfElement = { role: node.role ?? "", text: "", alt: node.alt };
      const place = elements.push(element) - 1;
      const said = (node.children ?? []).map(visit).join("");
      element.text = said.replace(/\s+/g, " ").trim();
      // The tree of each page names the elements of all pages; those of others are empty.
      if (element.text === "" && element.alt === undefined) elements.splice(place, 1);
      return said;
    };
    visit(await page.getStructTree());
  }
  const { info, metadata } = await document.getMetadata();
  const attachments = (await document.getAttachments()) as Record<
    string,
    { filename: string; content: Uint8Array }
  > | null;
  const markInfo = await document.getMarkInfo();
  const pageCount = document.numPages;
  const runs = [await document.getJSActions(), await document.getOpenAction()];
  await document.destroy();
  return {
    info: info as Record<string, unknown>,
    xmp: metadata.getRaw() as string,
    isMarked: markInfo?.Marked === true,
    elements,
    /** Text that no element and no artifact holds: a screen reader would miss it. */
    unmarkedText,
    text,
    pageCount,
    /** What a reader would run by itself: scripts, and an action on opening. */
    runs: runs.filter((each: unknown) => each !== null && each !== undefined),
    attachments: Object.values(attachments ?? {}).map(({ filename, content }) => ({
      filename,
      text: Buffer.from(content).toString("utf8"),
    })),
  };
}

/** The signed bytes of a PDF and the signature over them (ISO 32000-1 §12.8.1). */
function signatureOf(pdf: Buffer): { signed: Buffer; cms: Buffer; coversAll: boolean } {
  const found = /\/ByteRange \[(\d+) (\d+) (\d+) (\d+)\s*\]/.exec(pdf.toString("latin1"));
  if (found === null) throw new Error("The PDF is not signed");
  const [start = 0, length = 0, secondStart = 0, secondLength = 0] = found.slice(1).map(Number);
  const hex = pdf.subarray(start + length + 1, secondStart - 1).toString("latin1");
  const padded = Buffer.from(hex, "hex");
  // DER says how long it is: after it there is padding.
  const cmsLength = 4 + padded.readUInt16BE(2);
  return {
    signed: Buffer.concat([
      pdf.subarray(start, start + length),
      pdf.subarray(secondStart, secondStart + secondLength),
    ]),
    cms: padded.subarray(0, cmsLength),
    coversAll: start === 0 && secondStart + secondLength === pdf.length,
  };
}

async function inFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "rosette-pdf-"));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Verifies the signature with OpenSSL, which trusts the one certificate alone. */
export async function verifyWithOpenssl(pdf: Buffer, certificateDer: Uint8Array): Promise<boolean> {
  const { signed, cms, coversAll } = signatureOf(pdf);
  if (!coversAll) return false;
  return await inFolder(async (folder) => {
    const at = (name: string): string => join(folder, name);
    await writeFile(at("signed"), signed);
    await writeFile(at("cms"), cms);
    await writeFile(at("der"), certificateDer);
    await run("openssl", ["x509", "-inform", "der", "-in", at("der"), "-out", at("pem")]);
    const verify = ["cms", "-verify", "-binary", "-inform", "der", "-in", at("cms")];
    const trust = ["-content", at("signed"), "-CAfile", at("pem"), "-purpose", "any"];
    return await run("openssl", [...verify, ...trust, "-out", at("out")]).then(
      () => true,
      () => false,
    );
  });
}

/** What poppler's pdfsig says, or nothing where it is not installed. */
export async function verifyWithPdfsig(pdf: Buffer): Promise<string | undefined> {
  return await inFolder(async (folder) => {
    const file = join(folder, "signed.pdf");
    await writeFile(file, pdf);
    const said = await run("pdfsig", [file]).catch((error: unknown) => {
      if ((error as { code?: string }).code === "ENOENT") return undefined;
      return { stdout: String((error as { stdout?: string }).stdout) };
    });
    return said?.stdout;
  });
}
