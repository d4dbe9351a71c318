import type { PracticeLms } from "practice-lms";
import { approveOffering } from "../../src/courses/approve-offering.js";
import { hasGradebookColumn } from "../../src/courses/exam.js";
import { registerPlatform } from "../../src/platforms/register-platform.js";
import type { Parts } from "../../src/parts/parts.js";
import { associationCatalogue, schoolCatalogue } from "./catalogue/catalogues.js";
import type { Catalogue } from "./catalogue/catalogue.js";
import { seedCatalogue, type SeededCatalogue } from "./catalogue/seed-catalogue.js";

export type FilledOrganisation = {
  organisationId: string;
  name: string;
  clientId: string;
  catalogue: SeededCatalogue;
};

/** Of the practice LMS' people, the one who looks after it. */
const ADMINISTRATOR_SUB = "ruth";
const DEPLOYMENT_ID = "1";

/** The LMS course in which a course is taught, by the course's code. */
export const lmsCourseId = (code: string): string => code.toLowerCase();

function installTool(
  lms: PracticeLms,
  clientId: string,
  about: { url: string; organisation: string },
) {
  const launchUrl = `${about.url}/lti/launch`;
  lms.addTool({
    clientId,
    deploymentIds: [DEPLOYMENT_ID],
    title: `Rosette, ${about.organisation}`,
    family: about.organisation,
    loginUrl: `${about.url}/lti/login`,
    redirectUrls: [launchUrl],
    targetLinkUri: launchUrl,
    deepLinkingUrl: launchUrl,
    jwksUrl: `${about.url}/lti/jwks`,
    privacy: "public",
  });
}

/** Registers the LMS for an organisation and makes the LMS' administrator one of ours. */
async function registerOrganisation(
  parts: Parts,
  lms: PracticeLms,
  about: { name: string; clientId: string },
) {
  const now = parts.now();
  const { id: organisationId } = await parts.organisations.ensureNamed(about.name, now);
  await registerPlatform(parts, organisationId, {
    name: `Practice Academy (${about.name})`,
    issuer: lms.issuer,
    clientId: about.clientId,
    authorizationUrl: lms.endpoints.authorizationUrl,
    tokenUrl: lms.endpoints.tokenUrl,
    jwksUrl: lms.endpoints.jwksUrl,
    tokenAudience: undefined,
    deploymentId: DEPLOYMENT_ID,
  });
  const key = { organisationId, issuer: lms.issuer, sub: ADMINISTRATOR_SUB };
  const { id: administratorId } = await parts.accounts.findOrCreate(key, now);
  await parts.grants.addOnce({
    id: administratorId,
    organisationId,
    grantedBy: administratorId,
    grantedAt: now,
  });
  return { organisationId, administratorId };
}

/** One LMS course for each of ours, approved as its offering, with its exam and projects in it. */
async function teachCourses(
  parts: Parts,
  lms: PracticeLms,
  filled: FilledOrganisation & { administratorId: string; url: string },
): Promise<void> {
  const { organisationId, clientId, administratorId } = filled;
  const targetLinkUri = `${filled.url}/lti/launch`;
  for (const course of filled.catalogue.courses) {
    const id = lmsCourseId(course.code);
    lms.addCourse({ id, code: course.code, title: course.title, family: filled.name, links: [] });
    const offering = await parts.offerings.noteLaunch({
      organisationId,
      issuer: lms.issuer,
      contextId: id,
      contextTitle: course.title,
      at: parts.now(),
    });
    await approveOffering(parts, {
      organisationId,
      offeringId: offering.id,
      courseId: course.courseId,
      decidedBy: administratorId,
    });
    const exams = await parts.exams.listByCourses(organisationId, [course.courseId]);
    for (const exam of exams) {
      const lineItem = {
        label: exam.title,
        scoreMaximum: exam.scoreMaximum,
        resourceId: `rosette-exam-${exam.id}`,
        tag: "rosette",
      };
      lms.addLink(id, {
        title: exam.title,
        targetLinkUri,
        clientId,
        custom: { rosette_exam: exam.id },
        ...(hasGradebookColumn(exam) ? { lineItem } : {}),
      });
    }
    lms.addLink(id, {
      title: "My progress and badges",
      targetLinkUri,
      clientId,
      custom: { rosette_page: "progress" },
    });
  }
}

/** An LMS course that nobody has approved yet, for the administrator to decide on. */
function addUndecidedCourse(lms: PracticeLms, filled: FilledOrganisation, url: string): void {
  lms.addCourse({
    id: "study-circle",
    code: "CIRCLE",
    title: "Study circle (not approved yet)",
    family: filled.name,
    links: [],
  });
  lms.addLink("study-circle", {
    title: "My progress and badges",
    targetLinkUri: `${url}/lti/launch`,
    clientId: filled.clientId,
    custom: { rosette_page: "progress" },
  });
}

/** Fills an empty Rosette and an empty practice LMS with the two catalogues. */
export async function fillDemo(
  parts: Parts,
  lms: PracticeLms,
  url: string,
): Promise<FilledOrganisation[]> {
  const wanted: [clientId: string, catalogue: Catalogue][] = [
    ["rosette-association", associationCatalogue],
    ["rosette-school", schoolCatalogue],
  ];
  const organisations: FilledOrganisation[] = [];
  for (const [clientId, catalogue] of wanted) {
    const name = catalogue.organisationName;
    installTool(lms, clientId, { url, organisation: name });
    const registered = await registerOrganisation(parts, lms, { name, clientId });
    const { organisationId, administratorId } = registered;
    const seeded = await seedCatalogue(
      { ...parts, publishTrack: parts.journey.publishTrack },
      { organisationId, publishedBy: administratorId },
      catalogue,
    );
    const filled = { organisationId, name, clientId, catalogue: seeded };
    await teachCourses(parts, lms, { ...filled, administratorId, url });
    organisations.push(filled);
  }
  const [first] = organisations;
  if (first !== undefined) addUndecidedCourse(lms, first, url);
  return organisations;
}
