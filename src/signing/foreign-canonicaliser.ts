import { createTaskThread } from "../work/task-thread.js";
import type { Canonicalise } from "./data-integrity.js";
import type { SigningTasks } from "./signing-task.js";

const SECOND_MS = 1000;

/**
 * Canonicalises what strangers hand in, in a thread of its own: some documents are made so that
 * the algorithm takes for ever, or all the memory there is. That ends the thread and nothing else.
 */
export function createForeignCanonicaliser(): {
  /** @throws Error with the library's reason, or that it took too long or too much */
  canonicalise: Canonicalise;
  stop: () => Promise<void>;
} {
  const thread = createTaskThread<SigningTasks>({
    called: "The checking thread",
    code: { source: "signing/signing-thread.ts", built: "signing-thread.js" },
    limits: { maxOldGenerationSizeMb: 128 },
    taskTimeoutMs: 4 * SECOND_MS,
    idleMs: 20 * SECOND_MS,
  });
  return {
    canonicalise: async (document) =>
      await thread.perform("canonicalise", JSON.stringify(document)),
    stop: async () => {
      await thread.stop();
    },
  };
}
