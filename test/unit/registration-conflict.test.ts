import { expect } from "chai";
import {
  findRegistrationConflict,
  type RegistrationConflict,
} from "../../src/platforms/registration-conflict.js";

const at = (host: string, changes: object = {}) => ({
  issuer: "https://moodle.example",
  clientId: "client",
  jwksUrl: `https://${host}/keys`,
  tokenUrl: `https://${host}/token`,
  ...changes,
});
const canvas = (jwksHost: string, tokenHost: string, changes: object = {}) => ({
  issuer: "https://canvas.instructure.com",
  clientId: "10000000000017",
  jwksUrl: `https://${jwksHost}/keys`,
  tokenUrl: `https://${tokenHost}/token`,
  ...changes,
});

describe("a registration that came on an invitation", () => {
  const moodle = at("moodle.example");
  type Registration = typeof moodle;
  const table: [string, Registration, Registration[], RegistrationConflict | undefined][] = [
    ["the first of its LMS", moodle, [], undefined],
    ["the same again", moodle, [moodle], undefined],
    ["a second tool of the LMS", at("moodle.example", { clientId: "other" }), [moodle], undefined],
    [
      "people of the LMS, vouched for by a stranger's keys",
      at("evil.example", { clientId: "other" }),
      [moodle],
      "issuer",
    ],
    [
      "the LMS itself, after a stranger vouched for it",
      moodle,
      [at("evil.example", { clientId: "other" })],
      "issuer",
    ],
    [
      "the same host on another port",
      at("moodle.example:8443", { clientId: "other" }),
      [moodle],
      "issuer",
    ],
    ["a new address for the keys of the LMS", at("evil.example"), [moodle], "client"],
    [
      "new keys alone",
      at("moodle.example", { jwksUrl: "https://evil.example/keys" }),
      [moodle],
      "issuer",
    ],
    [
      "a token address that would be sent what is signed for the LMS",
      at("evil.example", { issuer: "https://evil.example" }),
      [moodle],
      "client",
    ],
    [
      "another LMS with a client ID of its own",
      at("other.example", { issuer: "https://other.example", clientId: "other" }),
      [],
      undefined,
    ],
    [
      "another school of hosted Canvas",
      canvas("sso.canvaslms.com", "b.instructure.com", { clientId: "2" }),
      [canvas("canvas.instructure.com", "a.instructure.com")],
      undefined,
    ],
    [
      "the same school of hosted Canvas, whose token address changed",
      canvas("sso.canvaslms.com", "new.instructure.com"),
      [canvas("sso.canvaslms.com", "old.instructure.com")],
      undefined,
    ],
    [
      "Canvas' issuer on a server that is none of Canvas'",
      canvas("evil.example", "evil.example", { clientId: "2" }),
      [canvas("sso.canvaslms.com", "a.instructure.com")],
      "issuer",
    ],
  ];
  for (const [what, wanted, rivals, conflict] of table) {
    it(`${conflict === undefined ? "passes" : "is held up"} when it is ${what}`, () => {
      expect(findRegistrationConflict(wanted, rivals)).to.equal(conflict);
    });
  }
});
