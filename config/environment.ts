import { isIP } from "node:net";
import { z } from "zod";

const wholeNumber = z.string().regex(/^\d+$/, "must be a whole number").transform(Number);

const hostIsNoIpAddress = (url: string): boolean => {
  const host = new URL(url).hostname.replace(/^\[|\]$/g, "");
  return isIP(host) === 0;
};

const publicAddress = z
  .url({ protocol: /^https?$/, error: "must be an http(s) address" })
  .refine((url) => new URL(url).pathname === "/" && !new URL(url).search, {
    error: "must be an origin without path, e.g. https://badges.example.org",
    abort: true,
  })
  .refine(hostIsNoIpAddress, {
    error:
      "must use a host name: it is written into every credential, and did:web knows no IP address",
  })
  .transform((url) => new URL(url).origin);

const EnvironmentSchema = z.object({
  NODE_ENV: z.enum(["development", "test", "production"]).default("development"),
  PORT: wholeNumber.refine((port) => port <= 65_535, "must be at most 65535").default(3000),
  PUBLIC_URL: publicAddress.optional(),
  MONGODB_URI: z
    .string()
    .regex(/^mongodb(\+srv)?:\/\//, "must begin with mongodb:// or mongodb+srv://")
    .optional(),
  DATA_DIR: z.string().min(1).default(".data"),
  EMBEDDED_STORE: z.literal("accept", { error: 'can only be "accept"' }).optional(),
  ENCRYPTION_KEY: z
    .string()
    .regex(/^[0-9a-f]{64}$/i, "must be 64 hexadecimal digits (32 bytes)")
    .optional(),
  LOG_LEVEL: z.enum(["silent", "error", "warn", "info", "debug"]).default("info"),
  TRUST_PROXY_HOPS: wholeNumber.default(0),
  RESULTS_QUICK_MINUTES: wholeNumber.refine((n) => n >= 1, "must be at least 1").default(10),
  RESULTS_SLOW_HOURS: wholeNumber.refine((n) => n >= 1, "must be at least 1").default(6),
  CONTACT_EMAIL: z.email("must be an e-mail address").optional(),
  ALLOW_PRIVATE_PLATFORMS: z.enum(["true", "false"]).default("false"),
});

type Given = Record<string, string | undefined>;

/** What production asks for besides: no secret, address or store by default. */
function faultsInProduction(given: Given): string[] {
  if (given["NODE_ENV"] !== "production") return [];
  const faults: string[] = [];
  if (given["ENCRYPTION_KEY"] === undefined) faults.push("ENCRYPTION_KEY: is needed in production");
  const address = given["PUBLIC_URL"];
  if (address === undefined) faults.push("PUBLIC_URL: is needed in production");
  else if (!address.startsWith("https:")) {
    faults.push("PUBLIC_URL: must begin with https:// in production");
  }
  if (given["MONGODB_URI"] === undefined && given["EMBEDDED_STORE"] === undefined) {
    faults.push("MONGODB_URI: is needed in production (or EMBEDDED_STORE=accept, for a pilot)");
  }
  return faults;
}

/** The settings of one process: validated, named in our words, frozen. */
export type Settings = Readonly<{
  mode: "development" | "test" | "production";
  port: number;
  /** Origin that stands in every credential; no trailing slash. */
  publicUrl: string;
  /** Stands in the public profile of issuers (Open Badges 2.0). */
  contactEmail: string;
  mongodbUri: string | undefined;
  dataDir: string;
  /** Whether the embedded store may be used in production. */
  acceptsEmbeddedStore: boolean;
  /** 64 hexadecimal digits; undefined means: generate one into `dataDir` (never in production). */
  encryptionKeyHex: string | undefined;
  logLevel: "silent" | "error" | "warn" | "info" | "debug";
  /** How many reverse proxies stand in front (Express `trust proxy`). */
  trustProxyHops: number;
  /** Longest wait from a grade edit to the award within a day of a launch in that course. */
  resultsQuickMinutes: number;
  /** The same for courses nobody has launched for a day. */
  resultsSlowHours: number;
  /** Whether an LMS may stand on a private address (a Moodle on the same machine). */
  allowPrivatePlatforms: boolean;
}>;

/** Every fault in the environment at once, each with its variable's name. */
export class EnvironmentError extends Error {
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(`The environment is not right:\n${faults.map((fault) => `  ${fault}`).join("\n")}`);
    this.name = "EnvironmentError";
    this.faults = faults;
  }
}

/**
 * Reads the process environment once. An empty variable counts as unset.
 * @throws EnvironmentError listing every fault
 */
export function readEnvironment(env: Given): Settings {
  const given: Given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ""));
  const parsed = EnvironmentSchema.safeParse(given);
  const issues = parsed.error?.issues ?? [];
  const faults = [
    ...issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`),
    ...faultsInProduction(given),
  ];
  if (!parsed.success || faults.length > 0) throw new EnvironmentError(faults);
  const values = parsed.data;
  const publicUrl = values.PUBLIC_URL ?? `http://localhost:${values.PORT}`;
  return Object.freeze({
    mode: values.NODE_ENV,
    port: values.PORT,
    publicUrl,
    contactEmail: values.CONTACT_EMAIL ?? `badges@${new URL(publicUrl).hostname}`,
    mongodbUri: values.MONGODB_URI,
    dataDir: values.DATA_DIR,
    acceptsEmbeddedStore: values.EMBEDDED_STORE === "accept",
    encryptionKeyHex: values.ENCRYPTION_KEY,
    logLevel: values.LOG_LEVEL,
    trustProxyHops: values.TRUST_PROXY_HOPS,
    resultsQuickMinutes: values.RESULTS_QUICK_MINUTES,
    resultsSlowHours: values.RESULTS_SLOW_HOURS,
    allowPrivatePlatforms: values.ALLOW_PRIVATE_PLATFORMS === "true",
  });
}
