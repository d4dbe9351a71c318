import { generateKeyPairSync } from "node:crypto";
import type { ErrorCode } from "../../src/errors.js";
import type { Attack } from "./attack.js";
import {
  type AnswerKeys,
  type SimulatedPlatform,
  startSimulatedPlatform,
  strangerJwk,
} from "./simulated-platform.js";
import { answerWithoutEnd } from "./wire.js";
import { launchWith } from "./world.js";

const text =
  (make: (good: Parameters<AnswerKeys>[0]) => string): AnswerKeys =>
  (good) =>
  (_request, response) =>
    response.end(make(good));
/** The one key, with something else about it. */
const changed = (changes: object): AnswerKeys =>
  text(({ keys: [key] }) => JSON.stringify({ keys: [{ ...key, ...changes }] }));

const weak = () =>
  generateKeyPairSync("rsa", { modulusLength: 1024 }).publicKey.export({ format: "jwk" });

const drip: AnswerKeys = () => (_request, response) => {
  const timer = setInterval(() => response.write(" "), 50);
  response.on("close", () => {
    clearInterval(timer);
  });
};
const endless: AnswerKeys = () => (_request, response) => {
  answerWithoutEnd(response);
};
/** To a place that would serve the right keys. */
const elsewhere: AnswerKeys = (good) => (request, response) => {
  if (request.headers.host?.startsWith("localhost") === true)
    text(JSON.stringify)(good)(request, response);
  else {
    const port = request.headers.host?.split(":")[1] ?? "";
    response.writeHead(302, { location: `http://localhost:${port}/keys` }).end();
  }
};

const keySets: [string, ErrorCode, AnswerKeys][] = [
  ["never come", "launch-keys-unavailable", () => () => undefined],
  ["come a byte at a time, for ever", "launch-keys-unavailable", drip],
  ["have no end", "launch-keys-unavailable", endless],
  ["are a page", "launch-keys-unavailable", text(() => "<html><b>Sign in</b></html>")],
  ["stand on another host", "launch-keys-unavailable", elsewhere],
  ["are an operator", "launch-keys-unavailable", text(() => '{"keys":{"$ne":""}}')],
  [
    "are too many to look through",
    "launch-keys-unavailable",
    text(({ keys }) => JSON.stringify({ keys: Array(5000).fill(keys[0]) })),
  ],
  [
    "are an answer of 500, with the keys in it",
    "launch-keys-unavailable",
    (good) => (_request, response) => response.writeHead(500).end(JSON.stringify(good)),
  ],
  ["are none", "launch-key-unknown", text(() => '{"keys":[]}')],
  ["are secrets", "launch-key-unknown", changed({ kty: "oct", k: "c2VjcmV0" })],
  ["are for encrypting", "launch-key-unknown", changed({ use: "enc" })],
  ["are for another algorithm", "launch-key-unknown", changed({ alg: "RS512" })],
  ["are short enough to break", "launch-key-unknown", (good) => changed(weak())(good)],
  ["have an operator for their kid", "launch-key-unknown", changed({ kid: { $ne: "" } })],
  [
    "are somebody else's under their kid",
    "launch-signature-wrong",
    (good) => changed(strangerJwk())(good),
  ],
];

/** A platform for each of these key sets, to be registered like any other. */
export async function startHostilePlatforms(): Promise<Map<string, SimulatedPlatform>> {
  const started = keySets.map(
    async ([what, , answerKeys]) =>
      [what, await startSimulatedPlatform("first", answerKeys)] as const,
  );
  return new Map(await Promise.all(started));
}

/** Launches of platforms whose keys, as they publish them, cannot be trusted or read. */
export const keySetAttacks: Attack[] = keySets.map(([what, code]) => ({
  name: `a launch of a platform whose keys ${what}`,
  code,
  act: async (world, isFaulty) => {
    const platform = isFaulty ? world.hostilePlatforms?.get(what) : world.platform;
    if (platform === undefined) throw new Error(`no platform whose keys ${what}`);
    return await launchWith({ ...world, platform }, (claims) => platform.sign(claims));
  },
}));
