import type { ErrorCode } from "../../src/errors.js";
import type { Answer } from "./wire.js";
import type { World } from "./world.js";

/**
 * One way to do harm. `act` does it when `isFaulty`, and otherwise its twin: the same with just that
 * one fault mended, which must succeed. A server that refuses everything fails on the twins.
 */
export type Attack = {
  name: string;
  /** What Rosette must say. */
  code: ErrorCode;
  act: (world: World, isFaulty: boolean) => Promise<Answer>;
  /** How the twin is answered: a launch with 303, a login with 302. */
  accepted?: number;
};

/** Whether a twin was accepted: let in to a page of ours, or sent on to its LMS. */
export const isAccepted = ({ accepted = 303 }: Attack, { status }: Answer): boolean =>
  status === accepted;

export type Claims = Record<string, unknown>;
