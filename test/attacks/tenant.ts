import { Readable } from "node:stream";
import { load } from "cheerio";
import { addProject } from "../../src/courses/define-exam.js";
import { decideEquivalency } from "../../src/equivalencies/decide-equivalency.js";
import { saveIssuer } from "../../src/issuers/save-issuer.js";
import { makeLink } from "../../src/people/make-code.js";
import { addPicture } from "../../src/pictures/add-picture.js";
import { newId } from "../../src/stored-record.js";
import { writeTrack } from "../../src/tracks/write-track.js";
import { aTrackContent, allOf, examStep } from "../support/core-fixtures.js";
import { plainPng } from "../support/picture-fixtures.js";
import { approve, eventually, placeLink, publish, sit, teach } from "../support/story-school.js";
import { Browser } from "../support/test-browser.js";
import type { TestProduct, TestVisit } from "../support/test-product.js";

const COURSE = "cvi-101";
export const CERTIFICATE = "Certificate in Seeing Well";

export type Ids = Record<string, string>;
export type Who =
  "learner" | "instructor" | "mentor" | "administrator" | "preview" | "device" | "anybody";

/** One of everything in one organisation, and who looks at it. */
export type Tenant = {
  ids: Ids;
  learner: TestVisit;
  instructor: TestVisit;
  administrator: TestVisit;
  preview: TestVisit;
  mentor: TestVisit;
  /** A browser outside the LMS that the learner let in. */
  device: { browser: Browser; formToken: string };
};

const lastPartOf = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

export const visitOf = (tenant: Tenant, who: Who): TestVisit | undefined =>
  who === "anybody" || who === "device" ? undefined : tenant[who];

/** A school with a learner who has earned a badge, whose name waits, and a failed job. */
export async function fillTenant(
  product: TestProduct,
  organisationId: string,
  wish: { organisationId?: string },
): Promise<Tenant> {
  const { parts } = product;
  const connected = wish.organisationId === undefined ? product : await product.connectLms(wish);
  const { lms, platform } = connected;
  const { course, exam } = await teach(parts, organisationId, { code: "ESS-101" });
  const project = await addProject(parts, {
    ...{ organisationId, courseId: course.id },
    project: { examTitle: "Project", passMarkPercent: 60, scoreMaximum: 10 },
  });
  if (project.kind !== "saved") throw new Error("no project");
  const trackId = await publish(parts, organisationId, {
    ...{ name: CERTIFICATE, exams: [exam], kind: "certificate" },
  });
  const requirement = allOf("root", examStep(exam.id));
  const content = aTrackContent({ name: CERTIFICATE, kind: "certificate", requirement });
  await writeTrack(parts, { organisationId, trackId, content });
  const place = { organisationId, issuer: lms.issuer, contextId: COURSE, courseId: course.id };
  const offeringId = await approve(parts, place);
  const linkId = placeLink(lms, { url: product.url, contextId: COURSE, exam });
  const learner = await product.launchAs({ lms, userId: "amara", courseId: COURSE, linkId });
  const instructor = await product.launchAs({ lms, userId: "priya", courseId: COURSE });
  const preview = await product.launchAs({
    ...{ lms, userId: "test-student", courseId: COURSE, linkId },
  });
  const attemptId = lastPartOf(await sit(learner, exam));
  const { accountId } = learner.launch;
  const credential = await eventually("the credential", async () => {
    return (await parts.credentials.listOfLearner(organisationId, [accountId]))[0];
  });
  for (const reader of ["holder", "others"] as const)
    await eventually(
      "the learner record",
      async () => await parts.getLearnerRecord(credential, reader).catch(() => undefined),
    );
  await parts.profiles.proposeName(organisationId, accountId, "Somebody");
  const administrator = await product.launchAs({
    lms,
    userId: "ruth",
    placement: "administration",
  });
  const { accountId: administratorId } = administrator.launch;
  const grant = { organisationId, grantedBy: undefined, grantedAt: new Date() };
  await parts.grants.addOnce({ id: administratorId, ...grant });
  await parts.grants.addOnce({ id: newId(), ...grant });
  const deployment = await parts.deployments.ensure({
    ...{ platformId: platform.id, deploymentId: "waiting", organisationId },
    ...{ status: "pending" as const, at: new Date() },
  });
  await parts.work.wake("issue-credential", { key: newId(), organisationId, awardId: "none" });
  const failed = await eventually("a failed job", async () => {
    const query = { organisationId, search: "", page: 1, pageSize: 5 };
    const { items } = await parts.work.listFailed(query);
    return items.find(({ name }) => name === "issue-credential");
  });
  const device = await letIn(product, learner.launch);
  const backpack = await parts.backpacks.findOrMake(organisationId, accountId);
  await parts.backpacks.save({ ...backpack, isPortfolioPublic: true });
  // The issuer's certificate for documents comes with its first one.
  if ((await learner.get("/hours.pdf")).status !== 200) throw new Error("no document");
  const { key } = await parts.makePushKey({
    ...{ organisationId, sender: "Quiz tool", createdBy: administratorId },
  });
  const saved = await parts.saveActivity({
    ...{ organisationId, courseId: course.id, examId: undefined },
    content: {
      ...{ title: "Plan", instructions: "Plan it.", accepts: ["text"], rubric: [] },
      assessorIds: [administratorId],
    },
  });
  if (saved.kind !== "saved") throw new Error("no activity");
  const activityId = saved.exam.id;
  const handedIn = `/activities/${activityId}`;
  await learner.post(handedIn, { text: "My plan" });
  const about = { organisationId, examId: activityId, accountId };
  const [work] = await parts.submissions.listOwn(about);
  const fileId = newId();
  const submissionId = work?.id ?? "";
  await parts.submissions.addFile({
    ...{ id: fileId, organisationId, accountId, submissionId },
    ...{ name: "plan.txt", bytes: Buffer.from("x") },
  });
  const profession = { id: newId(), organisationId, name: "Nurse", createdAt: new Date() };
  await parts.eligibility.addProfession(profession);
  const licence = await parts.submitLicence({
    ...{ organisationId, accountId },
    content: {
      ...{ professionId: profession.id, number: "12-345", jurisdiction: "Ontario" },
      ...{ validFrom: new Date(0), validTo: undefined, evidenceUrl: undefined },
      evidence: { type: "application/pdf", bytes: Buffer.from("%PDF-1.7") },
    },
  });
  const decided = await decideEquivalency(parts, {
    ...{ organisationId, fromExamId: project.exam.id, toExamId: exam.id, accountId: undefined },
    ...{ decision: "counts", reach: "one-way", reason: "Same", since: undefined },
    ...{ decidedBy: "Committee", enteredBy: administratorId },
  });
  if (decided.kind !== "entered") throw new Error("no equivalency");
  const received = await parts.receiveFile(
    { organisationId, kind: "scores", fileName: "scores.csv", uploadedBy: administratorId },
    Readable.from([Buffer.from("sub,course,score,maximum,taken_at\n1,ESS-101,x,1,2026-05-01\n")]),
  );
  if (received.kind !== "received") throw new Error("no file of results");
  const badge = {
    ...{ organisationId, learnerId: accountId, presented: "{}", name: "Badge", description: "" },
    ...{ issuer: { id: "did:key:z6", name: "Elsewhere" }, isShown: true, addedAt: new Date() },
    picture: { kind: "png" as const, bytes: plainPng(), widthPx: 96, heightPx: 96 },
    finding: { isVerified: false, sentence: "No.", checkedAt: new Date() },
  };
  const [badgeId, otherBadgeId] = [newId(), newId()];
  for (const id of [badgeId, otherBadgeId])
    await parts.foreignBadges.addOnce({ ...badge, id, key: id });
  const { pictureId, brandId } = await addBrand(product, {
    organisationId,
    addedBy: administratorId,
  });
  const ids = {
    ...{ badgeId, otherBadgeId },
    ...{ brandId, issuerId: organisationId },
    ...{ pictureId, pictureFile: `${pictureId}.svg` },
    importId: received.id,
    entryId: decided.entry.id,
    portfolioId: backpack.portfolioId,
    ...{ listId: credential.statusPlace.listId, purpose: "revocation" },
    ...{ activityId, submissionId, fileId },
    ...{
      pushKeyId: key.id,
      courseId: course.id,
      examId: exam.id,
      projectId: project.exam.id,
      trackId,
      licenceId: licence.id,
    },
    ...{ version: "1", offeringId, attemptId, accountId, credentialId: credential.id },
    ...{ awardId: credential.awardId, deploymentId: deployment.id, workId: failed.id },
    platformId: platform.id,
    organisationId,
  };
  const lti = "https://purl.imsglobal.org/spec/lti/claim/";
  lms.faults.alterClaims = (claims) => ({
    ...claims,
    ...{ [`${lti}roles`]: ["Mentor"], [`${lti}role_scope_mentor`]: ["amara"] },
  });
  const mentor = await product.launchAs({ lms, userId: "jonas", courseId: COURSE, linkId });
  lms.faults.clear();
  return { ids, learner, instructor, administrator, preview, mentor, device };
}

/** A brand with a logo. */
async function addBrand(
  { parts }: TestProduct,
  { organisationId, addedBy }: { organisationId: string; addedBy: string },
) {
  const pictured = await addPicture(parts, {
    ...{ organisationId, addedBy, bytes: plainPng(96), use: "logo" },
  });
  if (pictured.kind !== "added") throw new Error("no picture");
  const { id: pictureId } = pictured.picture;
  const brand = await saveIssuer(parts, {
    ...{ organisationId, issuerId: undefined, content: { name: "Brand", logoId: pictureId } },
  });
  if (brand.kind !== "saved") throw new Error("no brand");
  return { pictureId, brandId: brand.issuer.id };
}

async function letIn(
  product: TestProduct,
  { organisationId, accountId }: { organisationId: string; accountId: string },
): Promise<Tenant["device"]> {
  const wanted = { purpose: "open-backpack" as const, organisationId, madeBy: accountId };
  const { token } = await makeLink(product.parts, wanted);
  const browser = new Browser();
  await browser.post(`${product.url}/backpack/open/${token}`, {});
  const page = await browser.get(`${product.url}/backpack`);
  const formToken = load(page.text)("input[name=_csrf]").first().attr("value") ?? "";
  return { browser, formToken };
}
