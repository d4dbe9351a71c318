const MOST_LETTERS = 60;
/** File systems count bytes: 255 of them at most, and paths get longer by every folder. */
const MOST_BYTES = 120;

/** Names that Windows keeps for devices, whatever ends them. */
const DEVICE = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)/i;

const letters = new Intl.Segmenter("en");

/** As many whole letters as there is room for. */
function shortened(text: string, mostLetters: number, mostBytes: number): string {
  let short = "";
  let count = 0;
  for (const { segment } of letters.segment(text)) {
    if (count === mostLetters || Buffer.byteLength(short + segment) > mostBytes) break;
    short += segment;
    count += 1;
  }
  return short;
}

/**
 * Without what no file system takes, what would lead into another folder, and what cannot be seen;
 * joiners, which letters of some scripts need (and families), stay between letters.
 */
const cleaned = (text: string): string =>
  text
    .normalize("NFC")
    .replace(/(?:(?!\u200C|\u200D)[\p{C}\p{Zl}\p{Zp}<>:"/\\|?*])+/gu, " ")
    .replace(/\s+/g, " ")
    .replace(/^(?:[\s.~-]|\u200C|\u200D)+|(?:[\s.]|\u200C|\u200D)+$/g, "");

/**
 * A name for a file or folder that every usual system takes, made from any text; one ending is
 * kept (`.txt`), as it says what the file is.
 * @param otherwise for text of which nothing is left
 */
export function safeFileName(text: string, otherwise: string): string {
  const clean = cleaned(text);
  const ending = /\.[a-z0-9]{1,10}$/i.exec(clean)?.[0] ?? "";
  const stem = clean.slice(0, clean.length - ending.length);
  const short = cleaned(shortened(stem, MOST_LETTERS, MOST_BYTES));
  const name = short === "" ? `${otherwise}${ending}` : `${short}${ending}`;
  return DEVICE.test(name) ? `${otherwise} ${name}` : name;
}

/** Gives each name once: a second one of the same letters, whatever their case, gets a number. */
export function createUniqueNames(): (name: string) => string {
  const taken = new Set<string>();
  return (name) => {
    const [, stem = "", ending = ""] = /^(.*?)(\.[a-z0-9]{1,10})?$/is.exec(name) ?? [];
    let unique = name;
    for (let number = 2; taken.has(unique.toLowerCase()); number += 1)
      unique = `${stem} ${number}${ending}`;
    taken.add(unique.toLowerCase());
    return unique;
  };
}
