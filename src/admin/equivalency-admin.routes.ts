import { type Request, type Response, Router } from "express";
import { z } from "zod";
import type { CourseStore } from "../courses/course-store.js";
import type { ExamStore } from "../courses/exam-store.js";
import { decideEquivalency, withdrawEquivalency } from "../equivalencies/decide-equivalency.js";
import type { LedgerEntry } from "../equivalencies/equivalency.js";
import type { EquivalencyStore } from "../equivalencies/equivalency-store.js";
import { visitOf } from "../launch/visit.routes.js";
import { learnerIdOf } from "../people/account.js";
import type { AccountStore } from "../people/account-store.js";
import type { ProfileStore } from "../people/profile-store.js";
import { isId } from "../stored-record.js";
import { type FormValues, queryText, readForm, readListQuery } from "../web/forms.js";
import type { Notice } from "../web/page.js";
import { adminPath } from "./admin-frame.js";
import {
  decide,
  type DecisionNeeds,
  found,
  goOn,
  idIn,
  postedValues,
  showAdminPage,
} from "./admin-page.routes.js";
import { nameOf } from "./award-page.js";
import { equivalencyPage, equivalencyRow, ledgerChoices } from "./equivalency-page.js";
import { requiredText } from "./form-fields.js";
import { textOf } from "./form-values.js";
import type { ListChoices } from "./list-choices.js";

type Needs = DecisionNeeds & {
  accounts: Pick<AccountStore, "findById">;
  courses: Pick<CourseStore, "listByIds">;
  equivalencies: EquivalencyStore;
  exams: Pick<ExamStore, "listByIds">;
  profiles: Pick<ProfileStore, "list" | "listByIds">;
  listChoices: ListChoices;
  equivalencyDecided: (entry: LedgerEntry) => Promise<void>;
};

const grounds = {
  decidedBy: requiredText("Say who decided, for example Education committee.", 120),
  reason: requiredText("Say why, in words for the learner.", 500),
};

const EntrySchema = z.object({
  decision: z.enum(["counts", "does-not-count"], { error: "Choose what was decided." }),
  from: z.string().refine(isId, "Choose what was passed."),
  to: z.string().refine(isId, "Choose what it counts for."),
  reach: z.enum(["one-way", "both-ways"], { error: "Choose one way or both." }),
  since: z.iso.date("Enter a day.").transform((day) => new Date(`${day}T00:00:00Z`)),
  for: z.string().default(""),
  ...grounds,
});

const WithdrawalSchema = z.object(grounds);

type Form = { faults?: Record<string, string>; values?: FormValues };

const statusOf = ({ faults = {} }: Form): number => (Object.keys(faults).length === 0 ? 200 : 422);

/** The ledger of equivalencies: which edition of which course counts for which. */
export function equivalencyAdminRoutes(needs: Needs): Router {
  const router = Router();

  /** What a page needs to say of entries whether they stand, and who is meant. */
  const readAbout = async (organisationId: string, entries: readonly LedgerEntry[]) => {
    const accountIds = entries.flatMap(({ accountId }) => accountId ?? []);
    const people = [...accountIds, ...entries.map(({ enteredBy }) => enteredBy)];
    const [standing, profiles] = await Promise.all([
      needs.equivalencies.listStanding({
        ...{ organisationId, accountIds },
        examIds: entries.flatMap(({ from, to }) => [from.examId, to.examId]),
      }),
      needs.profiles.listByIds(organisationId, [...new Set(people)]),
    ]);
    return { standingIds: new Set(standing.map(({ id }) => id)), profiles, now: needs.now() };
  };

  const showEntry = async (
    request: Request,
    response: Response,
    shown: { entry: LedgerEntry; notices?: Notice[] } & Form,
  ): Promise<void> => {
    const { entry, notices = [], faults = {}, values = {} } = shown;
    const about = await readAbout(entry.organisationId, [entry]);
    showAdminPage(request, response, {
      ...{ view: "equivalency", title: `Entry ${entry.number} of the ledger`, area: "courses" },
      status: notices.length > 0 ? 409 : statusOf(shown),
      notices,
      page: {
        ...equivalencyPage(entry, about),
        faults,
        values: { decidedBy: entry.decidedBy, ...values },
      },
    });
  };

  const showForm = async (request: Request, response: Response, form: Form = {}): Promise<void> => {
    const visit = visitOf(response);
    const { organisationId } = visit.launch;
    const asked = (name: string) => textOf(form.values ?? {}, name) || queryText(request, name);
    const query = readListQuery(request, 10);
    const learnerId = asked("for");
    const [choices, [learner], people] = await Promise.all([
      needs.listChoices(organisationId),
      isId(learnerId) ? needs.profiles.listByIds(organisationId, [learnerId]) : [],
      query.search === "" ? undefined : needs.profiles.list(organisationId, query),
    ]);
    const started = { from: asked("from"), to: asked("to"), for: learner?.id ?? "" };
    showAdminPage(request, response, {
      ...{ view: "equivalency-form", title: "Decide what counts", area: "courses" },
      status: statusOf(form),
      page: {
        values: {
          ...{ decision: "counts", reach: "one-way" },
          since: needs.now().toISOString().slice(0, 10),
          ...form.values,
          ...started,
        },
        faults: form.faults ?? {},
        options: ledgerChoices(choices),
        learner: learner && nameOf([learner], learner.id),
        search: query.search,
        people: people?.items.map(({ id, name, email }) => ({
          name: name ?? "Name not known",
          email: email ?? "",
          path: `${adminPath(visit, "/equivalencies/new")}?${new URLSearchParams({ ...started, for: id }).toString()}`,
        })),
      },
    });
  };

  /** The account that everything of a learner belongs to; undefined where nobody is meant. */
  const findLearnerId = async (organisationId: string, id: string): Promise<string | undefined> =>
    id === ""
      ? undefined
      : learnerIdOf(found(await needs.accounts.findById(organisationId, idIn(id))));

  const decisionOf = (action: string, entry: LedgerEntry) => {
    const { id, number, from, to, reach, decision, reason } = entry;
    return {
      ...{ action, reason, subject: { kind: "equivalency" as const, id } },
      after: {
        ...{ number, decision, reach, fromExam: from.examId, toExam: to.examId },
        ...{ since: entry.since.toISOString(), decidedBy: entry.decidedBy },
        ...(entry.accountId === undefined ? {} : { learner: entry.accountId }),
      },
    };
  };

  /** The same, with a ledger in which each entry is added together with its audit entry. */
  const noting = (response: Response, action: string): Needs => ({
    ...needs,
    equivalencies: {
      ...needs.equivalencies,
      addOnce: async (entry) =>
        await decide(needs, response, {
          make: async () => await needs.equivalencies.addOnce(entry),
          note: (made) => (made === "added" ? decisionOf(action, entry) : undefined),
        }),
    },
  });

  router.get("/equivalencies", async (request, response) => {
    const { organisationId } = visitOf(response).launch;
    const query = readListQuery(request);
    const list = await needs.equivalencies.list(organisationId, query);
    const about = await readAbout(organisationId, list.items);
    showAdminPage(request, response, {
      ...{ view: "equivalencies", title: "Which edition counts for which", area: "courses" },
      page: {
        list: { ...list, items: list.items.map((entry) => equivalencyRow(entry, about)) },
        search: query.search,
      },
    });
  });

  router.get("/equivalencies/new", async (request, response) => {
    await showForm(request, response);
  });

  router.post("/equivalencies/new", async (request, response) => {
    const form = readForm(request, EntrySchema);
    if (form.kind === "faulty") {
      await showForm(request, response, form);
      return;
    }
    const { launch, account } = visitOf(response);
    const { organisationId } = launch;
    const { from, to, for: learner, ...decided } = form.value;
    const done =
      decided.decision === "counts" ? "equivalency-entered" : ("equivalency-refused" as const);
    const result = await decideEquivalency(noting(response, done), {
      ...{ ...decided, organisationId, fromExamId: from, toExamId: to, enteredBy: account.id },
      accountId: await findLearnerId(organisationId, learner),
    });
    if (result.kind === "faulty") {
      const faults = { [result.fault.field]: result.fault.sentence };
      await showForm(request, response, { faults, values: postedValues(request) });
      return;
    }
    await needs.equivalencyDecided(result.entry);
    goOn(response, "/equivalencies", done);
  });

  const findEntry = async (response: Response, id: string | undefined): Promise<LedgerEntry> => {
    const { organisationId } = visitOf(response).launch;
    return found(await needs.equivalencies.findById(organisationId, idIn(id ?? "")));
  };

  router.get("/equivalencies/:entryId", async (request, response) => {
    await showEntry(request, response, {
      entry: await findEntry(response, request.params.entryId),
    });
  });

  router.post("/equivalencies/:entryId/withdraw", async (request, response) => {
    const entry = await findEntry(response, request.params.entryId);
    const form = readForm(request, WithdrawalSchema);
    if (form.kind === "faulty") {
      await showEntry(request, response, { entry, ...form });
      return;
    }
    const { id, organisationId } = entry;
    const enteredBy = visitOf(response).account.id;
    const wanted = { ...form.value, id, organisationId, enteredBy };
    const noted = noting(response, "equivalency-withdrawn");
    const result = await withdrawEquivalency(noted, wanted);
    if (result.kind === "faulty") {
      const notices = [{ kind: "warning" as const, text: result.fault.sentence }];
      await showEntry(request, response, { entry, notices });
      return;
    }
    await needs.equivalencyDecided(result.entry);
    goOn(response, "/equivalencies", "equivalency-withdrawn");
  });

  return router;
}
