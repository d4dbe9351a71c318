import { readFileSync } from "node:fs";
import { readEnvironment } from "../../config/environment.js";
import { buildIndexes, connectDatabase } from "../../src/database.js";
import { createLog } from "../../src/log.js";
import { createSealedBox } from "../../src/sealed-box.js";
import { createParts, type Parts } from "../../src/parts/parts.js";
import type { SimulatedPlatform } from "../../test/attacks/simulated-platform.js";
import { freePort } from "../story/product.js";
import { type MeasuredProcess, startMeasured } from "./measured-process.js";

/** The built product in production, on a database of its own in the store that both share. */
export type Rosette = {
  process: MeasuredProcess;
  origin: string;
  /** Its parts in this process, on the same database, for filling it. */
  parts: Parts;
  connection: Awaited<ReturnType<typeof connectDatabase>>;
  organisationId: string;
  stop(): Promise<void>;
};

/** What `npm start` gives to node, so that the same is measured. */
function startArguments(): string[] {
  const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as {
    scripts: { start: string };
  };
  return scripts.start.split(" ").slice(1);
}

export const PUBLIC_URL = "https://rosette.example";

export async function startRosette(at: {
  storeUri: string;
  database: string;
  core: number;
}): Promise<Rosette> {
  const port = await freePort();
  const uri = new URL(at.storeUri);
  uri.pathname = `/${at.database}`;
  const env = {
    NODE_ENV: "production",
    PORT: String(port),
    PUBLIC_URL,
    MONGODB_URI: uri.href,
    ENCRYPTION_KEY: "07".repeat(32),
    LOG_LEVEL: "silent",
    // The simulated platform stands on this machine; each learner has an address of their own.
    ALLOW_PRIVATE_PLATFORMS: "true",
    TRUST_PROXY_HOPS: "1",
  };
  const origin = `http://127.0.0.1:${port}`;
  const answers = async () => {
    const answer = await fetch(`${origin}/healthz`).catch(() => undefined);
    return answer?.ok === true;
  };
  const process = await startMeasured({ core: at.core, args: startArguments(), env, answers });
  const settings = readEnvironment(env);
  const connection = await connectDatabase(uri.href);
  const sealedBox = createSealedBox(settings.encryptionKeyHex ?? "");
  const log = createLog({ logLevel: "silent" });
  const parts = createParts({ connection, settings, log, sealedBox, now: () => new Date() });
  await buildIndexes(connection);
  const organisation = await parts.organisations.ensureFirst("Bench Academy", new Date());
  return {
    ...{ process, origin, parts, connection, organisationId: organisation.id },
    stop: async () => {
      await connection.close();
      await process.stop();
    },
  };
}

/** Registers simulated platforms, each with its one deployment approved. */
export async function registerAt(
  { parts, organisationId }: Rosette,
  platforms: readonly Pick<
    SimulatedPlatform,
    "issuer" | "authorizationUrl" | "tokenUrl" | "jwksUrl"
  >[],
  clientId: string,
): Promise<void> {
  for (const { issuer, authorizationUrl, tokenUrl, jwksUrl } of platforms) {
    const id = crypto.randomUUID();
    await parts.platforms.addOnce({
      ...{ id, organisationId, name: "Simulated", issuer, clientId, family: "other" },
      ...{ authorizationUrl, tokenUrl, jwksUrl, tokenAudience: undefined },
      ...{ acceptsAnyDeployment: false, createdAt: new Date() },
    });
    await parts.deployments.ensure({
      ...{ platformId: id, deploymentId: "1", organisationId },
      ...{ status: "approved", at: new Date() },
    });
  }
}
