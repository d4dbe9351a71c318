import { Router, text } from "express";
import { lineItemUrl, mediaTypes, scopes, servicePatterns } from "./addresses.js";
import type { LineItem } from "./gradebook.js";
import type { LmsState } from "./lms-state.js";
import { cutPage } from "./paging.js";
import { findLink, findToolOfLink, getCourse, type InstalledTool } from "./school.js";
import { serviceEndpoint, ServiceRefusal, type ServiceCall } from "./service-access.js";
import { parseJsonRecord, readText } from "./unknown-data.js";

const reading = [scopes.lineItem, scopes.lineItemReadonly];
const writing = [scopes.lineItem];

/** The line item service (LTI AGS 2.0, section 3.2). A tool sees and changes its own columns only. */
export function lineItemRoutes(lms: LmsState): Router {
  const router = Router();
  const patterns = servicePatterns(lms);
  const body = text({ type: () => true });
  router.get(
    patterns.lineItems,
    serviceEndpoint(lms, {
      scopes: reading,
      mediaType: mediaTypes.lineItemContainer,
      handle: (call) => {
        listLineItems(lms, call);
      },
    }),
  );
  router.post(
    patterns.lineItems,
    body,
    serviceEndpoint(lms, {
      scopes: writing,
      mediaType: mediaTypes.lineItem,
      handle: (call) => {
        const added = lms.gradebook.addLineItem(readNewLineItem(lms, call));
        call.response.status(201);
        sendLineItem(lms, call, added);
      },
    }),
  );
  router.get(
    patterns.lineItem,
    serviceEndpoint(lms, {
      scopes: reading,
      mediaType: mediaTypes.lineItem,
      handle: (call) => {
        sendLineItem(lms, call, getOwnLineItem(lms, call));
      },
    }),
  );
  router.put(
    patterns.lineItem,
    body,
    serviceEndpoint(lms, {
      scopes: writing,
      mediaType: mediaTypes.lineItem,
      handle: (call) => {
        const changed = changeLineItem(getOwnLineItem(lms, call), call.request.body);
        lms.gradebook.replaceLineItem(changed);
        sendLineItem(lms, call, changed);
      },
    }),
  );
  router.delete(
    patterns.lineItem,
    serviceEndpoint(lms, {
      scopes: writing,
      handle: (call) => {
        const item = getOwnLineItem(lms, call);
        if (!item.isMadeByTool) throw new ServiceRefusal(403, "the column belongs to its activity");
        lms.gradebook.removeLineItem(item.id);
        call.response.status(204).end();
      },
    }),
  );
  return router;
}

/** The line item in the address, when it belongs to the calling tool. */
export function getOwnLineItem(lms: LmsState, { request, tool, courseId }: ServiceCall): LineItem {
  const lineItemId = String(request.params["lineItemId"]);
  const item = lms.gradebook.findLineItem({ courseId, lineItemId });
  if (!item || ownerOf(lms, item) !== tool.clientId) {
    throw new ServiceRefusal(404, "the tool has no such line item");
  }
  return item;
}

function ownerOf(lms: LmsState, item: LineItem): string | undefined {
  if (item.clientId !== undefined) return item.clientId;
  const link = findLink(getCourse(lms.school, item.courseId), item.resourceLinkId ?? "");
  return link && findToolOfLink(lms.school, link)?.clientId;
}

function listLineItems(lms: LmsState, { request, response, tool, courseId }: ServiceCall): void {
  const own = lms.gradebook
    .listLineItems({
      courseId,
      resourceId: readText(request.query, "resource_id"),
      resourceLinkId:
        readText(request.query, "resource_link_id") ?? readText(request.query, "lti_link_id"),
      tag: readText(request.query, "tag"),
    })
    .filter((item) => ownerOf(lms, item) === tool.clientId);
  const part = cutPage(lms, request, own);
  if (part.linkHeader !== undefined) response.setHeader("Link", part.linkHeader);
  response.type(mediaTypes.lineItemContainer);
  response.send(JSON.stringify(part.items.map((item) => describeLineItem(lms, tool, item))));
}

function sendLineItem(lms: LmsState, { response, tool }: ServiceCall, item: LineItem): void {
  response.type(mediaTypes.lineItem);
  response.send(JSON.stringify(describeLineItem(lms, tool, item)));
}

function describeLineItem(lms: LmsState, tool: InstalledTool, item: LineItem) {
  const isMoodle = lms.mood === "moodle";
  return {
    id: lineItemUrl(lms, tool, { item }),
    label: item.label,
    scoreMaximum: item.scoreMaximum,
    resourceId: item.resourceId ?? (isMoodle ? "" : undefined),
    tag: item.tag ?? (isMoodle ? "" : undefined),
    resourceLinkId: item.resourceLinkId,
    ltiLinkId: isMoodle ? item.resourceLinkId : undefined,
  };
}

/** Every POST makes a new column, also when one with the same resource id exists. */
function readNewLineItem(lms: LmsState, { request, tool, courseId }: ServiceCall) {
  const sent = getBody(request.body);
  const resourceLinkId = readText(sent, "resourceLinkId") ?? readText(sent, "ltiLinkId");
  if (resourceLinkId !== undefined) {
    const link = findLink(getCourse(lms.school, courseId), resourceLinkId);
    if (!link || findToolOfLink(lms.school, link)?.clientId !== tool.clientId) {
      throw new ServiceRefusal(403, "resourceLinkId is no link of the tool in this course");
    }
  }
  return {
    courseId,
    clientId: tool.clientId,
    label: getLabel(sent),
    scoreMaximum: getScoreMaximum(sent),
    resourceId: readText(sent, "resourceId"),
    tag: readText(sent, "tag"),
    resourceLinkId,
    isMadeByTool: true,
  };
}

function changeLineItem(item: LineItem, body: unknown): LineItem {
  const sent = getBody(body);
  return {
    ...item,
    label: getLabel(sent),
    scoreMaximum: getScoreMaximum(sent),
    resourceId: "resourceId" in sent ? readText(sent, "resourceId") : item.resourceId,
    tag: "tag" in sent ? readText(sent, "tag") : item.tag,
  };
}

function getBody(body: unknown): Record<string, unknown> {
  const sent = parseJsonRecord(body);
  if (!sent) throw new ServiceRefusal(400, "the body is no JSON object");
  return sent;
}

function getLabel(sent: Record<string, unknown>): string {
  const label = readText(sent, "label")?.trim();
  if (label === undefined || label === "") throw new ServiceRefusal(400, "label is missing");
  return label;
}

function getScoreMaximum(sent: Record<string, unknown>): number {
  const maximum = sent["scoreMaximum"];
  if (typeof maximum !== "number" || !(maximum > 0)) {
    throw new ServiceRefusal(400, "scoreMaximum must be a number above 0");
  }
  return maximum;
}
