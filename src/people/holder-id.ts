import { readUrl } from "../read-url.js";

/** What a learner's own address may be as long as; an RSA key as a `did:key` takes some 700. */
const MOST_CHARACTERS = 1000;

/** DID Core 1.0 §3.1, without path, query and fragment: who, and not a thing of theirs. */
const DID =
  /^did:[a-z0-9]+:(?:(?:[A-Za-z0-9._-]|%[0-9A-Fa-f]{2})*:)*(?:[A-Za-z0-9._-]|%[0-9A-Fa-f]{2})+$/;

/** Of what an address is made of that stands in signed text as it is, whatever the syntax. */
const PLAIN_ADDRESS = /^https:\/\/[A-Za-z0-9._~:/?#%=&@!$'()*+,;-]+$/;

export type HolderIdReading =
  { kind: "ok"; holderId: string } | { kind: "faulty"; sentence: string };

const faulty = (sentence: string): HolderIdReading => ({ kind: "faulty", sentence });

function readAddress(text: string): HolderIdReading {
  const url = readUrl(text);
  if (url === undefined)
    return faulty("This is no web address. One looks like https://example.org/me.");
  if (url.protocol !== "https:") return faulty("The address has to begin with https://.");
  if (url.username !== "" || url.password !== "")
    return faulty("The address holds a user name or a password. Leave them out.");
  if (!url.hostname.includes(".") || /^[\d.]+$|^\[/.test(url.hostname))
    return faulty("The address has to name a site on the web, like example.org.");
  return PLAIN_ADDRESS.test(url.href)
    ? { kind: "ok", holderId: url.href }
    : faulty("There are characters in the address that cannot stand in a credential.");
}

/**
 * A decentralised identifier (DID) or an https address that a learner says is theirs, as it goes
 * into credentials. Whether it is theirs nobody has checked, and nothing is fetched.
 */
export function readHolderId(typed: string): HolderIdReading {
  const text = typed.trim();
  if (text === "") return faulty("Enter your DID or your web address.");
  if (text.length > MOST_CHARACTERS)
    return faulty(`It is too long: at most ${MOST_CHARACTERS} characters.`);
  if (!/^did:/i.test(text)) return readAddress(text);
  if (/[/?#]/.test(text))
    return faulty("Enter the DID alone, without anything after /, ? or # in it.");
  return DID.test(text)
    ? { kind: "ok", holderId: text }
    : faulty(
        "This is not how a DID is written. One looks like did:web:example.org or did:key:z6Mk….",
      );
}
