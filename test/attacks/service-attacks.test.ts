import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import type { ErrorCode } from "../../src/errors.js";
import { createLmsGradesClient } from "../../src/exams/lms-grades-client.js";
import { createLmsRosterClient } from "../../src/exams/lms-roster-client.js";
import { createLmsHttp } from "../../src/platforms/lms-http-client.js";
import { answerWithoutEnd } from "./wire.js";

type Row = Record<string, unknown>;
/** One answer of an LMS: `good` is what it should have said, `times` counts from 1. */
type Answering = (response: ServerResponse, good: unknown, times: number) => void;
type Attack = [what: string, code: ErrorCode, answering: Answering];

const json: Answering = (response, good) => {
  response.setHeader("content-type", "application/json").end(JSON.stringify(good));
};
const text =
  (body: string, status = 200): Answering =>
  (response) => {
    response.writeHead(status).end(body);
  };
const saying =
  (change: (good: unknown) => unknown): Answering =>
  (response, good, times) => {
    json(response, change(good), times);
  };
/** The first of the rows that were asked for, with just this about it changed. */
const first = (good: unknown, change: Row): Row[] => {
  const [row, ...rest] = (
    Array.isArray(good) ? good : (good as { members: Row[] }).members
  ) as Row[];
  return [{ ...row, ...change }, ...rest];
};

/** What any service may be answered with. */
const always: Attack[] = [
  ["is a page for people", "platform-answer-unreadable", text("<!doctype html><p>Sign in")],
  ["is cut off", "platform-answer-unreadable", text('[{"userId":"4"')],
  ["says something else", "platform-answer-unreadable", saying(() => ({ error: "x" }))],
  ["is nothing", "platform-answer-unreadable", text("")],
  ["is nested without end", "platform-answer-unreadable", text("[".repeat(50_000))],
  ["has no end", "platform-answer-unreadable", answerWithoutEnd],
  ["never comes", "platform-unreachable", () => undefined],
  ["breaks off", "platform-unreachable", (response) => response.destroy()],
  [
    "trickles in",
    "platform-unreachable",
    (response) => {
      const timer = setInterval(() => response.write(" "), 20);
      response.once("close", () => {
        clearInterval(timer);
      });
    },
  ],
  ["is an error", "platform-unreachable", text("secret", 500)],
  ["refuses every token", "platform-refused", text("", 401)],
  ["asks to slow down", "platform-busy", text("403 Forbidden (Rate Limit Exceeded)", 403)],
  ["is gone", "not-found", text("", 404)],
  [
    "stands on another host",
    "platform-refused",
    (response) => {
      response.writeHead(302, { location: "http://localhost:1/" }).end();
    },
  ],
  [
    "is an inner address that it leads round in a circle",
    "platform-refused",
    (response) => {
      response.writeHead(302, { location: "?again" }).end();
    },
  ],
];

/** What a list may be answered with besides. */
const lists: Attack[] = [
  [
    "leads to itself as its next page",
    "platform-answer-unreadable",
    (response, good, times) => {
      response.setHeader("link", '<?a>; rel="next"');
      json(response, good, times);
    },
  ],
  [
    "has a next page each time",
    "platform-answer-unreadable",
    (response, good, times) => {
      response.setHeader("link", `<?page=${times}>; rel="next"`);
      json(response, good, times);
    },
  ],
];

const operator = { $ne: null };

describe("an LMS whose answer", function () {
  this.timeout(20_000);
  let server: Server;
  let base: string;
  let answering: Answering;
  let good: unknown;
  let times: number;
  const hosts: (string | undefined)[] = [];

  before(async () => {
    server = createServer((request, response) => {
      times += 1;
      hosts.push(request.headers.host);
      answering(response, good, times);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const needs = {
    http: createLmsHttp({ timeoutMs: 400, maxBytes: 100_000, allowPrivate: true }),
    tokens: { get: async () => "token", forget: () => undefined },
    now: () => new Date(),
  };
  const grades = createLmsGradesClient(needs);
  const roster = createLmsRosterClient(needs);
  const allOf = async <T>(pages: AsyncIterable<T[]>): Promise<T[]> => {
    const found: T[] = [];
    for await (const page of pages) found.push(...page);
    return found;
  };
  const items = () => ({ platformId: "p", lineItemsUrl: `${base}/lineitems` });

  type Service = {
    name: string;
    /** What an honest LMS answers, and what is made of it. */
    says: () => unknown;
    told: () => unknown;
    ask: () => Promise<unknown>;
    attacks: Attack[];
  };
  const parts: Service[] = [
    {
      name: "about results",
      says: () => [{ userId: "4", resultScore: 5, resultMaximum: 10 }],
      told: () => [{ sub: "4", score: 5, maximum: 10, timestamp: undefined }],
      ask: async () =>
        await allOf(
          grades.listResultPages({ platformId: "p", url: `${base}/lineitems/1/lineitem` }),
        ),
      attacks: [
        ...lists,
        [
          "names no learner",
          "platform-answer-unreadable",
          saying((rows) => first(rows, { userId: undefined })),
        ],
        [
          "names a learner by an operator",
          "platform-answer-unreadable",
          saying((rows) => first(rows, { userId: operator })),
        ],
        [
          "names several learners in one row",
          "platform-answer-unreadable",
          saying((rows) => first(rows, { userId: ["4", "5"] })),
        ],
      ],
    },
    {
      name: "about members",
      says: () => ({ members: [{ user_id: "4", roles: ["Learner"], name: "Amara" }] }),
      told: () => [{ sub: "4", isLearner: true, isActive: true, name: "Amara", email: undefined }],
      ask: async () =>
        await allOf(roster.listMemberPages({ platformId: "p", membershipsUrl: `${base}/members` })),
      attacks: [
        ...lists,
        ...(
          [
            ["names a member by an operator", { user_id: operator }],
            ["has roles that are no list", { roles: "Learner" }],
            ["has operators for roles", { roles: [operator] }],
            ["has an operator for a name", { name: operator }],
            ["has an operator for an e-mail address", { email: operator }],
            ["has an operator for a state", { status: operator }],
          ] as const
        ).map(([what, change]): Attack => [
          what,
          "platform-answer-unreadable",
          saying((said) => ({ members: first(said, change) })),
        ]),
      ],
    },
    {
      name: "about columns",
      says: () => [{ id: `${base}/lineitems/1/lineitem`, resourceId: "exam-1" }],
      told: () => `${base}/lineitems/1/lineitem`,
      ask: async () => await grades.findLineItem(items(), "exam-1"),
      attacks: [
        [
          "has a script for a column's address",
          "platform-answer-unreadable",
          saying((rows) => first(rows, { id: "javascript:alert(1)" })),
        ],
        [
          "has a file for a column's address",
          "platform-answer-unreadable",
          saying((rows) => first(rows, { id: "file:///etc/passwd" })),
        ],
        [
          "has an operator for our mark",
          "platform-answer-unreadable",
          saying((rows) => first(rows, { resourceId: operator })),
        ],
      ],
    },
    {
      name: "about a new column",
      says: () => ({ id: `${base}/lineitems/2/lineitem` }),
      told: () => `${base}/lineitems/2/lineitem`,
      ask: async () =>
        await grades.createLineItem(items(), {
          ...{ resourceId: "exam-1", label: "Exam", scoreMaximum: 10 },
        }),
      attacks: [
        ["has no address for it", "platform-answer-unreadable", saying(() => ({ label: "Exam" }))],
        [
          "has a relative address for it",
          "platform-answer-unreadable",
          saying(() => ({ id: "/lineitems/2" })),
        ],
      ],
    },
  ];

  for (const { name, says, told, ask, attacks } of parts) {
    for (const [what, code, answer] of [...always, ...attacks]) {
      it(`${name} ${what} is not believed, and its twin is`, async () => {
        good = says();
        const attempt = async (how: Answering): Promise<unknown> => {
          [answering, times] = [how, 0];
          return await ask();
        };
        const fault = await attempt(answer).then(
          () => "believed",
          (error: unknown) => (error as { code?: string }).code ?? String(error),
        );
        expect(fault).to.equal(code);
        expect(await attempt(json)).to.deep.equal(told());
      });
    }
  }

  it("about results leads to a stranger's page is read to its own end, and its token goes nowhere else", async () => {
    good = [{ userId: "4", resultScore: 5, resultMaximum: 10 }];
    const strangers = base.replace("127.0.0.1", "localhost");
    const url = `${base}/lineitems/1/lineitem`;
    const ask = async (next: string) => {
      [times, hosts.length] = [0, 0];
      answering = (response, rows, count) => {
        if (count === 1) response.setHeader("link", `<${next}>; rel="next"`);
        json(response, rows, count);
      };
      const found = await allOf(grades.listResultPages({ platformId: "p", url }));
      return { rows: found.length, asked: [...hosts] };
    };
    const own = new URL(base).host;
    expect(await ask(`${strangers}/results?page=2`)).to.deep.equal({ rows: 1, asked: [own] });
    expect(await ask(`${base}/results?page=2`)).to.deep.equal({ rows: 2, asked: [own, own] });
  });
});
