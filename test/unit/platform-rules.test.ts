import { expect } from "chai";
import fc from "fast-check";
import { z } from "zod";
import { faultOf, parseLmsJson, readRetryAfter } from "../../src/platforms/lms-answer.js";
import { readOpenidConfiguration } from "../../src/platforms/openid-configuration.js";
import { familyOf, originsOf } from "../../src/platforms/platform.js";
import { isPrivateAddress } from "../../src/platforms/private-address.js";
import { describeToolForCanvas } from "../../src/platforms/tool-registration.js";
import { makeTypedCode, readTypedCode } from "../../src/people/one-time-code.js";

const now = new Date("2026-03-01T10:00:00Z");

describe("addresses of networks", () => {
  const table: [string, boolean][] = [
    ["8.8.8.8", false],
    ["127.0.0.1", true],
    ["10.0.0.1", true],
    ["172.31.255.255", true],
    ["172.32.0.1", false],
    ["192.168.1.1", true],
    ["169.254.169.254", true],
    ["100.64.0.1", true],
    ["0.0.0.0", true],
    ["224.0.0.1", true],
    ["255.255.255.255", true],
    ["::1", true],
    ["::", true],
    ["fe80::1%eth0", true],
    ["fd12::1", true],
    ["::ffff:10.0.0.1", true],
    ["::ffff:7f00:1", true],
    ["::7f00:1", true],
    ["2001:0:4136:e378::1", true],
    ["2002:a00:1::", true],
    ["2001:4860:4860::8888", false],
    ["::ffff:8.8.8.8", false],
    ["2606:4700::1111", false],
    ["no address", true],
  ];
  for (const [address, isPrivate] of table) {
    it(`${isPrivate ? "do not lead" : "lead"} outside from ${address}`, () => {
      expect(isPrivateAddress(address)).to.equal(isPrivate);
    });
  }
});

describe("an LMS' answer", () => {
  const answer = (status: number, headers: Record<string, string> = {}, text = "") => ({
    ...{ status, headers, text },
  });
  const table: [string, ReturnType<typeof answer>, string | undefined][] = [
    ["200", answer(200), undefined],
    ["204", answer(204), undefined],
    ["302", answer(302), "platform-refused"],
    ["401", answer(401), "platform-refused"],
    ["403", answer(403), "platform-refused"],
    [
      "Canvas' 403 of too many",
      answer(403, {}, "403 Forbidden (Rate Limit Exceeded)"),
      "platform-busy",
    ],
    ["429", answer(429), "platform-busy"],
    ["500", answer(500), "platform-unreachable"],
    ["503", answer(503), "platform-unreachable"],
    ["503 with a time", answer(503, { "retry-after": "5" }), "platform-busy"],
  ];
  for (const [what, given, code] of table) {
    it(`of ${what} is ${code ?? "a success"}`, () => {
      expect(faultOf(given, now)?.code).to.equal(code);
    });
  }

  it("says how long to wait in seconds, as a date, or not at all", () => {
    expect(readRetryAfter("120", now)).to.equal(120_000);
    expect(readRetryAfter("Sun, 01 Mar 2026 10:00:30 GMT", now)).to.equal(30_000);
    expect(readRetryAfter("Sun, 01 Mar 2026 09:00:00 GMT", now)).to.equal(1000);
    expect(readRetryAfter("soon", now)).to.equal(30_000);
    expect(readRetryAfter(undefined, now)).to.equal(30_000);
    expect(readRetryAfter("99999999", now)).to.equal(3_600_000);
  });

  it("is read as JSON with a byte order mark, and not as anything else", () => {
    expect(parseLmsJson('\uFEFF{"a":1}')).to.deep.equal({ a: 1 });
    expect(() => parseLmsJson("<html>")).to.throw("platform-answer-unreadable");
  });
});

describe("what an LMS says of itself", () => {
  const described = (changes: object = {}) => ({
    issuer: "https://lms.example",
    authorization_endpoint: "https://lms.example/auth",
    token_endpoint: "https://lms.example/token",
    jwks_uri: "https://lms.example/jwks",
    registration_endpoint: "https://lms.example/register",
    ...changes,
  });
  const from = "https://lms.example/.well-known/openid-configuration";
  it("is read into our words", () => {
    const family = "https://purl.imsglobal.org/spec/lti-platform-configuration";
    const offer = readOpenidConfiguration(from, {
      ...described({ [family]: { product_family_code: "moodle" }, odd: 1 }),
    });
    expect(offer).to.deep.equal({
      issuer: "https://lms.example",
      authorizationUrl: "https://lms.example/auth",
      tokenUrl: "https://lms.example/token",
      tokenAudience: undefined,
      jwksUrl: "https://lms.example/jwks",
      registrationUrl: "https://lms.example/register",
      family: "moodle",
      hosts: ["lms.example"],
      isOneHouse: true,
    });
  });

  /** An LMS with each of its addresses on a host: issuer, sign-in and keys, and the school's. */
  const onHosts = (issuer: string, sso = issuer, school = sso) => ({
    ...{ issuer: `https://${issuer}`, authorization_endpoint: `https://${sso}/authorize` },
    ...{ token_endpoint: `https://${school}/token`, jwks_uri: `https://${sso}/jwks` },
    registration_endpoint: `https://${school}/registrations`,
  });
  const [real, school] = ["canvas.instructure.com", "school.instructure.com"];
  const signIn = "sso.canvaslms.com";
  const hostedCanvas = onHosts(real, signIn, school);
  const own = "canvas.school.example";
  const stranger = { token_endpoint: "https://e.example/t" };
  const houses: [string, string, object, boolean][] = [
    ["one host", "lms.example", described(), true],
    ["another host that describes it", "e.example", described(), false],
    ["a stranger's token endpoint", "lms.example", described(stranger), false],
    ["another port", "lms.example", described({ jwks_uri: "https://lms.example:8443/j" }), false],
    ["a host below it", "lms.example", described({ jwks_uri: "https://a.lms.example/j" }), false],
    ["hosted Canvas", signIn, hostedCanvas, true],
    ["hosted Canvas, described by the school", school, hostedCanvas, true],
    [
      "Canvas' beta copy",
      "sso.beta.canvaslms.com",
      onHosts("canvas.beta.instructure.com", "sso.beta.canvaslms.com", "s.beta.instructure.com"),
      true,
    ],
    [
      "Canvas' test copy",
      "sso.test.canvaslms.com",
      onHosts("canvas.test.instructure.com", "sso.test.canvaslms.com", "s.test.instructure.com"),
      true,
    ],
    [
      "Canvas' beta copy with the keys of the real one",
      "sso.beta.canvaslms.com",
      onHosts("canvas.beta.instructure.com", signIn, "s.beta.instructure.com"),
      false,
    ],
    [
      "the real Canvas with the keys of its test copy",
      school,
      onHosts(real, "sso.test.canvaslms.com", school),
      false,
    ],
    [
      "Canvas on a host that only begins like its own",
      signIn,
      onHosts(real, "sso.canvaslms.com.e.example", school),
      false,
    ],
    [
      "Canvas on a host that only ends like its own",
      signIn,
      onHosts(real, "sso.evilcanvaslms.com", school),
      false,
    ],
    ["Canvas' issuer on a school's own server", own, onHosts(real, own), false],
    ["a Canvas of one's own", own, onHosts(own), true],
    ["an issuer by a name that every object has", signIn, onHosts("constructor", signIn), false],
  ];
  for (const [what, host, said, isOneHouse] of houses) {
    it(`is ${isOneHouse ? "one house" : "several"} for ${what}`, () => {
      const offer = readOpenidConfiguration(`https://${host}/configuration`, said);
      expect(offer?.isOneHouse).to.equal(isOneHouse);
    });
  }

  for (const name of Object.keys(described())) {
    it(`is nothing without ${name}, or with one that is no web address`, () => {
      for (const value of [undefined, 7, "nonsense", "javascript:alert(1)", "file:///etc/passwd"]) {
        const offer = readOpenidConfiguration(from, described({ [name]: value }));
        expect(offer).to.equal(undefined);
      }
    });
  }

  it("tells its family by its name or its issuer", () => {
    expect(familyOf("https://x.example", "Moodle")).to.equal("moodle");
    expect(familyOf("https://x.example", "canvas")).to.equal("canvas");
    expect(familyOf("https://canvas.test.instructure.com")).to.equal("canvas");
    expect(familyOf("https://canvas.instructure.com.evil.example")).to.equal("other");
    expect(familyOf("https://x.example", "d2l")).to.equal("other");
  });

  it("has origins only where there are web addresses", () => {
    const addresses = [
      "https://a.example/x?y",
      "https://a.example:443/z",
      "javascript:1",
      undefined,
    ];
    expect(originsOf([...addresses, "http://b.example:8080/"])).to.deep.equal([
      ...["https://a.example", "http://b.example:8080"],
    ]);
  });
});

describe("the configuration that Canvas takes", () => {
  // What Canvas checks of a tool configuration: presence, types and known words.
  const Placement = z.strictObject({
    placement: z.enum([
      ...["course_navigation", "account_navigation", "assignment_selection"],
      ...["link_selection", "editor_button"],
    ] as const),
    message_type: z.enum(["LtiResourceLinkRequest", "LtiDeepLinkingRequest"]),
    target_link_uri: z.literal("https://badges.example/lti/launch"),
    text: z.string().min(1),
    icon_url: z.url(),
    enabled: z.literal(true),
    visibility: z.enum(["members", "admins", "public"]).optional(),
    default: z.enum(["enabled", "disabled"]).optional(),
  });
  const Configuration = z.strictObject({
    title: z.string().min(1),
    description: z.string().min(1),
    oidc_initiation_url: z.literal("https://badges.example/lti/login"),
    target_link_uri: z.literal("https://badges.example/lti/launch"),
    public_jwk_url: z.literal("https://badges.example/lti/jwks"),
    scopes: z.array(z.url()).length(6),
    custom_fields: z.record(z.string(), z.string().startsWith("$")),
    extensions: z.tuple([
      z.strictObject({
        platform: z.literal("canvas.instructure.com"),
        domain: z.literal("badges.example"),
        tool_id: z.string().min(1),
        privacy_level: z.literal("public"),
        settings: z.strictObject({
          text: z.string(),
          icon_url: z.url(),
          placements: z.array(Placement).length(5),
        }),
      }),
    ]),
  });

  it("has the documented shape, every placement once, and choosing where content is chosen", () => {
    const { extensions } = Configuration.parse(describeToolForCanvas("https://badges.example"));
    const { placements } = extensions[0].settings;
    expect(new Set(placements.map(({ placement }) => placement)).size).to.equal(5);
    for (const { placement, message_type: message } of placements) {
      const isLink = placement.endsWith("_navigation");
      expect(message).to.equal(isLink ? "LtiResourceLinkRequest" : "LtiDeepLinkingRequest");
    }
  });
});

describe("a code that somebody types", () => {
  it("is understood however it was written down", () => {
    fc.assert(
      fc.property(fc.boolean(), fc.constantFrom("-", " ", "", "–"), (isLower, between) => {
        const code = makeTypedCode();
        const typed = code.split("-").join(between).replaceAll("0", "O").replaceAll("1", "l");
        expect(readTypedCode(isLower ? typed.toLowerCase() : typed)).to.equal(code);
      }),
    );
  });

  it("is never the same twice", () => {
    const codes = Array.from({ length: 500 }, makeTypedCode);
    expect(new Set(codes).size).to.equal(500);
    for (const code of codes)
      expect(code).to.match(/^([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}$/);
  });
});
