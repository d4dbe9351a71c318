import { Router } from "express";
import { mediaTypes, membershipsUrl, scopes, servicePatterns } from "./addresses.js";
import { listVariables, sourcedId, substituteCustom } from "./custom-parameters.js";
import type { LmsState } from "./lms-state.js";
import type { EnrolmentRole, PracticeLink, PracticePerson } from "./model.js";
import { cutPage } from "./paging.js";
import { memberRoles } from "./roles.js";
import { findLink, findToolOfLink, getCourse, listMembers, nameOf } from "./school.js";
import { serviceEndpoint, ServiceRefusal, type ServiceCall } from "./service-access.js";
import { readText } from "./unknown-data.js";

const membershipVocabulary = "http://purl.imsglobal.org/vocab/lis/v2/membership#";

/** Names and Role Provisioning Services 2.0. The preview account is nobody, so it is no member. */
export function membershipRoutes(lms: LmsState): Router {
  const router = Router();
  router.get(
    servicePatterns(lms).memberships,
    serviceEndpoint(lms, {
      scopes: [scopes.membershipReadonly],
      mediaType: mediaTypes.membershipContainer,
      hasTypeId: false,
      handle: (call) => {
        listMemberships(lms, call);
      },
    }),
  );
  return router;
}

function listMemberships(lms: LmsState, call: ServiceCall): void {
  const { request, response, tool, courseId } = call;
  const course = getCourse(lms.school, courseId);
  const wantedRole = readText(request.query, "role")?.replace(membershipVocabulary, "");
  const members = listMembers(lms.school, courseId).filter(
    ({ role }) =>
      role !== "test-user" &&
      (wantedRole === undefined ||
        memberRoles(lms.mood, role).some((each) => each.endsWith(wantedRole))),
  );
  const part = cutPage(lms, request, members);
  if (part.linkHeader !== undefined) response.setHeader("Link", part.linkHeader);
  const link = findAskedLink(lms, call);
  response.type(mediaTypes.membershipContainer);
  response.send(
    JSON.stringify({
      id: membershipsUrl(lms, tool, courseId),
      context: { id: course.id, label: course.code, title: course.title },
      members: part.items.map((member) => describeMember(lms, call, { ...member, link })),
    }),
  );
}

function findAskedLink(
  lms: LmsState,
  { request, tool, courseId }: ServiceCall,
): PracticeLink | undefined {
  const linkId = readText(request.query, "rlid");
  if (linkId === undefined) return undefined;
  const link = findLink(getCourse(lms.school, courseId), linkId);
  if (!link || findToolOfLink(lms.school, link)?.clientId !== tool.clientId) {
    throw new ServiceRefusal(lms.mood === "moodle" ? 403 : 404, "rlid is no link of the tool");
  }
  return link;
}

function describeMember(
  lms: LmsState,
  { tool, courseId }: ServiceCall,
  member: { person: PracticePerson; role: EnrolmentRole; link: PracticeLink | undefined },
) {
  const { person, role, link } = member;
  const isPublic = tool.privacy === "public";
  const isMoodle = lms.mood === "moodle";
  return {
    status: "Active",
    roles: memberRoles(lms.mood, role),
    user_id: person.id,
    ...((isPublic || isMoodle) && { lis_person_sourcedid: sourcedId(person.id) }),
    ...(isPublic && {
      name: nameOf(person),
      given_name: person.givenName,
      family_name: person.familyName,
      email: person.email,
      ...(isMoodle && { ext_user_username: person.id }),
    }),
    ...(link && { message: [linkMessage(lms, { tool, courseId }, { person, link })] }),
  };
}

/** What a launch of the link would tell about this member (NRPS 2.0, section 3). */
function linkMessage(
  lms: LmsState,
  { tool, courseId }: Pick<ServiceCall, "tool" | "courseId">,
  { person, link }: { person: PracticePerson; link: PracticeLink },
) {
  const variables = listVariables(lms, {
    tool,
    person,
    link,
    course: getCourse(lms.school, courseId),
    lineItem: undefined,
  });
  const claim = "https://purl.imsglobal.org/spec/lti/claim/";
  return {
    [`${claim}message_type`]: "LtiResourceLinkRequest",
    [`${claim}custom`]: substituteCustom({ ...tool.custom, ...link.custom }, variables),
  };
}
