import type { Response } from "express";
import type { Visit } from "./visit.js";

/** The visit that `admit` found; only behind `admit`. */
export function visitOf(response: Response): Visit {
  const { visit } = response.locals as { visit?: Visit };
  if (visit === undefined) throw new Error("visitOf is only for routes behind admit()");
  return visit;
}
