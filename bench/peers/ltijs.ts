import type { SimulatedPlatform } from "../../test/attacks/simulated-platform.js";
import { freePort } from "../story/product.js";
import { type MeasuredProcess, startMeasured } from "./measured-process.js";

export type Ltijs = { process: MeasuredProcess; origin: string };

/** Starts ltijs 5.9.9, knowing these platforms, on a database of its own in the shared store. */
export async function startLtijs(at: {
  storeUri: string;
  database: string;
  core: number;
  clientId: string;
  platforms: readonly SimulatedPlatform[];
}): Promise<Ltijs> {
  const port = await freePort();
  const uri = new URL(at.storeUri);
  uri.pathname = `/${at.database}`;
  const platforms = at.platforms.map((platform) => ({
    url: platform.issuer,
    name: "Simulated",
    clientId: at.clientId,
    authenticationEndpoint: platform.authorizationUrl,
    accesstokenEndpoint: platform.tokenUrl,
    authConfig: { method: "JWK_SET", key: platform.jwksUrl },
  }));
  const process = await startMeasured({
    core: at.core,
    args: ["bench/peers/ltijs-server.mjs"],
    env: {
      NODE_ENV: "production",
      PORT: String(port),
      MONGODB_URI: uri.href,
      PLATFORMS: JSON.stringify(platforms),
    },
  });
  return { process, origin: `http://127.0.0.1:${port}` };
}
