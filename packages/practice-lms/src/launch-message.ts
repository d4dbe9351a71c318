import { createHash, randomBytes } from "node:crypto";
import { gradeScopes, lineItemsUrl, lineItemUrl, membershipsUrl, paths } from "./addresses.js";
import { listVariables, sourcedId, substituteCustom } from "./custom-parameters.js";
import type { LineItem } from "./gradebook.js";
import type { LmsState, PendingLaunch } from "./lms-state.js";
import type { PracticeCourse, PracticeLink, PracticePerson, PracticeTool } from "./model.js";
import { noticeClaim } from "./notices.js";
import { launchRoles } from "./roles.js";
import {
  findLink,
  findRole,
  getCourse,
  getPerson,
  getTool,
  listObserved,
  nameOf,
} from "./school.js";

type Claims = Record<string, unknown>;

/** All that a message is about, looked up once. */
type Scene = {
  launch: PendingLaunch;
  tool: PracticeTool;
  person: PracticePerson;
  course: PracticeCourse | undefined;
  link: PracticeLink | undefined;
  lineItem: LineItem | undefined;
};

const lti = (name: string): string => `https://purl.imsglobal.org/spec/lti/claim/${name}`;

/** Seconds an id_token is good for. */
const lifetimeSeconds = { moodle: 60, canvas: 3600 };

/** The claims of a launch (LTI 1.3 Core, section 5.3), as the platform of this mood sends them. */
export function composeLaunchClaims(state: LmsState, launch: PendingLaunch, nonce: string): Claims {
  const scene = readScene(state, launch);
  const issuedAt = Math.floor(state.now().getTime() / 1000);
  return {
    nonce,
    iat: issuedAt,
    exp: issuedAt + lifetimeSeconds[state.mood],
    iss: state.issuer,
    aud: scene.tool.clientId,
    sub: scene.person.id,
    [lti("version")]: "1.3.0",
    [lti("deployment_id")]: launch.deploymentId,
    [lti("target_link_uri")]: launch.targetLinkUri,
    [lti("message_type")]: launch.messageType,
    ...personClaims(state, scene),
    ...placeClaims(state, scene),
    ...messageClaims(state, scene),
    ...serviceClaims(state, scene),
    ...noticeClaim(state, scene.tool, launch.deploymentId),
    ...platformClaims(state, scene),
    [lti("custom")]: customClaim(state, scene),
  };
}

function readScene(state: LmsState, launch: PendingLaunch): Scene {
  const { school, gradebook } = state;
  const course = launch.courseId === undefined ? undefined : getCourse(school, launch.courseId);
  const link = course && launch.linkId !== undefined ? findLink(course, launch.linkId) : undefined;
  const coupled =
    course && link ? gradebook.listLineItems({ courseId: course.id, resourceLinkId: link.id }) : [];
  return {
    launch,
    tool: getTool(school, launch.clientId),
    person: getPerson(school, launch.userId),
    course,
    link,
    // Only a link with exactly one line item names it (LTI AGS 2.0, section 3.1).
    lineItem: coupled.length === 1 ? coupled[0] : undefined,
  };
}

function personClaims(state: LmsState, { tool, person, course }: Scene): Claims {
  const isPublic = tool.privacy === "public";
  const role = course
    ? findRole(state.school, { courseId: course.id, userId: person.id })
    : undefined;
  const isMoodle = state.mood === "moodle";
  return {
    [lti("roles")]: launchRoles(state.mood, { kind: person.kind, role }),
    ...mentorClaim(state, { person, course }),
    [lti("lis")]: {
      // Moodle sends the student number even to an anonymous tool; Canvas does not.
      ...((isMoodle || isPublic) && { person_sourcedid: sourcedId(person.id) }),
      ...(course && {
        [isMoodle ? "course_section_sourcedid" : "course_offering_sourcedid"]: sourcedId(
          course.code,
        ),
      }),
      ...(!isMoodle && { validation_context: null, errors: { errors: {} } }),
    },
    ...(isMoodle && {
      [lti("ext")]: { ...(isPublic && { user_username: person.id }), lms: "moodle-2" },
    }),
    ...(!isMoodle && { locale: "en" }),
    ...(isPublic && {
      given_name: person.givenName,
      family_name: person.familyName,
      name: nameOf(person),
      email: person.email,
    }),
  };
}

/** Whom an observer is linked to; Moodle knows no observers. */
function mentorClaim(
  state: LmsState,
  { person, course }: Pick<Scene, "person" | "course">,
): Claims {
  if (state.mood === "moodle" || course === undefined) return {};
  const place = { courseId: course.id, userId: person.id };
  if (findRole(state.school, place) !== "observer") return {};
  return { [lti("role_scope_mentor")]: listObserved(state.school, course.id, person.id) };
}

function placeClaims(state: LmsState, { launch, course }: Scene): Claims {
  const isMoodle = state.mood === "moodle";
  const placement = isMoodle
    ? {}
    : { "https://www.instructure.com/placement": placementName(launch) };
  if (course) {
    const type = isMoodle
      ? "CourseSection"
      : "http://purl.imsglobal.org/vocab/lis/v2/course#CourseOffering";
    return {
      [lti("context")]: { id: course.id, label: course.code, title: course.title, type: [type] },
      ...placement,
    };
  }
  // Moodle's front page is a course of the kind "Group"; Canvas launches from the account.
  return {
    [lti("context")]: {
      id: administrationContextId(state),
      label: isMoodle ? "site" : state.name,
      title: state.name,
      type: [isMoodle ? "Group" : "Account"],
    },
    ...placement,
  };
}

function placementName({ placement }: PendingLaunch): string | null {
  if (placement === "administration") return "account_navigation";
  return placement === "course-navigation" ? "course_navigation" : null;
}

function messageClaims(state: LmsState, scene: Scene): Claims {
  const { launch, link, course } = scene;
  if (launch.messageType === "LtiDeepLinkingRequest") {
    return {
      "https://purl.imsglobal.org/spec/lti-dl/claim/deep_linking_settings": openChoice(
        state,
        scene,
      ),
    };
  }
  const resourceLinkId = link?.id ?? course?.id ?? administrationContextId(state);
  const title = link?.title ?? scene.tool.title;
  return {
    ...(launch.forUserId !== undefined && { [lti("for_user")]: { user_id: launch.forUserId } }),
    [lti("resource_link")]:
      state.mood === "moodle"
        ? { title, description: "", id: resourceLinkId }
        : { id: resourceLinkId, title, validation_context: null, errors: { errors: {} } },
    ...(state.mood === "moodle" && { ...outcomeClaims(state, scene) }),
  };
}

/** Moodle still adds the LTI 1.1 outcome claim to every resource launch. */
function outcomeClaims(state: LmsState, { launch, person, link }: Scene): Claims {
  const data = { instanceid: link?.id ?? "0", userid: person.id, typeid: launch.deploymentId };
  const hash = createHash("sha256").update(JSON.stringify(data)).digest("hex");
  return {
    "https://purl.imsglobal.org/spec/lti-bo/claim/basicoutcome": {
      lis_result_sourcedid: JSON.stringify({ data, hash }),
      lis_outcome_service_url: `${state.url}/lti/outcomes`,
    },
  };
}

/** Notes that an instructor is choosing content, and says where the choice goes (LTI DL 2.0, 4.4.1). */
function openChoice(state: LmsState, { launch, tool, person, course }: Scene): Claims {
  const ticket = randomBytes(18).toString("base64url");
  const isMoodle = state.mood === "moodle";
  const data = isMoodle ? undefined : randomBytes(12).toString("base64url");
  state.choices.set(ticket, {
    clientId: tool.clientId,
    deploymentId: launch.deploymentId,
    courseId: course?.id ?? "",
    userId: person.id,
    data,
  });
  return {
    accept_types: isMoodle ? ["ltiResourceLink"] : ["link", "file", "html", "ltiResourceLink"],
    accept_presentation_document_targets: ["frame", "iframe", "window"],
    accept_multiple: true,
    ...(isMoodle && { accept_copy_advice: false, accept_unsigned: false, can_confirm: false }),
    ...(!isMoodle && { accept_lineitem: true, data }),
    auto_create: false,
    deep_link_return_url: `${state.url}${paths.deepLinkingReturn}?ticket=${ticket}`,
    title: tool.title,
    text: "",
  };
}

function serviceClaims(state: LmsState, { tool, course, lineItem }: Scene): Claims {
  if (!course) return {};
  const granted = gradeScopes.filter((scope) => tool.scopes?.includes(scope) ?? true);
  const isMoodle = state.mood === "moodle";
  return {
    "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint": {
      scope: granted,
      lineitems: lineItemsUrl(state, tool, course.id),
      ...(lineItem && { lineitem: lineItemUrl(state, tool, { item: lineItem }) }),
      ...(!isMoodle && { validation_context: null, errors: { errors: {} } }),
    },
    "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice": {
      context_memberships_url: membershipsUrl(state, tool, course.id),
      service_versions: isMoodle ? ["1.0", "2.0"] : ["2.0"],
    },
  };
}

function platformClaims(state: LmsState, { launch, course, link }: Scene): Claims {
  const isMoodle = state.mood === "moodle";
  const returnPath = course ? `/courses/${encodeURIComponent(course.id)}` : "/courses";
  const isFramed = launch.messageType === "LtiResourceLinkRequest";
  return {
    [lti("launch_presentation")]: {
      locale: "en",
      ...(isFramed && {
        document_target: "iframe",
        return_url: state.url + returnPath + (link ? `#link-${link.id}` : ""),
      }),
    },
    [lti("tool_platform")]: {
      guid: createHash("md5").update(state.url).digest("hex"),
      name: state.name,
      ...(isMoodle
        ? { description: state.name, product_family_code: "moodle", version: "2024100706" }
        : { product_family_code: "canvas", version: "cloud", validation_context: null }),
    },
  };
}

function customClaim(state: LmsState, scene: Scene): Claims {
  const variables = listVariables(state, scene);
  const { launch, link } = scene;
  const isReview = launch.messageType === "LtiSubmissionReviewRequest";
  const review = isReview ? link?.lineItem?.submissionReview?.custom : undefined;
  return {
    ...substituteCustom({ ...scene.tool.custom, ...link?.custom, ...review }, variables),
    ...(state.mood === "moodle" &&
      scene.course && {
        context_memberships_url: membershipsUrl(state, scene.tool, scene.course.id),
      }),
  };
}

function administrationContextId({ mood }: LmsState): string {
  return mood === "moodle" ? "1" : "account-1";
}
