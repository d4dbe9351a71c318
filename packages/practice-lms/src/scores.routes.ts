import { Router, text } from "express";
import { decideScore } from "./accept-score.js";
import { lineItemUrl, mediaTypes, scopes, servicePatterns } from "./addresses.js";
import type { Grade, LineItem } from "./gradebook.js";
import { getOwnLineItem } from "./line-items.routes.js";
import type { LmsState } from "./lms-state.js";
import { cutPage } from "./paging.js";
import { isGradable } from "./school.js";
import { serviceEndpoint, ServiceRefusal, type ServiceCall } from "./service-access.js";
import { parseJsonRecord, readText } from "./unknown-data.js";

/** The score and result parts (LTI AGS 2.0, sections 3.3 and 3.4). */
export function scoreRoutes(lms: LmsState): Router {
  const router = Router();
  const { lineItem } = servicePatterns(lms);
  router.post(
    `${lineItem}/scores`,
    text({ type: () => true }),
    serviceEndpoint(lms, {
      scopes: [scopes.score],
      mediaType: mediaTypes.score,
      handle: (call) => {
        acceptScore(lms, call);
      },
    }),
  );
  router.get(
    `${lineItem}/results`,
    serviceEndpoint(lms, {
      scopes: [scopes.resultReadonly],
      mediaType: mediaTypes.resultContainer,
      handle: (call) => {
        listResults(lms, call);
      },
    }),
  );
  return router;
}

function acceptScore(lms: LmsState, call: ServiceCall): void {
  const { request, response, tool, courseId } = call;
  const { rejectScores } = lms.faults;
  if (rejectScores !== false) {
    throw new ServiceRefusal(rejectScores === true ? 422 : rejectScores, "scores are rejected");
  }
  const item = getOwnLineItem(lms, call);
  const body = parseJsonRecord(request.body);
  if (!body) throw new ServiceRefusal(400, "the body is no JSON object");
  const place = { lineItemId: item.id, userId: readText(body, "userId") ?? "" };
  const decision = decideScore(body, {
    mood: lms.mood,
    now: lms.now(),
    lineItemMaximum: item.scoreMaximum,
    before: lms.gradebook.findGrade(place),
    isGradable: (userId) => isGradable(lms.school, { courseId, userId }),
  });
  if (decision.kind === "refuse") throw new ServiceRefusal(decision.status, decision.because);
  lms.gradebook.setGrade(place, decision.grade);
  if (lms.faults.loseScoreAnswers) throw new ServiceRefusal(502, "the answer was lost");
  if (lms.mood === "moodle") {
    response.status(200).end();
    return;
  }
  const below = `/results/${encodeURIComponent(place.userId)}`;
  response.json({ resultUrl: lineItemUrl(lms, tool, { item, below }) });
}

function listResults(lms: LmsState, call: ServiceCall): void {
  const { request, response } = call;
  const item = getOwnLineItem(lms, call);
  const wantedUserId = readText(request.query, "user_id");
  const known = lms.faults.dropResults ? [] : lms.gradebook.listGrades(item.id);
  const visible = known.filter(
    ([userId, grade]) =>
      // A grade that only a teacher typed has no result row in Canvas.
      (lms.mood === "moodle" || grade.hasToolRow) &&
      (wantedUserId === undefined || wantedUserId === userId),
  );
  const part = cutPage(lms, request, visible);
  if (part.linkHeader !== undefined) response.setHeader("Link", part.linkHeader);
  response.type(mediaTypes.resultContainer);
  const results = part.items.map(([userId, grade]) =>
    describeResult(lms, call, { item, userId, grade }),
  );
  response.send(JSON.stringify(lms.faults.alterResults?.(results) ?? results));
}

function describeResult(
  lms: LmsState,
  { tool }: ServiceCall,
  { item, userId, grade }: { item: LineItem; userId: string; grade: Grade },
) {
  const isMoodle = lms.mood === "moodle";
  const id = encodeURIComponent(userId);
  const resultUrl = isMoodle
    ? `${lineItemUrl(lms, tool, { item, below: "/results" })}&user_id=${id}`
    : lineItemUrl(lms, tool, { item, below: `/results/${id}` });
  return {
    id: resultUrl,
    userId,
    ...(grade.score !== null && { resultScore: grade.score, resultMaximum: item.scoreMaximum }),
    ...(grade.comment !== undefined && { comment: grade.comment }),
    scoreOf: lineItemUrl(lms, tool, { item }),
    // Moodle knows no fraction of a second.
    ...(isMoodle && { timestamp: grade.updatedAt.toISOString().replace(/\.\d+Z$/, "+00:00") }),
  };
}
