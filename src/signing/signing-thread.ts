import { answerTasks } from "../work/task-thread.js";
import { canonicalForm } from "./canonical-form.js";
import { createFastCanonicaliser } from "./fast-canonical-form.js";
import { signCredential } from "./sign-credential.js";
import type { SigningTasks } from "./signing-task.js";

/** The entry of a signing thread. */
const canonicalise = createFastCanonicaliser();

answerTasks<SigningTasks>({
  async sign({ credentials, keys, created }) {
    const signed = [];
    for (const credential of credentials) {
      signed.push(await signCredential(credential, keys, { canonicalise, created }));
    }
    return signed;
  },
  canonicalise: async (json) => await canonicalForm(JSON.parse(json) as object),
});
