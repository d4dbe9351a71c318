import type { ServerResponse } from "node:http";
import { expect } from "chai";
import {
  acceptDynamicRegistration,
  readOffer,
} from "../../src/platforms/accept-dynamic-registration.js";
import { createLmsHttp } from "../../src/platforms/lms-http-client.js";
import type { Deployment, Platform } from "../../src/platforms/platform.js";
import { codeOf, startStub } from "../support/stub-lms.js";

const publicUrl = "https://badges.example";
const CONFIGURATION = "https://purl.imsglobal.org/spec/lti-tool-configuration";
const scopes = [
  "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem",
  "https://purl.imsglobal.org/spec/lti-ags/scope/result.readonly",
  "https://purl.imsglobal.org/spec/lti-ags/scope/score",
  "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly",
  "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem.readonly",
];

/** What every LMS is told (1EdTech Dynamic Registration 1.0 §3.4), letter by letter. */
const toldToAll = {
  application_type: "web",
  response_types: ["id_token"],
  grant_types: ["implicit", "client_credentials"],
  initiate_login_uri: "https://badges.example/lti/login",
  redirect_uris: ["https://badges.example/lti/launch"],
  client_name: "Rosette",
  logo_uri: "https://badges.example/assets/rosette.svg",
  jwks_uri: "https://badges.example/lti/jwks",
  token_endpoint_auth_method: "private_key_jwt",
};
const configurationForAll = {
  domain: "badges.example",
  description: "Micro-credentials from the exams of your courses.",
  target_link_uri: "https://badges.example/lti/launch",
  claims: ["iss", "sub", "name", "given_name", "family_name", "email"],
  custom_parameters: { context_id_history: "$Context.id.history" },
};
const canvasMessage = (type: string, placement: string, more: object = {}) => ({
  type,
  target_link_uri: "https://badges.example/lti/launch",
  label: type === "LtiResourceLinkRequest" ? "Rosette" : "Rosette exam or progress page",
  icon_uri: "https://badges.example/assets/rosette.svg",
  placements: [`https://canvas.instructure.com/lti/${placement}`],
  ...more,
});

const toldToMoodle = {
  ...toldToAll,
  scope: scopes.join(" "),
  [CONFIGURATION]: {
    ...configurationForAll,
    messages: [
      {
        type: "LtiResourceLinkRequest",
        target_link_uri: "https://badges.example/lti/launch",
        label: "Rosette",
      },
      {
        type: "LtiDeepLinkingRequest",
        target_link_uri: "https://badges.example/lti/launch",
        label: "Rosette exam or progress page",
      },
    ],
  },
};
const toldToCanvas = {
  ...toldToAll,
  scope: [...scopes, "https://purl.imsglobal.org/spec/lti/scope/noticehandlers"].join(" "),
  [CONFIGURATION]: {
    ...configurationForAll,
    messages: [
      canvasMessage("LtiResourceLinkRequest", "course_navigation", {
        "https://canvas.instructure.com/lti/visibility": "members",
        "https://canvas.instructure.com/lti/course_navigation/default_enabled": true,
      }),
      canvasMessage("LtiResourceLinkRequest", "account_navigation", {
        "https://canvas.instructure.com/lti/visibility": "admins",
      }),
      canvasMessage("LtiDeepLinkingRequest", "assignment_selection"),
      canvasMessage("LtiDeepLinkingRequest", "link_selection"),
      canvasMessage("LtiDeepLinkingRequest", "editor_button"),
    ],
    "https://canvas.instructure.com/lti/privacy_level": "public",
    "https://canvas.instructure.com/lti/tool_id": "rosette",
  },
};

type Answer = (response: ServerResponse) => void;
const json =
  (value: object, status = 200): Answer =>
  (response) =>
    response.writeHead(status).end(JSON.stringify(value));
const answer = (status: number, text: string, headers: Record<string, string> = {}): Answer => {
  return (response) => response.writeHead(status, headers).end(text);
};
const silence: Answer = () => undefined;
/** A little at a time, without end. */
const drip: Answer = (response) => {
  const timer = setInterval(() => response.write("secret "), 20);
  response.on("close", () => {
    clearInterval(timer);
  });
};

describe("a dynamic registration", () => {
  let stub: Awaited<ReturnType<typeof startStub>>;
  let described: Answer;
  let registered: Answer;
  let platforms: Platform[];
  let deployments: Pick<Deployment, "deploymentId" | "status">[];

  const family = "https://purl.imsglobal.org/spec/lti-platform-configuration";
  const ofLms = (productFamily: string) => ({
    issuer: stub.url,
    authorization_endpoint: `${stub.url}/auth`,
    token_endpoint: `${stub.url}/token`,
    jwks_uri: `${stub.url}/jwks`,
    registration_endpoint: `${stub.url}/register`,
    [family]: { product_family_code: productFamily },
  });

  before(async () => {
    stub = await startStub(({ message }, response) => {
      (message.method === "GET" ? described : registered)(response);
    });
  });
  after(async () => {
    await stub.stop();
  });
  beforeEach(() => {
    stub.requests.length = 0;
    [platforms, deployments] = [[], []];
    described = json(ofLms("moodle"));
    registered = json({ client_id: "c1", [CONFIGURATION]: { deployment_id: "7" } });
  });

  const httpWith = (allowPrivate: boolean) =>
    createLmsHttp({ timeoutMs: 200, maxBytes: 50_000, allowPrivate });
  const needs = () => ({
    http: httpWith(true),
    platforms: {
      addOnce: async (platform: Platform) => {
        platforms.push(platform);
        return "added" as const;
      },
      listRivals: async () => [],
      update: async () => undefined,
    },
    deployments: {
      ensure: async (seen: Omit<Deployment, "id" | "firstSeenAt">) => {
        deployments.push(seen);
        return { ...seen, id: "d", firstSeenAt: new Date() };
      },
    },
    inOneWrite: async <T>(write: () => Promise<T>) => await write(),
    publicUrl,
    now: () => new Date(),
  });
  const register = async () =>
    await acceptDynamicRegistration(needs(), {
      organisationId: "o",
      openidConfigurationUrl: `${stub.url}/configuration`,
      registrationToken: "token-of-the-lms",
      agreedHosts: [new URL(stub.url).host],
      needsApproval: true,
    });

  for (const [lms, told] of [
    ["moodle", toldToMoodle],
    ["canvas", toldToCanvas],
  ] as const) {
    it(`posts just this to ${lms}, with the token that it gave`, async () => {
      described = json(ofLms(lms));
      await register();
      const posted = stub.requests.filter(({ message }) => message.method === "POST");
      expect(posted).to.have.length(1);
      const [{ message, body }] = posted as [(typeof posted)[0]];
      expect(message.url).to.equal("/register");
      expect(message.headers).to.include({
        ...{ "content-type": "application/json", accept: "application/json" },
        authorization: "Bearer token-of-the-lms",
      });
      expect(JSON.parse(body)).to.deep.equal(told);
    });
  }

  it("keeps what the LMS answered, its deployment approved", async () => {
    await register();
    expect(platforms).to.have.length(1);
    expect(platforms[0]).to.include({
      ...{ organisationId: "o", issuer: stub.url, clientId: "c1", family: "moodle" },
      ...{ authorizationUrl: `${stub.url}/auth`, tokenUrl: `${stub.url}/token` },
      ...{ jwksUrl: `${stub.url}/jwks`, name: "127.0.0.1" },
      ...{ acceptsAnyDeployment: false, awaitsFirstDeployment: false },
    });
    expect(deployments).to.have.length(1);
    expect(deployments[0]).to.include({ deploymentId: "7", status: "approved" });
  });

  const badDescriptions: [string, Answer, string][] = [
    ["nothing at all", silence, "platform-unreachable"],
    ["a little at a time, without end", drip, "platform-unreachable"],
    ["far too much", answer(200, "secret".repeat(20_000)), "platform-answer-unreadable"],
    ["a page", answer(200, "<b>secret</b>"), "platform-answer-unreadable"],
    ["other data", json({ secret: 1 }), "registration-refused"],
    ["a refusal", answer(403, "secret"), "platform-refused"],
    [
      "a redirect to another host",
      answer(302, "secret", { location: "http://localhost:1/secret" }),
      "platform-refused",
    ],
  ];
  for (const [what, bad, code] of badDescriptions) {
    it(`is refused as ${code} when the LMS describes itself with ${what}`, async () => {
      described = bad;
      const refused: unknown = await register().catch((error: unknown) => error);
      expect(refused).to.have.property("code", code);
      expect(String(refused)).not.to.contain("secret");
      expect(platforms).to.deep.equal([]);
    });
  }

  const badAnswers: [string, Answer, string][] = [
    ["nothing at all", silence, "platform-unreachable"],
    ["a little at a time, without end", drip, "platform-unreachable"],
    ["far too much", answer(200, "secret".repeat(20_000)), "platform-answer-unreadable"],
    ["a page", answer(200, "<b>secret</b>"), "platform-answer-unreadable"],
    ["no client id", json({ secret: 1 }), "registration-refused"],
    ["a client id that is no text", json({ client_id: { $ne: "" } }), "registration-refused"],
    ["an endless client id", json({ client_id: "secret".repeat(100) }), "registration-refused"],
    ["a refusal", answer(400, '{"error":"secret"}'), "platform-refused"],
    [
      "a redirect, which would carry its token away",
      answer(307, "", { location: "/elsewhere" }),
      "platform-refused",
    ],
  ];
  for (const [what, bad, code] of badAnswers) {
    it(`comes to nothing as ${code} when the LMS answers with ${what}`, async () => {
      registered = bad;
      const refused: unknown = await register().catch((error: unknown) => error);
      expect(refused).to.have.property("code", code);
      expect(String(refused)).not.to.contain("secret");
      expect([platforms, deployments]).to.deep.equal([[], []]);
      expect(stub.requests.some(({ message }) => message.url === "/elsewhere")).to.equal(false);
    });
  }

  it("waits for the first launch where the deployment has no name that is one", async () => {
    for (const deploymentId of [undefined, "", 7, { $ne: "" }, "x".repeat(256)]) {
      [platforms, deployments] = [[], []];
      registered = json({ client_id: "c1", [CONFIGURATION]: { deployment_id: deploymentId } });
      await register();
      expect(platforms[0]?.awaitsFirstDeployment).to.equal(true);
      expect(deployments).to.deep.equal([]);
    }
  });

  it("asks no private address unless that is allowed", async () => {
    for (const url of [`${stub.url}/configuration`, "https://127.0.0.1/", "https://localhost/"]) {
      const asked = readOffer({ http: httpWith(false), now: () => new Date() }, url);
      expect(await codeOf(asked)).to.equal("platform-address-private");
    }
    expect(stub.requests).to.have.length(0);
  });
});
