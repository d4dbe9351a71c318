import type { Request, Response } from "express";
import type { AuditStore } from "../audit/audit-store.js";
import { type Decision, recordAudit } from "../audit/record-audit.js";
import type { InOneWrite } from "../database.js";
import { ToolError } from "../errors.js";
import { visitOf } from "../launch/visit.routes.js";
import { isId } from "../stored-record.js";
import { type FormValues, queryText, readForm } from "../web/forms.js";
import { type Notice, showPage } from "../web/page.js";
import { type AdminArea, adminFrame, donePath, type DoneWord } from "./admin-frame.js";
import { AnyFormSchema } from "./form-values.js";

type AdminPage = {
  /** In `views/admin/`. */
  view: string;
  title: string;
  area: AdminArea;
  page: object;
  status?: number;
  notices?: Notice[];
};

/** Shows a page of the panel to the visit at hand. */
export function showAdminPage(request: Request, response: Response, content: AdminPage): void {
  const { view, title, area, page, status = 200, notices = [] } = content;
  const done = queryText(request, "done");
  const frame = adminFrame(visitOf(response), { title, area, done, notices });
  showPage(response, `admin/${view}`, { frame, page, status });
}

/** What every page needs that decides something. */
export type DecisionNeeds = {
  audit: Pick<AuditStore, "addOnce">;
  inOneWrite: InOneWrite;
  now: () => Date;
};

type Decided = Omit<Decision, "id" | "organisationId" | "actorId" | "at">;

/** Ends a transaction in which nothing was decided. */
class Undecided extends Error {
  readonly outcome: unknown;

  constructor(outcome: unknown) {
    super("nothing was decided");
    this.outcome = outcome;
  }
}

/** Writes into the audit trail what the administrator at hand decided. */
async function noteDecision(
  needs: DecisionNeeds,
  response: Response,
  decided: Decided,
): Promise<void> {
  const { launch, account } = visitOf(response);
  const { organisationId } = launch;
  await recordAudit(needs, { ...decided, organisationId, actorId: account.id, at: needs.now() });
}

/**
 * Makes a decision of the administrator at hand and writes it into the audit trail: both, or
 * neither.
 * @param decision.make writes to stores, and nothing else; may be called again
 * @param decision.note what the trail says; undefined when nothing was decided
 */
export async function decide<T>(
  needs: DecisionNeeds,
  response: Response,
  decision: { make: () => Promise<T>; note: (made: T) => Decided | undefined },
): Promise<T> {
  try {
    return await needs.inOneWrite(async () => {
      const made = await decision.make();
      const decided = decision.note(made);
      if (decided === undefined) throw new Undecided(made);
      await noteDecision(needs, response, decided);
      return made;
    });
  } catch (error) {
    if (error instanceof Undecided) return error.outcome as T;
    throw error;
  }
}

/** Goes on to a page of the panel that says what was done (303: by GET). */
export function goOn(response: Response, path: string, done: DoneWord): void {
  response.redirect(303, donePath(visitOf(response), path, done));
}

/** Everything that was posted, for editors and for showing a form again. */
export function postedValues(request: Request): FormValues {
  const reading = readForm(request, AnyFormSchema);
  return reading.kind === "ok" ? reading.value : reading.values;
}

/**
 * One of our ids from an address.
 * @throws ToolError not-found when it has not even the shape of one
 */
export function idIn(text: string): string {
  if (!isId(text)) throw new ToolError("not-found");
  return text;
}

/** What a store found. @throws ToolError not-found when that is nothing */
export function found<T>(record: T | undefined): T {
  if (record === undefined) throw new ToolError("not-found");
  return record;
}
