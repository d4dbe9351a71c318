import type { ErrorCode } from "../../src/errors.js";
import type { Attack, Claims } from "./attack.js";
import { compactToken, hmacWith, signRs512, strangerJwk } from "./simulated-platform.js";
import { launchWith, type World } from "./world.js";

type Forge = (claims: Claims, world: World) => string;

const changedPayload: Forge = (claims, { platform }) => {
  const [header, , signature] = platform.sign(claims).split(".");
  const payload = Buffer.from(JSON.stringify({ ...claims, sub: "ruth" })).toString("base64url");
  return [header, payload, signature].join(".");
};

const forgeries: [string, ErrorCode, Forge][] = [
  [
    "alg none and no signature",
    "launch-algorithm-refused",
    (c, { platform: { kid } }) => compactToken({ alg: "none", kid }, c, () => ""),
  ],
  [
    "alg nOnE and no signature",
    "launch-algorithm-refused",
    (c, { platform: { kid } }) => compactToken({ alg: "nOnE", kid }, c, () => ""),
  ],
  [
    "HS256 with the public key as its secret",
    "launch-algorithm-refused",
    (c, { platform: p }) => compactToken({ alg: "HS256", kid: p.kid }, c, hmacWith(p.publicKeyPem)),
  ],
  [
    "RS512 by the right key",
    "launch-algorithm-refused",
    (c, { platform: { kid } }) => signRs512(c, kid),
  ],
  [
    "a list for its alg",
    "launch-algorithm-refused",
    (c, { platform }) => platform.sign(c, { alg: ["RS256"] }),
  ],
  [
    "a stranger's signature under the published kid",
    "launch-signature-wrong",
    (c, { platform }) => platform.forge(c),
  ],
  [
    "a stranger's key under a kid of its own",
    "launch-key-unknown",
    (c, { platform }) => platform.forge(c, { kid: "stranger" }),
  ],
  [
    "the key it is to be checked with (jwk)",
    "launch-signature-wrong",
    (c, { platform }) => platform.forge(c, { jwk: strangerJwk() }),
  ],
  [
    "an address of its key (jku)",
    "launch-signature-wrong",
    (c, { platform }) => platform.forge(c, { jku: "http://127.0.0.1:9/evil" }),
  ],
  [
    "an address of its certificate (x5u)",
    "launch-signature-wrong",
    (c, { platform }) => platform.forge(c, { x5u: "http://127.0.0.1:9/evil" }),
  ],
  ["no kid", "launch-key-missing", (c, { platform }) => platform.sign(c, { kid: undefined })],
  [
    "an operator for its kid",
    "launch-key-missing",
    (c, { platform }) => platform.sign(c, { kid: { $ne: "" } }),
  ],
  [
    "a path for its kid",
    "launch-key-unknown",
    (c, { platform }) => platform.sign(c, { kid: "../../../dev/null" }),
  ],
  [
    "__proto__ for its kid",
    "launch-key-unknown",
    (c, { platform }) => platform.sign(c, { kid: "__proto__" }),
  ],
  [
    "another platform's kid and key",
    "launch-key-unknown",
    (c, { otherPlatform }) => otherPlatform.sign(c),
  ],
  ["a payload changed after signing", "launch-signature-wrong", changedPayload],
  [
    "its signature cut off",
    "launch-signature-wrong",
    (c, { platform }) => platform.sign(c).replace(/[^.]+$/, ""),
  ],
];

/** Tokens whose signature, or the way it is said to be made, cannot be trusted. */
export const keyAttacks: Attack[] = forgeries.map(([what, code, forge]) => ({
  name: `a token with ${what}`,
  code,
  act: async (world, isFaulty) =>
    await launchWith(world, (claims) =>
      isFaulty ? forge(claims, world) : world.platform.sign(claims),
    ),
}));
