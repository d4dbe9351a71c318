import type { ConnectionTest } from "./test-connection.js";
import type { LmsTrouble } from "./lms-trouble.js";
import type { NeededScope } from "./tool-registration.js";

/** What happened, and what to do about it. */
type Sentences = { what: string; next: string };

const askLms = "ask whoever looks after the LMS";
const askHost = "ask whoever runs Rosette";
const copyAgain = "Copy the address again from where the LMS shows the tool's configuration.";
const ownKeys =
  "Check that the client ID is the one the LMS shows, that the tool is switched on there, and that the LMS has Rosette's public keys address and can reach it.";

const sentencesOf: Record<LmsTrouble, Sentences> = {
  "address-not-web": {
    what: "The address is none that Rosette can call: it has to begin with https:// and hold no user name.",
    next: copyAgain,
  },
  "address-unencrypted": {
    what: "The address begins with http://, and Rosette sends nothing unencrypted.",
    next: `Use the address that begins with https://. For an LMS on your own machine, ${askHost} to start it with ALLOW_PRIVATE_PLATFORMS=true.`,
  },
  "address-private": {
    what: "The address leads into a private network, and Rosette does not go there.",
    next: `Check the address. If your LMS does stand there, ${askHost} to start it with ALLOW_PRIVATE_PLATFORMS=true.`,
  },
  "host-unknown": {
    what: "No machine is known by the name in the address.",
    next: `Look for a typing mistake. If the name is right, it cannot be looked up from where Rosette runs: ${askHost}.`,
  },
  "connection-refused": {
    what: "The machine is there, but nothing answers at that address: it refused the connection.",
    next: `Check the port in the address, and whether the LMS is running; if both are right, ${askLms} whether a firewall keeps Rosette out.`,
  },
  "no-way-there": {
    what: "There is no way through the network from Rosette to that machine.",
    next: `Check the address; if it is right, ${askHost} whether Rosette may reach the internet.`,
  },
  "timed-out": {
    what: "The LMS did not answer in time.",
    next: `Try again in a minute. If it stays like this, ${askLms} whether it is overloaded or a firewall keeps Rosette out.`,
  },
  "certificate-expired": {
    what: "The security certificate at that address has expired.",
    next: `To mend it, ${askLms} to renew the certificate.`,
  },
  "certificate-of-another": {
    what: "The security certificate at that address belongs to another name.",
    next: `Check the host in the address; if it is right, ${askLms} to mend the certificate.`,
  },
  "certificate-untrusted": {
    what: "The security certificate at that address comes from nobody that Rosette trusts, or a part of its chain is missing.",
    next: `To mend it, ${askLms} to install the whole certificate chain. Where an institution has an authority of its own, ${askHost} to set NODE_EXTRA_CA_CERTS.`,
  },
  "encryption-failed": {
    what: "No secure connection came about: what answers at that address does not speak https as Rosette does.",
    next: "Check the port in the address, and that it begins with https:// for good reason.",
  },
  "connection-broken": {
    what: "The connection broke off before the answer was whole.",
    next: `Try again. If it stays like this, ${askLms}.`,
  },
  redirected: {
    what: "The LMS sends on to another address, and Rosette follows to no other host.",
    next: "Open the address in a browser and see where it leads. If that is your LMS, use the address there.",
  },
  forbidden: {
    what: "The LMS answered that Rosette may not read this.",
    next: `${copyAgain} If it is right, ${askLms} whether it asks for a sign-in there or keeps Rosette out.`,
  },
  "not-there": {
    what: "The LMS has nothing at that address.",
    next: copyAgain,
  },
  refused: {
    what: "The LMS refused the request and did not say why.",
    next: `${copyAgain} If it is right, ${askLms} to look into its log.`,
  },
  busy: {
    what: "The LMS asked Rosette to slow down.",
    next: "Wait a minute, then test again.",
  },
  "server-error": {
    what: "The LMS answered that something is wrong on its own side.",
    next: `Try again in a minute. If it stays like this, ${askLms} to look into its log.`,
  },
  "too-long": {
    what: "The answer was far longer than it can be.",
    next: `${copyAgain} Another page seems to stand there.`,
  },
  "not-json": {
    what: "What answered sent something else than data, perhaps a page for people.",
    next: `${copyAgain} If it is right, see in a browser whether the LMS shows a sign-in or says that it is under maintenance.`,
  },
  "no-key-set": {
    what: "The answer is no set of keys.",
    next: `${copyAgain} It is called public keyset, JWKS or JWK URL.`,
  },
  "key-set-empty": {
    what: "The LMS publishes no key at all, so that no launch can be checked.",
    next: `To mend it, ${askLms} to make the keys that it signs LTI launches with.`,
  },
  "key-set-unusable": {
    what: "The LMS publishes keys, but none that Rosette accepts: RSA for RS256 with 2048 bits or more, and a key id.",
    next: `To mend it, ${askLms} to make such a key.`,
  },
  "no-token": {
    what: "The LMS agreed, but its answer holds no access token.",
    next: `${copyAgain} It is called access token or token URL.`,
  },
  "invalid-request": {
    what: "The LMS could not accept Rosette's request or its signature (invalid_request).",
    next: `${ownKeys} If your LMS names an audience for token requests, it has to be entered too.`,
  },
  "invalid-client": {
    what: "The LMS does not recognise Rosette: it does not know the client ID, or could not check Rosette's signature (invalid_client).",
    next: ownKeys,
  },
  "invalid-grant": {
    what: "The LMS did not accept what Rosette signed (invalid_grant).",
    next: `${ownKeys} Check also that the clocks of both machines are right.`,
  },
  "unauthorized-client": {
    what: "The LMS knows Rosette, but lets it use no parts by itself (unauthorized_client).",
    next: "Allow the tool its parts in the LMS, and check that it is switched on there.",
  },
  "unsupported-grant-type": {
    what: "What answers gives out access in another way than LTI (unsupported_grant_type).",
    next: `${copyAgain} Another sign-in service of the LMS seems to stand there.`,
  },
  "invalid-scope": {
    what: "The LMS lets Rosette use none of the parts that it needs (invalid_scope).",
    next: "Allow the tool its parts in the LMS. In Moodle they stand under Parts in the tool's settings, in Canvas under LTI Advantage Parts of its key.",
  },
};

const serviceOf: Record<NeededScope, string> = {
  "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem": "making columns in the gradebook",
  "https://purl.imsglobal.org/spec/lti-ags/scope/result.readonly": "reading grades",
  "https://purl.imsglobal.org/spec/lti-ags/scope/score": "sending scores",
  "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly":
    "reading who takes part in a course",
};

const inWords = (parts: readonly string[]): string =>
  parts.length < 2 ? parts.join("") : `${parts.slice(0, -1).join(", ")} and ${parts.at(-1) ?? ""}`;

/** One line of what a page says about a test. */
export type ConnectionLine = Sentences & {
  id: "keys" | "access";
  label: string;
  outcome: "works" | "incomplete" | "fails";
};

const failed = (trouble: LmsTrouble) => ({ outcome: "fails" as const, ...sentencesOf[trouble] });

function accessLine(token: ConnectionTest["token"]): Sentences & Pick<ConnectionLine, "outcome"> {
  if (token.kind === "bad") return failed(token.trouble);
  if (token.lacking.length === 0) {
    return { outcome: "works", what: "The LMS lets Rosette use every service it needs.", next: "" };
  }
  const parts = inWords(token.lacking.map((scope) => serviceOf[scope]));
  return {
    outcome: "incomplete",
    what: `The LMS lets Rosette in, but does not allow ${parts}.`,
    next: sentencesOf["invalid-scope"].next,
  };
}

/** What a test of a connection found, in plain words. Nothing of it comes from the LMS. */
export function describeConnection({ keySet, token }: ConnectionTest): ConnectionLine[] {
  const keys =
    keySet.kind === "bad"
      ? failed(keySet.trouble)
      : {
          outcome: "works" as const,
          what: "Rosette can read the keys that the LMS signs launches with.",
          next: "",
        };
  return [
    { id: "keys", label: "Public keyset URL", ...keys },
    { id: "access", label: "Access token URL", ...accessLine(token) },
  ];
}
