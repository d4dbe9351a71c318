import { availableParallelism } from "node:os";
import { createTaskThread } from "../work/task-thread.js";
import { createFastCanonicaliser } from "./fast-canonical-form.js";
import { signCredential, type SignedForms } from "./sign-credential.js";
import type { SigningBatch, SigningTasks } from "./signing-task.js";

const SECOND_MS = 1000;

/** Up to so many are signed at once where they are asked for: a thread would take longer to start. */
const FEW = 8;

/** So many go to a thread at a time. */
const CHUNK = 100;

/** Signs credentials; never called while somebody waits for a page. */
export type Signer = {
  /**
   * In the order of the credentials.
   * @param how.inThread even few: those of a kind that takes long
   */
  sign: (batch: SigningBatch, how?: { inThread: boolean }) => Promise<SignedForms[]>;
  stop: () => Promise<void>;
};

/** Signs a few in this thread, many in as many threads as there are processors. */
export function createSigner(threadCount = availableParallelism()): Signer {
  const canonicalise = createFastCanonicaliser();
  const threads = Array.from({ length: threadCount }, () =>
    createTaskThread<SigningTasks>({
      called: "A signing thread",
      code: { source: "signing/signing-thread.ts", built: "signing-thread.js" },
      limits: { maxOldGenerationSizeMb: 256 },
      taskTimeoutMs: 60 * SECOND_MS,
      idleMs: 20 * SECOND_MS,
    }),
  );

  async function signMany({ credentials, ...by }: SigningBatch): Promise<SignedForms[]> {
    const chunks = Array.from({ length: Math.ceil(credentials.length / CHUNK) }, (_, at) =>
      credentials.slice(at * CHUNK, (at + 1) * CHUNK),
    );
    const signed = await Promise.all(
      chunks.map(async (chunk, at) => {
        const thread = threads[at % threads.length];
        return (await thread?.perform("sign", { credentials: chunk, ...by })) ?? [];
      }),
    );
    return signed.flat();
  }

  return {
    async sign(batch, { inThread } = { inThread: false }) {
      if (inThread || batch.credentials.length > FEW) return await signMany(batch);
      const { credentials, keys, created } = batch;
      const signed: SignedForms[] = [];
      for (const credential of credentials) {
        signed.push(await signCredential(credential, keys, { canonicalise, created }));
      }
      return signed;
    },

    async stop() {
      await Promise.all(
        threads.map(async (thread) => {
          await thread.stop();
        }),
      );
    },
  };
}
