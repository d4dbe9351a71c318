import { type Request, type Response, Router } from "express";
import { z } from "zod";
import type { AuditStore } from "../audit/audit-store.js";
import type { AwardDecisionByHand, DecisionFault } from "../awards/decide-standing.js";
import type { AwardStore } from "../awards/award-store.js";
import type { CredentialStore } from "../credentials/credential-store.js";
import { visitOf } from "../launch/visit.routes.js";
import { learnerIdOf } from "../people/account.js";
import type { AccountStore } from "../people/account-store.js";
import type { ProfileStore } from "../people/profile-store.js";
import { initialsStatementOf } from "../tracks/track.js";
import type { TrackVersionStore } from "../tracks/track-version-store.js";
import { queryText, readForm, readListQuery } from "../web/forms.js";
import { adminPath } from "./admin-frame.js";
import { found, goOn, idIn, showAdminPage } from "./admin-page.routes.js";
import {
  awardFilters,
  awardPage,
  awardRows,
  decisionFaults,
  readAwardState,
} from "./award-page.js";

export type DecideAboutAward = (wanted: {
  organisationId: string;
  awardId: string;
  decision: AwardDecisionByHand;
}) => Promise<{ kind: "changed" } | { kind: "refused"; because: DecisionFault }>;

type Needs = {
  audit: Pick<AuditStore, "list">;
  decideAboutAward: DecideAboutAward;
  awards: Pick<AwardStore, "findById" | "list">;
  credentials: Pick<CredentialStore, "findByAward">;
  accounts: Pick<AccountStore, "listByIds">;
  trackVersions: Pick<TrackVersionStore, "find">;
  profiles: Pick<ProfileStore, "find" | "list" | "listByIds">;
};

/** More people than this match only a search that is too short to mean anybody. */
const MOST_PEOPLE = 200;

const HISTORY_SHOWN = 100;

const DecisionSchema = z.object({ reason: z.string().trim().max(1000).default("") });

/** Awards: list, one with its reasons and its history, and what is decided about it. */
export function awardAdminRoutes(needs: Needs): Router {
  const router = Router();

  /** The learners whose name or address holds the text. */
  const findLearnerIds = async (organisationId: string, search: string): Promise<string[]> => {
    if (search === "") return [];
    const query = { search, page: 1, pageSize: MOST_PEOPLE };
    const people = await needs.profiles.list(organisationId, query);
    const ids = people.items.map(({ id }) => id);
    return (await needs.accounts.listByIds(organisationId, ids)).map(learnerIdOf);
  };

  router.get("/awards", async (request, response) => {
    const { organisationId } = visitOf(response).launch;
    const query = readListQuery(request);
    const state = readAwardState(queryText(request, "state"));
    const learnerIds = await findLearnerIds(organisationId, query.search);
    const list = await needs.awards.list(organisationId, { ...query, learnerIds, state });
    const profiles = await needs.profiles.listByIds(
      organisationId,
      list.items.map(({ learnerId }) => learnerId),
    );
    showAdminPage(request, response, {
      view: "awards",
      title: "Awards",
      area: "awards",
      page: {
        list: { ...list, items: awardRows(list.items, profiles) },
        ...{ search: query.search, state, filters: awardFilters(state) },
      },
    });
  });

  const showAward = async (
    request: Request<{ awardId: string }>,
    response: Response,
    shown: { reason: string; fault: DecisionFault | undefined },
  ): Promise<void> => {
    const { organisationId } = visitOf(response).launch;
    const id = idIn(request.params.awardId);
    const award = found(await needs.awards.findById(organisationId, id));
    const credential = await needs.credentials.findByAward(organisationId, id);
    const profile = await needs.profiles.find(organisationId, award.learnerId);
    const { trackId, trackVersion: version } = award;
    const track = await needs.trackVersions.find(organisationId, { trackId, version });
    const { items: entries } = await needs.audit.list(organisationId, {
      ...{ subjectId: id, search: "", page: 1, pageSize: HISTORY_SHOWN },
    });
    const actors = [...new Set(entries.map(({ actorId }) => actorId))];
    const profiles = await needs.profiles.listByIds(organisationId, actors);
    const { reason, fault } = shown;
    const isOfReason = fault === "reason-missing";
    showAdminPage(request, response, {
      view: "award",
      title: `Award: ${award.trackName}`,
      area: "awards",
      status: fault === undefined ? 200 : isOfReason ? 422 : 409,
      notices:
        fault === undefined || isOfReason ? [] : [{ kind: "warning", text: decisionFaults[fault] }],
      page: {
        ...awardPage({ award, credential, profile, entries, profiles }),
        initials: track && initialsStatementOf(track),
        here: adminPath(visitOf(response), `/awards/${id}`),
        values: { reason },
        faults: isOfReason ? { reason: decisionFaults[fault] } : {},
      },
    });
  };

  router.get("/awards/:awardId", async (request, response) => {
    await showAward(request, response, { reason: "", fault: undefined });
  });

  const decide = async (
    request: Request<{ awardId: string }>,
    response: Response,
    kind: "revoke" | "reinstate",
  ): Promise<void> => {
    const { launch, account } = visitOf(response);
    const { organisationId } = launch;
    const id = idIn(request.params.awardId);
    found(await needs.awards.findById(organisationId, id));
    const form = readForm(request, DecisionSchema);
    const reason = form.kind === "ok" ? form.value.reason : "";
    const decision = { kind, actorId: account.id, reason };
    const outcome = await needs.decideAboutAward({ organisationId, awardId: id, decision });
    if (outcome.kind === "refused") {
      await showAward(request, response, { reason, fault: outcome.because });
      return;
    }
    goOn(response, `/awards/${id}`, kind === "revoke" ? "award-revoked" : "award-reinstated");
  };

  router.post("/awards/:awardId/revoke", async (request, response) => {
    await decide(request, response, "revoke");
  });

  router.post("/awards/:awardId/reinstate", async (request, response) => {
    await decide(request, response, "reinstate");
  });

  return router;
}
