import { createDecipheriv, createHash, createPrivateKey } from "node:crypto";
import type { JWK } from "jose";
import { MongoClient } from "mongodb";
import { z } from "zod";
import { PlatformForm } from "../src/platforms/platform-form.js";
import { CommandError } from "./command.js";

/** Platforms as the Mongoose plugin of ltijs 5 keeps them (`dist/Utils/Database.js`). */
const LtijsPlatform = z.object({
  platformUrl: z.string(),
  platformName: z.string().optional(),
  clientId: z.string(),
  authEndpoint: z.string(),
  accesstokenEndpoint: z.string(),
  authorizationServer: z.string().nullish(),
  kid: z.string(),
  authConfig: z.object({ method: z.string(), key: z.string() }),
});
type LtijsPlatform = z.output<typeof LtijsPlatform>;

const LtijsStatus = z.object({ id: z.string(), active: z.boolean().default(false) });
const LtijsKey = z.object({ kid: z.string(), iv: z.string(), data: z.string() });
const OpenedKey = z.object({ key: z.string() });

/** One registration of ltijs: what of it can be brought over, or why it cannot. */
export type LtijsRegistration = { issuer: string; clientId: string } & (
  | {
      kind: "usable";
      form: PlatformForm;
      /** The private key that the LMS knows the public part of; its `kid` is ltijs's. */
      privateJwk: JWK & { kid: string };
    }
  | { kind: "left-out"; because: string }
);

type Found = {
  inactive: ReadonlySet<string>;
  keys: ReadonlyMap<string, z.output<typeof LtijsKey>>;
};

/** ltijs seals with AES-256-CBC under the SHA-256 of its encryption key. */
function openKey(sealed: z.output<typeof LtijsKey>, encryptionKey: string): JWK & { kid: string } {
  const secret = createHash("sha256").update(encryptionKey).digest();
  try {
    const decipher = createDecipheriv("aes-256-cbc", secret, Buffer.from(sealed.iv, "hex"));
    const data = Buffer.concat([decipher.update(sealed.data, "hex"), decipher.final()]);
    const { key } = OpenedKey.parse(JSON.parse(data.toString("utf8")));
    return { ...(createPrivateKey(key).export({ format: "jwk" }) as JWK), kid: sealed.kid };
  } catch {
    throw new CommandError(
      "LTIJS_ENCRYPTION_KEY does not open the keys in that database. It is the first argument of ltijs' setup().",
    );
  }
}

function readOne(
  platform: LtijsPlatform,
  { inactive, keys }: Found,
  encryptionKey: string,
): LtijsRegistration {
  const { platformUrl: issuer, clientId, authConfig, kid } = platform;
  const about = { issuer, clientId };
  const leftOut = (because: string) => ({ ...about, kind: "left-out", because }) as const;
  if (inactive.has(kid)) return leftOut("it is not active in ltijs");
  if (authConfig.method !== "JWK_SET") {
    return leftOut(
      `it holds a copy of the LMS's key (${authConfig.method}); Rosette needs the address of its key set`,
    );
  }
  const form = PlatformForm.safeParse({
    ...{ issuer, clientId, name: platform.platformName ?? issuer },
    authorizationUrl: platform.authEndpoint,
    tokenUrl: platform.accesstokenEndpoint,
    jwksUrl: authConfig.key,
    tokenAudience: platform.authorizationServer ?? "",
  });
  if (!form.success) return leftOut(form.error.issues.map(({ message }) => message).join("; "));
  const sealed = keys.get(kid);
  if (sealed === undefined) return leftOut("its key is missing");
  const privateJwk = openKey(sealed, encryptionKey);
  return { ...about, kind: "usable", form: form.data, privateJwk };
}

/**
 * Reads the registrations of an ltijs 5 database; writes nothing there.
 * @throws CommandError when it is none, or the encryption key does not open its keys
 */
export async function readLtijsRegistrations(
  uri: string,
  encryptionKey: string,
): Promise<LtijsRegistration[]> {
  const client = await MongoClient.connect(uri, { serverSelectionTimeoutMS: 10_000 });
  try {
    const read = async (name: string) => await client.db().collection(name).find({}).toArray();
    const [platforms, statuses, keys] = await Promise.all(
      ["platforms", "platformstatuses", "privatekeys"].map(read),
    );
    const parsed = z.array(LtijsPlatform).safeParse(platforms);
    if (!parsed.success)
      throw new CommandError("That database does not hold platforms of ltijs 5.");
    const found: Found = {
      inactive: new Set(
        z
          .array(LtijsStatus)
          .parse(statuses)
          .filter(({ active }) => !active)
          .map(({ id }) => id),
      ),
      keys: new Map(
        z
          .array(LtijsKey)
          .parse(keys)
          .map((key) => [key.kid, key]),
      ),
    };
    return parsed.data.map((platform) => readOne(platform, found, encryptionKey));
  } finally {
    await client.close();
  }
}
