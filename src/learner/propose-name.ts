import { z } from "zod";
import type { ProfileStore } from "../people/profile-store.js";

const mixedUp = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}<>@/\\]/u;
/** They cannot be seen, and some scripts write with them: Persian, Sinhala, Malayalam. */
const joiners = /(?<=[\p{L}\p{M}])[\u200C\u200D](?=\p{L})/gu;

/** A person's name as it is typed: any script, blanks made even. */
export const NameForm = z.object({
  name: z
    .string({ error: "Enter your name." })
    .transform((name) => name.normalize("NFC").trim().replace(/\s+/g, " "))
    .refine((name) => name.length >= 2, { error: "Enter your name.", abort: true })
    .refine((name) => name.length <= 120, { error: "Use at most 120 characters.", abort: true })
    .refine((name) => !mixedUp.test(name.replace(joiners, "")) && /\p{L}/u.test(name), {
      error: "Enter a name: letters, blanks and the marks that belong to it.",
    }),
});

/**
 * The learner enters the name for their credentials. It waits for an administrator, since a
 * credential vouches for it; a name that the LMS sent needs none.
 */
export async function proposeName(
  needs: { profiles: Pick<ProfileStore, "proposeName"> },
  about: { organisationId: string; learnerId: string; name: string },
): Promise<void> {
  await needs.profiles.proposeName(about.organisationId, about.learnerId, about.name);
}
