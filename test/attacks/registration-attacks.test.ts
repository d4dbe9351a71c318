import { createServer, type RequestListener, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { createApp } from "../../src/app.js";
import { type ErrorCode, errorText } from "../../src/errors.js";
import { fieldsOf } from "../support/form-fields.js";
import { Browser, type PageAnswer } from "../support/test-browser.js";
import { startTestProduct, type TestProduct } from "../support/test-product.js";
import { answerWithoutEnd, codeIn } from "./wire.js";

const rootDir = fileURLToPath(new URL("../..", import.meta.url));

type Description = Record<string, unknown>;
type Answering = (response: ServerResponse, good: Description, times: number) => void;

const SECRET = "what-only-the-lms-knows";

const listen = async (handle: RequestListener): Promise<[Server, string]> => {
  const server = createServer(handle);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return [server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`];
};
const close = async (server: Server): Promise<void> => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
};

const asJson: Answering = (response, good) => response.end(JSON.stringify(good));
/** As it should be, but for this. */
const having =
  (changes: Description): Answering =>
  (response, good) =>
    response.end(JSON.stringify({ ...good, secret: SECRET, ...changes }));
const text =
  (body: string, status = 200): Answering =>
  (response) =>
    response.writeHead(status).end(body);
const elsewhere: Answering = (response) =>
  response.writeHead(302, { location: "http://localhost:1/config" }).end(SECRET);

/** What an LMS says about itself. */
const descriptions: [string, ErrorCode, Answering][] = [
  [
    "has a script for its issuer",
    "registration-refused",
    having({ issuer: "javascript:alert(1)" }),
  ],
  [
    "sends people to a script",
    "registration-refused",
    having({ authorization_endpoint: "javascript:alert(1)" }),
  ],
  ["has a file for its keys", "registration-refused", having({ jwks_uri: "file:///etc/passwd" })],
  ["has no keys", "registration-refused", having({ jwks_uri: undefined })],
  [
    "has an operator for its tokens",
    "registration-refused",
    having({ token_endpoint: { $ne: "" } }),
  ],
  ["registers at a list", "registration-refused", having({ registration_endpoint: ["http://x/"] })],
  [
    "has an address without end",
    "registration-refused",
    having({ token_endpoint: `http://x.example/${"x".repeat(3000)}` }),
  ],
  ["is a list", "registration-refused", text(`["${SECRET}"]`)],
  ["is a page", "platform-answer-unreadable", text(`<b>${SECRET}</b>`)],
  ["has no end", "platform-answer-unreadable", answerWithoutEnd],
  ["is an error", "platform-unreachable", text(SECRET, 500)],
  ["stands on another host", "platform-refused", elsewhere],
];

/** What it says about itself the second time, when somebody has agreed to the first. */
const secondThoughts: [string, ErrorCode, Answering][] = [
  [
    "names other hosts once somebody has agreed",
    "registration-refused",
    (response, good, times) => {
      const moved = { token_endpoint: "http://127.0.0.9:9/token" };
      having(times > 1 ? moved : {})(response, good, times);
    },
  ],
];

/** What it answers to our registration. */
const answers: [string, ErrorCode, Answering][] = [
  ["answers without a client id", "registration-refused", text(`{"secret":"${SECRET}"}`)],
  [
    "answers with an operator for a client id",
    "registration-refused",
    text(`{"client_id":{"$ne":"${SECRET}"}}`),
  ],
  [
    "answers with a client id of 300 letters",
    "registration-refused",
    text(JSON.stringify({ client_id: "x".repeat(300) })),
  ],
  // The first LMS of the test product is known by it.
  ["takes another LMS' client id", "platform-speaks-for-another", text('{"client_id":"client-1"}')],
  ["answers with a page", "platform-answer-unreadable", text(`<b>${SECRET}</b>`)],
  ["answers without end", "platform-answer-unreadable", answerWithoutEnd],
  ["answers that it may not", "platform-refused", text(SECRET, 401)],
  ["sends us on to another host", "platform-refused", elsewhere],
];

describe("an LMS that registers and", () => {
  let product: TestProduct;
  let server: Server;
  let origin: string;

  before(async () => {
    product = await startTestProduct();
    const uncounted = { ...product.parts, countRequest: () => Promise.resolve(undefined) };
    [server, origin] = await listen(createApp(uncounted, rootDir));
  });
  after(async () => {
    await close(server);
    await product.close();
  });

  /** Registers as the LMS' administrator does: looks at what it says, and agrees. */
  async function register(describeIt: Answering, answerIt: Answering): Promise<PageAnswer> {
    let times = 0;
    const [lms, url] = await listen((request, response) => {
      response.setHeader("content-type", "application/json");
      times += 1;
      const good: Description = {
        issuer: url,
        ...{ authorization_endpoint: `${url}/auth`, token_endpoint: `${url}/token` },
        ...{ jwks_uri: `${url}/jwks`, registration_endpoint: `${url}/register` },
      };
      if (request.url === "/register") answerIt(response, { client_id: `client-of-${url}` }, times);
      else describeIt(response, good, times);
    });
    try {
      const link = new URL(await product.parts.makeInvitationLink(product.organisationId));
      link.searchParams.set("openid_configuration", `${url}/config`);
      const asked = await new Browser().get(origin + link.pathname + link.search);
      if (asked.status !== 200) return asked;
      return await new Browser().post(`${origin}/lti/register`, fieldsOf(asked.text));
    } finally {
      await close(lms);
    }
  }

  const written = async (): Promise<string> =>
    JSON.stringify([
      await product.connection.collection("platforms").find({}).toArray(),
      await product.connection.collection("deployments").find({}).toArray(),
    ]);

  const attacks: [string, ErrorCode, Answering, Answering][] = [
    ...[...descriptions, ...secondThoughts].map(
      ([what, code, describeIt]): [string, ErrorCode, Answering, Answering] => [
        ...([what.replace(/^(?!names)/, "whose description "), code] as const),
        ...([describeIt, asJson] as const),
      ],
    ),
    ...answers.map(([what, code, answerIt]): [string, ErrorCode, Answering, Answering] => [
      ...([what, code, asJson, answerIt] as const),
    ]),
  ];
  for (const [what, code, describeIt, answerIt] of attacks) {
    it(`${what} is refused, nothing of it is repeated or kept, and its twin is connected`, async () => {
      const before = await written();
      const refused = await register(describeIt, answerIt);
      expect(codeIn(refused.text)).to.equal(code);
      expect(refused.status).to.equal(errorText(code).status);
      expect(refused.text).not.to.contain(SECRET).and.not.to.contain("javascript:");
      expect(await written()).to.equal(before);
      const twin = await register(asJson, asJson);
      expect(twin.status, twin.text).to.equal(200);
      expect(twin.text).to.contain("data-lti-close");
      expect(await written()).not.to.equal(before);
    });
  }
});
