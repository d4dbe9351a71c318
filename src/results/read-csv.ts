import { Readable } from "node:stream";
import { type CsvError, parse } from "csv-parse";
import { ToolError } from "../errors.js";

/** A record of a CSV file with the line of the file on which it ends. */
export type CsvRecord = { line: number; cells: string[] };

/** Longest record; a quote that is never closed ends here and not with the memory. */
const LONGEST_RECORD = 64 * 1024;

/** What parts the cells: whichever the first line has most of. */
function delimiterOf(start: string): string {
  const [first = ""] = start.split(/\r?\n/, 1);
  const count = (mark: string) => first.split(mark).length;
  return [",", ";", "\t"].reduce((most, mark) => (count(mark) > count(most) ? mark : most));
}

/** What a parser's code means for who made the file. */
function sentenceOf(code: string | undefined, line: number): string {
  const near = `near line ${line}`;
  if (code === "CSV_MAX_RECORD_SIZE")
    return `The line that begins ${near} is longer than any line of results. Perhaps a quotation mark opens there and is never closed.`;
  if (code === "CSV_QUOTE_NOT_CLOSED") return `A quotation mark opens ${near} and is never closed.`;
  return `It stops being CSV ${near}: look at the quotation marks there.`;
}

/** How files begin that spreadsheets write when they are not asked for CSV (ZIP, OLE2). */
const SPREADSHEETS = [
  [0x50, 0x4b, 0x03, 0x04],
  [0xd0, 0xcf, 0x11, 0xe0],
];

const isSpreadsheet = (start: Uint8Array): boolean =>
  SPREADSHEETS.some((mark) => mark.every((byte, index) => start[index] === byte));

const notText =
  "It is not text in UTF-8. In a spreadsheet choose “CSV UTF-8” as the kind of file when you save it.";
const notCsv =
  "It is a spreadsheet's own file. Open it there and save it once more as “CSV UTF-8”.";

async function* utf8Of(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const decode = (bytes?: Uint8Array): string => {
    try {
      return decoder.decode(bytes, { stream: bytes !== undefined });
    } catch (cause) {
      throw new ToolError("import-unreadable", { detail: notText, cause });
    }
  };
  let isFirst = true;
  for await (const chunk of chunks) {
    if (isFirst && isSpreadsheet(chunk))
      throw new ToolError("import-unreadable", { detail: notCsv });
    isFirst = false;
    yield decode(chunk);
  }
  yield decode();
}

/**
 * The records of a CSV file (RFC 4180; UTF-8 with or without a mark; comma, semicolon or tab), one
 * after another, in memory that does not grow with the file.
 * @throws ToolError import-unreadable when it is no CSV file or no UTF-8; its detail says why
 */
export async function* readCsv(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<CsvRecord> {
  const texts = utf8Of(chunks);
  const first = await texts.next();
  const start = first.done === true ? "" : first.value;
  async function* whole() {
    yield start;
    yield* texts;
  }
  const parser = Readable.from(whole()).compose(
    parse({
      ...{ bom: true, info: true, delimiter: delimiterOf(start), max_record_size: LONGEST_RECORD },
      ...{ relax_column_count: true, skip_empty_lines: true },
    }),
  ) as AsyncIterable<{ info: { lines: number }; record: string[] }>;
  try {
    for await (const { info, record } of parser) yield { line: info.lines, cells: record };
  } catch (cause) {
    if (cause instanceof ToolError) throw cause;
    const { code, lines } = cause as CsvError & { lines?: number };
    throw new ToolError("import-unreadable", { detail: sentenceOf(code, lines ?? 1), cause });
  }
}
