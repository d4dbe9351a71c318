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
};

export type Claims = Record<string, unknown>;
