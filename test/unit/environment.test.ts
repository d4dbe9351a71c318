import { expect } from "chai";
import { readFileSync } from "node:fs";
import { EnvironmentError, readEnvironment } from "../../config/environment.js";

const KEY = "ab".repeat(32);

function faultsOf(env: Record<string, string>): readonly string[] {
  try {
    readEnvironment(env);
    return [];
  } catch (error) {
    if (error instanceof EnvironmentError) return error.faults;
    throw error;
  }
}

describe("the environment", () => {
  it("gives sensible settings for development when nothing is set", () => {
    expect(readEnvironment({})).to.include({
      mode: "development",
      port: 3000,
      publicUrl: "http://localhost:3000",
      dataDir: ".data",
      resultsQuickMinutes: 10,
      resultsSlowHours: 6,
      allowPrivatePlatforms: false,
    });
  });

  it("counts an empty variable as unset", () => {
    expect(readEnvironment({ PORT: "", MONGODB_URI: "" })).to.include({ port: 3000 });
  });

  it("freezes what it read", () => {
    expect(readEnvironment({})).to.be.frozen;
  });

  it("lists every fault at once, each with its variable's name", () => {
    const faults = faultsOf({ PORT: "http", ENCRYPTION_KEY: "short", LOG_LEVEL: "loud" });
    expect(faults.map((fault) => fault.split(":")[0])).to.have.members([
      "PORT",
      "ENCRYPTION_KEY",
      "LOG_LEVEL",
    ]);
  });

  const faulty: [why: string, env: Record<string, string>, variable: string][] = [
    ["a port beyond 65535", { PORT: "70000" }, "PORT"],
    ["a public address with a path", { PUBLIC_URL: "https://a.example/x" }, "PUBLIC_URL"],
    ["a public address that is an IPv4 address", { PUBLIC_URL: "https://10.1.2.3" }, "PUBLIC_URL"],
    ["a public address that is an IPv6 address", { PUBLIC_URL: "https://[::1]" }, "PUBLIC_URL"],
    ["a public address of another scheme", { PUBLIC_URL: "ftp://a.example" }, "PUBLIC_URL"],
    ["a store that is no MongoDB", { MONGODB_URI: "postgres://x" }, "MONGODB_URI"],
    ["a wait of no minutes", { RESULTS_QUICK_MINUTES: "0" }, "RESULTS_QUICK_MINUTES"],
    ["any acceptance but the word", { EMBEDDED_STORE: "yes" }, "EMBEDDED_STORE"],
  ];
  for (const [why, env, variable] of faulty) {
    it(`refuses ${why}`, () => {
      expect(faultsOf(env).join("\n")).to.match(new RegExp(`^${variable}: `));
    });
  }

  it("refuses production without a key, an address and a store", () => {
    const faults = faultsOf({ NODE_ENV: "production" });
    expect(faults.map((fault) => fault.split(":")[0])).to.have.members([
      "ENCRYPTION_KEY",
      "PUBLIC_URL",
      "MONGODB_URI",
    ]);
  });

  it("lists what production lacks beside what is malformed", () => {
    const faults = faultsOf({ NODE_ENV: "production", PORT: "http" });
    expect(faults.map((fault) => fault.split(":")[0])).to.have.members([
      "PORT",
      "ENCRYPTION_KEY",
      "PUBLIC_URL",
      "MONGODB_URI",
    ]);
  });

  it("refuses production on an address without https", () => {
    const env = {
      NODE_ENV: "production",
      ENCRYPTION_KEY: KEY,
      PUBLIC_URL: "http://a.example",
      EMBEDDED_STORE: "accept",
    };
    expect(faultsOf(env)).to.have.length(1);
    expect(faultsOf({ ...env, PUBLIC_URL: "https://a.example" })).to.be.empty;
  });

  it("is explained whole in .env.example", () => {
    const example = readFileSync(new URL("../../.env.example", import.meta.url), "utf8");
    const source = readFileSync(new URL("../../config/environment.ts", import.meta.url), "utf8");
    const read = [...source.matchAll(/^ {2}([A-Z][A-Z_]+):/gm)].map((match) => match[1]);
    const explained = [...example.matchAll(/^([A-Z_]+)=/gm)].map((match) => match[1]);
    expect(read).to.have.length.above(10);
    expect(explained).to.have.members(read);
  });
});
