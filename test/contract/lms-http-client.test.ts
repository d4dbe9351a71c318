import type { lookup, LookupAddress } from "node:dns";
import { type AddressInfo, createServer, type Server } from "node:net";
import { expect } from "chai";
import { createLmsHttp } from "../../src/platforms/lms-http-client.js";
import { codeOf, startStub } from "../support/stub-lms.js";

const limits = { timeoutMs: 300, maxBytes: 1000, allowPrivate: true };
type Stub = Awaited<ReturnType<typeof startStub>>;

describe("HTTP to an LMS", () => {
  let stub: Stub;
  const http = createLmsHttp(limits);

  before(async () => {
    stub = await startStub(({ message }, response) => {
      const path = message.url ?? "";
      if (path === "/silent") return;
      if (path === "/endless") {
        response.write("x".repeat(600));
        setTimeout(() => response.write("x".repeat(600)), 10);
      } else if (path === "/slow-drip") response.write("x");
      else if (path === "/loop") response.writeHead(302, { location: "/loop" }).end();
      else if (path === "/moved") response.writeHead(307, { location: "/here" }).end();
      else if (path === "/away") response.writeHead(302, { location: "http://localhost:9/" }).end();
      else if (path === "/cut") response.destroy();
      else {
        response.setHeader("Link", ["<a>; rel=next", "<b>; rel=last"]);
        response.writeHead(path === "/teapot" ? 418 : 200).end("grüß");
      }
    });
  });
  after(async () => {
    await stub.stop();
  });

  const get = async (path: string) => await http.send({ url: stub.url + path, method: "GET" });

  it("brings status, headers and text, whatever the status", async () => {
    const answer = await get("/teapot");
    expect(answer).to.include({ status: 418, text: "grüß" });
    expect(answer.headers["link"]).to.equal("<a>; rel=next, <b>; rel=last");
  });

  it("sends method, headers and body just as they are", async () => {
    await http.send({
      url: `${stub.url}/scores?type_id=1`,
      method: "POST",
      headers: { "content-type": "application/vnd.ims.lis.v1.score+json" },
      body: '{"ü":1}',
    });
    const { message, body } = stub.requests.at(-1)!;
    expect(message.method).to.equal("POST");
    expect(message.url).to.equal("/scores?type_id=1");
    expect(message.headers["content-type"]).to.equal("application/vnd.ims.lis.v1.score+json");
    expect(body).to.equal('{"ü":1}');
  });

  it("follows a redirect on the same host, for GET alone", async () => {
    expect(await get("/moved")).to.include({ status: 200 });
    const posted = await http.send({ url: `${stub.url}/moved`, method: "POST", body: "x" });
    expect(posted.status).to.equal(307);
  });

  it("follows no redirect to another host and none without end", async () => {
    expect((await get("/away")).status).to.equal(302);
    const before = stub.requests.length;
    expect((await get("/loop")).status).to.equal(302);
    expect(stub.requests.length - before).to.equal(4);
  });

  const failures = [
    ["an LMS that never answers", "/silent", "platform-unreachable"],
    ["an answer that never ends", "/slow-drip", "platform-unreachable"],
    ["an answer that is too long", "/endless", "platform-answer-unreadable"],
    ["a connection that breaks", "/cut", "platform-unreachable"],
  ] as const;
  for (const [what, path, code] of failures) {
    it(`gives up on ${what}`, async () => {
      expect(await codeOf(get(path))).to.equal(code);
    });
  }

  it("gives up on a host that is not there", async () => {
    const send = http.send({ url: "http://127.0.0.1:1/", method: "GET" });
    expect(await codeOf(send)).to.equal("platform-unreachable");
  });

  for (const url of [
    "ftp://lms.example/",
    "file:///etc/passwd",
    "nonsense",
    "https://u:p@lms.example/",
  ]) {
    it(`refuses the address ${url}`, async () => {
      expect(await codeOf(http.send({ url, method: "GET" }))).to.equal("platform-refused");
    });
  }

  describe("without leave for private addresses", () => {
    const strict = createLmsHttp({ ...limits, allowPrivate: false });
    const addresses = [
      "https://127.0.0.1/",
      "https://10.1.2.3/",
      "https://169.254.169.254/latest/meta-data",
      "https://[::1]/",
      "https://[::ffff:127.0.0.1]/",
      "https://[fd00::1]/",
      "https://[fec0::1]/",
      "https://[64:ff9b:1::a00:1]/",
      "https://[2002:7f00:1::]/",
      "https://0x7f.1/",
      "https://2130706433/",
      // A name is judged by the address it leads to.
      "https://localhost/",
      "http://lms.example/",
    ];
    for (const url of addresses) {
      it(`refuses ${url}`, async () => {
        const send = strict.send({ url, method: "GET" });
        expect(await codeOf(send)).to.equal("platform-address-private");
      });
    }

    describe("and a name that leads to another address each time", () => {
      // TEST-NET-1 (RFC 5737): public by every rule, and nobody's.
      const outside = { address: "192.0.2.1", family: 4 };
      const inside = { address: "127.0.0.1", family: 4 };
      let trap: Server;
      let port: number;
      let visitors: number;
      let lookUps: number;

      beforeEach(async () => {
        [visitors, lookUps] = [0, 0];
        trap = createServer((socket) => {
          visitors += 1;
          socket.destroy();
        });
        await new Promise<void>((resolve) => trap.listen(0, "127.0.0.1", resolve));
        ({ port } = trap.address() as AddressInfo);
      });
      afterEach(async () => {
        await new Promise((resolve) => trap.close(resolve));
      });

      /** Asks a name that is resolved to each of the lists in turn, over and over. */
      const asking = (...lists: LookupAddress[][]) => {
        const lookUp = (_name: string, _options: object, done: (...results: unknown[]) => void) => {
          const addresses = lists[lookUps % lists.length];
          lookUps += 1;
          done(null, addresses);
        };
        const client = createLmsHttp({
          ...{ ...limits, timeoutMs: 100, allowPrivate: false },
          lookUp: lookUp as unknown as typeof lookup,
        });
        return async () =>
          await codeOf(client.send({ url: `https://rebound.example:${port}/`, method: "GET" }));
      };

      it("judges the address that it connects to, in each connection", async () => {
        const ask = asking([outside], [inside]);
        const codes = [await ask(), await ask(), await ask(), await ask()];
        const [unreachable, refused] = ["platform-unreachable", "platform-address-private"];
        expect(codes).to.deep.equal([unreachable, refused, unreachable, refused]);
        // One look-up for each: what was judged is what was connected to.
        expect([lookUps, visitors]).to.deep.equal([4, 0]);
      });

      it("tries none of the private addresses among several", async () => {
        expect(await asking([inside, outside, inside])()).to.equal("platform-unreachable");
        expect(visitors).to.equal(0);
      });

      it("would have been caught by the trap, were private addresses allowed", async () => {
        await codeOf(http.send({ url: `https://127.0.0.1:${port}/`, method: "GET" }));
        expect(visitors).to.equal(1);
      });
    });
  });
});
