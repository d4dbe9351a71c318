import { expect } from "chai";
import { tokenFaultOf } from "../../src/platforms/lms-answer.js";
import { describeConnection } from "../../src/platforms/connection-sentences.js";
import {
  LmsError,
  type LmsTrouble,
  lmsTroubles,
  troubleOfConnection,
} from "../../src/platforms/lms-trouble.js";
import { neededScopes } from "../../src/platforms/tool-registration.js";

const good = { kind: "good" } as const;
const all = { kind: "good", lacking: [] } as const;
const bad = (trouble: LmsTrouble) => ({ kind: "bad", trouble }) as const;

describe("what a test of a connection says", () => {
  it("is that both work when both do", () => {
    const lines = describeConnection({ keySet: good, token: all });
    expect(lines.map(({ id, outcome, next }) => [id, outcome, next])).to.deep.equal([
      ["keys", "works", ""],
      ["access", "works", ""],
    ]);
  });

  for (const trouble of lmsTroubles) {
    it(`is what happened and what to do about ${trouble}`, () => {
      const [line] = describeConnection({ keySet: bad(trouble), token: all });
      expect(line?.outcome).to.equal("fails");
      expect(line?.what).to.match(/^[A-Z].{20,}\.$/s);
      expect(line?.next).to.match(/^[A-Z].{20,}\.$/s);
    });
  }

  it("is different for everything that can be wrong", () => {
    const said = lmsTroubles.map(
      (trouble) => describeConnection({ keySet: bad(trouble), token: all })[0]?.what,
    );
    expect(new Set(said).size).to.equal(lmsTroubles.length);
  });

  const table: [LmsTrouble, string][] = [
    ["timed-out", "The LMS did not answer in time."],
    [
      "connection-refused",
      "The machine is there, but nothing answers at that address: it refused the connection.",
    ],
    ["host-unknown", "No machine is known by the name in the address."],
    ["key-set-empty", "The LMS publishes no key at all, so that no launch can be checked."],
    ["redirected", "The LMS sends on to another address, and Rosette follows to no other host."],
    ["not-there", "The LMS has nothing at that address."],
  ];
  for (const [trouble, sentence] of table) {
    it(`is “${sentence}” of ${trouble}`, () => {
      const [keys, access] = describeConnection({ keySet: bad(trouble), token: bad(trouble) });
      expect([keys?.what, access?.what]).to.deep.equal([sentence, sentence]);
    });
  }

  it("names the parts that the LMS does not allow", () => {
    const lacking = [neededScopes[0], neededScopes[1], neededScopes[3]];
    const [, access] = describeConnection({ keySet: good, token: { kind: "good", lacking } });
    expect(access).to.include({
      outcome: "incomplete",
      what: "The LMS lets Rosette in, but does not allow making columns in the gradebook, reading grades and reading who takes part in a course.",
    });
    expect(access?.next).to.contain("In Moodle").and.to.contain("in Canvas");
  });
});

describe("what became of a connection", () => {
  const withCode = (code: string) => Object.assign(new Error("secret"), { code });
  const table: [unknown, LmsTrouble][] = [
    [withCode("ENOTFOUND"), "host-unknown"],
    [withCode("EAI_AGAIN"), "host-unknown"],
    [withCode("ECONNREFUSED"), "connection-refused"],
    [withCode("ENETUNREACH"), "no-way-there"],
    [withCode("ETIMEDOUT"), "timed-out"],
    [withCode("ABORT_ERR"), "timed-out"],
    [withCode("CERT_HAS_EXPIRED"), "certificate-expired"],
    [withCode("ERR_TLS_CERT_ALTNAME_INVALID"), "certificate-of-another"],
    [withCode("UNABLE_TO_VERIFY_LEAF_SIGNATURE"), "certificate-untrusted"],
    [withCode("DEPTH_ZERO_SELF_SIGNED_CERT"), "certificate-untrusted"],
    [withCode("ERR_SSL_WRONG_VERSION_NUMBER"), "encryption-failed"],
    [withCode("ECONNRESET"), "connection-broken"],
    [withCode("HPE_INVALID_CONSTANT"), "connection-broken"],
    [withCode("toString"), "connection-broken"],
    [new Error("no code"), "connection-broken"],
    ["no error", "connection-broken"],
  ];
  for (const [error, trouble] of table) {
    const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
    it(`is ${trouble} after ${code}`, () => {
      expect(troubleOfConnection(error)).to.equal(trouble);
    });
  }
});

describe("why an LMS gives no token", () => {
  const refusal = (status: number, text: string) =>
    tokenFaultOf({ status, headers: {}, text }, new Date());
  const table: [string, number, string, LmsTrouble | undefined][] = [
    ["a client it does not know", 400, '{"error":"invalid_client"}', "invalid-client"],
    ["the same with 401", 401, '{"error":"invalid_client"}', "invalid-client"],
    ["a byte order mark", 400, '\uFEFF{"error":"invalid_scope"}', "invalid-scope"],
    [
      "words of its own beside",
      400,
      '{"error":"unsupported_grant_type","error_description":"<secret>"}',
      "unsupported-grant-type",
    ],
    ["a word that is none", 400, '{"error":"<b>secret</b>"}', "refused"],
    ["an error that is no word", 403, '{"error":{"secret":1}}', "forbidden"],
    ["a page", 404, "<html>secret</html>", "not-there"],
    ["a fault of its own", 500, '{"error":"invalid_client"}', "server-error"],
    ["too much", 429, '{"error":"invalid_client"}', "busy"],
    ["a success", 200, '{"error":"invalid_client"}', undefined],
  ];
  for (const [what, status, text, trouble] of table) {
    it(`is ${trouble ?? "nothing"} for ${what}, and nothing that it wrote is repeated`, () => {
      const fault = refusal(status, text);
      expect(fault?.trouble).to.equal(trouble);
      expect(fault?.message ?? "").not.to.contain("secret");
    });
  }

  it("stands in what is noted about it, beside the status", () => {
    const fault = refusal(400, '{"error":"invalid_client"}');
    expect(fault).to.be.instanceOf(LmsError);
    expect(fault?.message).to.equal("platform-refused: status 400, invalid_client");
  });
});
