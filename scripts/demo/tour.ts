import type { Demo } from "./start-demo.js";
import { playBadge } from "./tour-badge.js";
import { playCertificate } from "./tour-certificate.js";

/**
 * Plays the story over HTTP, as people and programs would, and says what came back: a school's
 * badge, then an association's professional certificate.
 * @throws Error at the first step that does not hold
 */
export async function playTour(demo: Demo, say: (line: string) => void): Promise<void> {
  let number = 0;
  const step = (what: string, back: string): void => {
    number += 1;
    say(`${String(number).padStart(2)}. ${what}\n      ${back}`);
  };
  say("A badge of a school for teachers of the blind");
  await playBadge({ demo, step });
  say("A professional certificate of an association");
  await playCertificate({ demo, step });
}
