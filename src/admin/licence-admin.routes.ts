import { type Request, type Response, Router } from "express";
import { z } from "zod";
import type { EligibilityStore } from "../eligibility/eligibility-store.js";
import { evidenceName } from "../eligibility/evidence.js";
import type { Licence } from "../eligibility/licence.js";
import { ToolError } from "../errors.js";
import { visitOf } from "../launch/visit.routes.js";
import type { AccountStore } from "../people/account-store.js";
import type { ProfileStore } from "../people/profile-store.js";
import type { TrackProgress } from "../progress/explain-progress.js";
import { newId } from "../stored-record.js";
import { type FormValues, readForm, readListQuery } from "../web/forms.js";
import { sendForSaving } from "../web/send-for-saving.js";
import type { DoneWord } from "./admin-frame.js";
import {
  decide,
  type DecisionNeeds,
  found,
  goOn,
  idIn,
  showAdminPage,
} from "./admin-page.routes.js";
import { requiredText } from "./form-fields.js";
import { licencePage, licenceRow } from "./licence-page.js";

export type LicenceActions = {
  /** Opens the number of a licence, for who verifies it. */
  openLicenceNumber: (licence: Licence) => string;
  /** Opens the file that proves it; undefined when there is none. */
  openEvidence: (licence: Licence) => Promise<Buffer | undefined>;
  eligibilityChanged: (about: { organisationId: string; accountId: string }) => Promise<void>;
  /** Where a licence's holder stands on the tracks that ask for eligibility. */
  explainEligibility: (about: {
    organisationId: string;
    accountId: string;
  }) => Promise<TrackProgress[]>;
};

type Needs = LicenceActions &
  DecisionNeeds & {
    accounts: Pick<AccountStore, "findById">;
    eligibility: EligibilityStore;
    profiles: Pick<ProfileStore, "listByIds">;
  };

const ProfessionSchema = z.object({ name: requiredText("Enter the profession.", 100) });

const DecisionSchema = z
  .object({
    decision: z.enum(["verify", "reject", "waive"]),
    reason: z.string().trim().max(500, "Use at most 500 characters.").default(""),
  })
  .refine(({ decision, reason }) => decision === "verify" || reason !== "", {
    path: ["reason"],
    message: "Say why, in words for the learner.",
  });

type Form = { faults?: Record<string, string>; values?: FormValues };

/** The queue of licences that wait to be verified, and the professions they are in. */
export function licenceAdminRoutes(needs: Needs): Router {
  const router = Router();

  const showQueue = async (request: Request, response: Response, form: Form = {}) => {
    const { organisationId } = visitOf(response).launch;
    const [list, professions] = await Promise.all([
      needs.eligibility.listSubmitted(organisationId, readListQuery(request)),
      needs.eligibility.listProfessions(organisationId),
    ]);
    const ids = list.items.map(({ accountId }) => accountId);
    const profiles = await needs.profiles.listByIds(organisationId, ids);
    const items = await Promise.all(
      list.items.map(async (licence) => {
        const progress = await needs.explainEligibility(licence);
        return licenceRow(licence, { profiles, professions, progress });
      }),
    );
    const { faults = {}, values = {} } = form;
    showAdminPage(request, response, {
      ...{ view: "licences", title: "Licences", area: "licences" },
      status: Object.keys(faults).length === 0 ? 200 : 422,
      page: { list: { ...list, items }, professions, faults, values },
    });
  };

  const showLicence = async (
    request: Request,
    response: Response,
    shown: { licence: Licence } & Form,
  ) => {
    const { licence, faults = {}, values = {} } = shown;
    const { organisationId, accountId } = licence;
    const [profiles, professions, progress] = await Promise.all([
      needs.profiles.listByIds(organisationId, [accountId]),
      needs.eligibility.listProfessions(organisationId),
      needs.explainEligibility({ organisationId, accountId }),
    ]);
    const number = needs.openLicenceNumber(licence);
    const about = { profiles, professions, progress, number, now: needs.now() };
    showAdminPage(request, response, {
      ...{ view: "licence", title: "A licence to verify", area: "licences" },
      status: Object.keys(faults).length === 0 ? 200 : 422,
      page: { ...licencePage(licence, about), faults, values },
    });
  };

  const findLicence = async (response: Response, id: string | undefined): Promise<Licence> => {
    const { organisationId } = visitOf(response).launch;
    return found(await needs.eligibility.findLicence(organisationId, idIn(id ?? "")));
  };

  /** On to the next one that waits, so that the queue is worked with Tab and Enter alone. */
  const goToNext = async (response: Response, done: DoneWord): Promise<void> => {
    const { organisationId } = visitOf(response).launch;
    const query = { search: "", page: 1, pageSize: 1 };
    const [next] = (await needs.eligibility.listSubmitted(organisationId, query)).items;
    goOn(response, next === undefined ? "/licences" : `/licences/${next.id}`, done);
  };

  router.get("/licences", async (request, response) => {
    await showQueue(request, response);
  });

  router.post("/licences/professions", async (request, response) => {
    const form = readForm(request, ProfessionSchema);
    if (form.kind === "faulty") {
      await showQueue(request, response, form);
      return;
    }
    const { organisationId } = visitOf(response).launch;
    const { name } = form.value;
    const profession = { id: newId(), organisationId, name, createdAt: needs.now() };
    const outcome = await decide(needs, response, {
      make: async () => await needs.eligibility.addProfession(profession),
      note: (made) =>
        made === "added"
          ? { action: "profession-added", subject: { kind: "profession", id: profession.id } }
          : undefined,
    });
    if (outcome === "already-there") {
      const faults = { name: "This profession is listed already." };
      await showQueue(request, response, { faults, values: { name } });
      return;
    }
    goOn(response, "/licences", "profession-added");
  });

  router.get("/licences/:licenceId", async (request, response) => {
    await showLicence(request, response, {
      licence: await findLicence(response, request.params.licenceId),
    });
  });

  router.get("/licences/:licenceId/evidence", async (request, response) => {
    const licence = await findLicence(response, request.params.licenceId);
    const bytes = found(await needs.openEvidence(licence));
    sendForSaving(response, { name: evidenceName(found(licence.evidenceFile)), bytes });
  });

  router.post("/licences/:licenceId", async (request, response) => {
    const licence = await findLicence(response, request.params.licenceId);
    const { organisationId, accountId, professionId, id } = licence;
    const form = readForm(request, DecisionSchema);
    if (form.kind === "faulty") {
      if (form.faults["decision"] !== undefined) throw new ToolError("form-invalid");
      await showLicence(request, response, { licence, ...form });
      return;
    }
    const { decision, reason } = form.value;
    const decidedBy = visitOf(response).account.id;
    if (decision === "waive") {
      const dateWaiver = { reason, waivedAt: needs.now(), waivedBy: decidedBy };
      const about = { organisationId, accountId, professionId };
      await decide(needs, response, {
        make: async () => {
          await needs.eligibility.waiveDate({ ...about, dateWaiver });
        },
        note: () => ({
          ...{ action: "licence-date-waived", subject: { kind: "licence", id }, reason },
          after: { examsUntil: dateWaiver.waivedAt.toISOString() },
        }),
      });
      await needs.eligibilityChanged({ organisationId, accountId });
      goOn(response, `/licences/${id}`, "licence-date-waived");
      return;
    }
    const state = decision === "verify" ? ("verified" as const) : ("rejected" as const);
    const why = state === "rejected" ? { reason } : { reason: undefined };
    const decided = await decide(needs, response, {
      make: async () =>
        await needs.eligibility.decideLicence({
          ...{ organisationId, id, state, decidedBy, decidedAt: needs.now(), ...why },
        }),
      note: (made) =>
        made && {
          action: `licence-${state}`,
          subject: { kind: "licence", id },
          before: { licenceState: "submitted" },
          after: { licenceState: state },
          ...why,
        },
    });
    if (decided === undefined) {
      goOn(response, `/licences/${id}`, "licence-decided-before");
      return;
    }
    await needs.eligibilityChanged({ organisationId, accountId });
    await goToNext(response, `licence-${state}`);
  });

  return router;
}
