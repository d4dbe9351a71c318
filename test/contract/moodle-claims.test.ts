import { expect } from "chai";
import { readClaims } from "../../src/launch/lti-claims.js";

const lti = (name: string): string => `https://purl.imsglobal.org/spec/lti/claim/${name}`;
const services = "http://moodle.example/mod/lti/services.php";
const site = "http://moodle.example/mod/lti";

/** The shape of a launch as a Moodle 4.5 sent it, with people and addresses of our own making. */
const moodleLaunch: Record<string, unknown> = {
  nonce: "0f3f",
  iat: 1_795_377_640,
  exp: 1_795_377_700,
  iss: "http://moodle.example",
  aud: "Qx7",
  sub: "4",
  [lti("deployment_id")]: "1",
  [lti("target_link_uri")]: "https://badges.example/lti/launch",
  [lti("lis")]: { person_sourcedid: "", course_section_sourcedid: "CVI" },
  [lti("roles")]: ["http://purl.imsglobal.org/vocab/lis/v2/membership#Learner"],
  [lti("context")]: { id: "2", label: "CVI101", title: "The Basics", type: ["CourseSection"] },
  [lti("message_type")]: "LtiResourceLinkRequest",
  [lti("resource_link")]: { title: "Exam", description: "", id: "1" },
  given_name: "Wilma",
  family_name: "Okoye",
  name: "Wilma Okoye",
  email: "wilma@learner.example",
  [lti("ext")]: { user_username: "wilma", lms: "moodle-2" },
  [lti("launch_presentation")]: {
    locale: "en",
    document_target: "iframe",
    return_url: `${site}/return.php?course=2&launch_container=3&instanceid=1`,
  },
  [lti("tool_platform")]: { product_family_code: "moodle", version: "2024100706", guid: "x" },
  [lti("version")]: "1.3.0",
  [lti("custom")]: {
    context_id_history: "",
    rosette_exam: "3f2b8c1e-5d4a-4f6b-9a7c-1d2e3f4a5b6c",
    ends: "$ResourceLink.submission.endDateTime",
    link: null,
    tz: 99,
  },
  "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint": {
    scope: ["https://purl.imsglobal.org/spec/lti-ags/scope/score"],
    lineitems: `${services}/2/lineitems?type_id=1`,
    lineitem: `${services}/2/lineitems/5/lineitem?type_id=1`,
  },
  "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice": {
    context_memberships_url: `${services}/CourseSection/2/bindings/1/memberships`,
    service_versions: ["1.0", "2.0"],
  },
};

const without = (...names: string[]) =>
  Object.fromEntries(Object.entries(moodleLaunch).filter(([name]) => !names.includes(name)));

function read(payload: Record<string, unknown>) {
  const reading = readClaims(payload);
  if (reading.kind !== "read") throw new Error(JSON.stringify(reading));
  return reading.claims;
}

describe("the claims that Moodle sends", () => {
  it("are read into our words", () => {
    expect(read(moodleLaunch)).to.deep.equal({
      sub: "4",
      deploymentId: "1",
      messageType: "LtiResourceLinkRequest",
      roles: ["http://purl.imsglobal.org/vocab/lis/v2/membership#Learner"],
      targetLinkUri: "https://badges.example/lti/launch",
      resourceLinkId: "1",
      context: { id: "2", label: "CVI101", title: "The Basics" },
      custom: { rosette_exam: "3f2b8c1e-5d4a-4f6b-9a7c-1d2e3f4a5b6c", tz: "99" },
      locale: "en",
      returnUrl: `${site}/return.php?course=2&launch_container=3&instanceid=1`,
      productFamilyCode: "moodle",
      grading: {
        scopes: ["https://purl.imsglobal.org/spec/lti-ags/scope/score"],
        lineItemsUrl: `${services}/2/lineitems?type_id=1`,
        lineItemUrl: `${services}/2/lineitems/5/lineitem?type_id=1`,
      },
      roster: { membershipsUrl: `${services}/CourseSection/2/bindings/1/memberships` },
      deepLinking: undefined,
      forUserSub: undefined,
      mentoredSubs: undefined,
      noticeService: undefined,
      person: { name: "Wilma Okoye", email: "wilma@learner.example" },
    });
  });

  it("are read without names when the site keeps them to itself", () => {
    const { person, custom } = read(without("name", "given_name", "family_name", "email"));
    expect(person).to.deep.equal({ name: undefined, email: undefined });
    expect(custom).to.have.property("rosette_exam");
  });

  it("make a name of its parts where there is none", () => {
    expect(read(without("name")).person.name).to.equal("Wilma Okoye");
    expect(read(without("name", "given_name")).person.name).to.equal("Okoye");
  });

  it("are read for content selection", () => {
    const claims = read({
      ...without(lti("resource_link")),
      [lti("message_type")]: "LtiDeepLinkingRequest",
      [lti("launch_presentation")]: { locale: "en" },
      "https://purl.imsglobal.org/spec/lti-dl/claim/deep_linking_settings": {
        accept_types: ["ltiResourceLink"],
        accept_presentation_document_targets: ["frame", "iframe", "window"],
        accept_copy_advice: false,
        accept_multiple: true,
        accept_unsigned: false,
        auto_create: false,
        deep_link_return_url: `${site}/contentitem_return.php?course=2&id=1`,
        title: "Rosette",
        text: "",
      },
    });
    expect(claims.deepLinking).to.deep.equal({
      returnUrl: `${site}/contentitem_return.php?course=2&id=1`,
      acceptTypes: ["ltiResourceLink"],
      acceptLineItem: undefined,
      acceptMultiple: true,
      data: undefined,
    });
  });

  it("name no course where they come from the front page or an account", () => {
    for (const type of ["Group", "Account"]) {
      const context = { id: "1", title: "Site", type: [type] };
      expect(read({ ...moodleLaunch, [lti("context")]: context }).context).to.equal(undefined);
    }
  });

  it("for a submission review say whose work is meant", () => {
    const review = {
      ...moodleLaunch,
      [lti("message_type")]: "LtiSubmissionReviewRequest",
      [lti("for_user")]: { user_id: "4" },
    };
    expect(read(review)).to.include({
      messageType: "LtiSubmissionReviewRequest",
      forUserSub: "4",
      resourceLinkId: "1",
    });
  });

  it("of another kind are a message that is not taken", () => {
    const other = { ...moodleLaunch, [lti("message_type")]: "LtiContextLaunchRequest" };
    expect(readClaims(other)).to.deep.equal({ kind: "unsupported" });
  });

  const strange: [string, unknown][] = [
    [lti("context"), "2"],
    [lti("custom"), ["x"]],
    [lti("launch_presentation"), 7],
    [lti("tool_platform"), null],
    ["https://purl.imsglobal.org/spec/lti-ags/claim/endpoint", "x"],
    [
      "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice",
      { context_memberships_url: "javascript:1" },
    ],
    ["email", "no address"],
    ["name", { first: "x" }],
  ];
  for (const [claim, value] of strange) {
    it(`are read without ${claim.split("/").at(-1) ?? claim} when it makes no sense`, () => {
      expect(read({ ...moodleLaunch, [claim]: value }).sub).to.equal("4");
    });
  }

  it("never hand on an address that is none", () => {
    const claims = read({
      ...moodleLaunch,
      [lti("launch_presentation")]: { return_url: "javascript:alert(1)" },
      "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint": { lineitems: "data:text/html,x" },
    });
    expect(claims.returnUrl).to.equal(undefined);
    expect(claims.grading).to.deep.equal({
      ...{ scopes: [], lineItemsUrl: undefined, lineItemUrl: undefined },
    });
  });
});
