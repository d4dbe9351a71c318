import { expect } from "chai";
import request from "supertest";
import { newId } from "../../src/stored-record.js";
import { openPanel, type Panel } from "../support/admin-panel.js";

const now = new Date("2026-05-04T10:00:00Z");

/** One of everything, in one organisation. */
async function fill({ stores }: Panel, organisationId: string) {
  const createdAt = now;
  const courseId = newId();
  const examId = newId();
  await stores.courses.addOnce({
    ...{ id: courseId, organisationId, code: "SECRET-1", title: "Secret course" },
    ...{ contactHours: 8, subject: "Secret subject", version: "1", createdAt },
  });
  await stores.exams.add({
    ...{ id: examId, organisationId, courseId, title: "Secret exam", kind: "project" },
    ...{ passMarkPercent: 70, attemptsAllowed: undefined, gradeSource: "lms-gradebook" },
    ...{ scoreMaximum: 10, questions: [], createdAt },
  });
  const hostedId = newId();
  await stores.exams.add({
    ...{ id: hostedId, organisationId, courseId, title: "Secret exam", kind: "exam" },
    ...{ passMarkPercent: 70, attemptsAllowed: undefined, gradeSource: "hosted" },
    ...{ scoreMaximum: 10, questions: [], createdAt },
  });
  const offering = await stores.offerings.noteLaunch({
    ...{ organisationId, issuer: "https://secret.example.org", contextId: "s" },
    ...{ contextTitle: "Secret LMS course", at: now },
  });
  const content = {
    ...{ name: "Secret track", description: "d", criteriaNarrative: "c", competencies: [] },
    ...{ subject: "s", contactHours: 8, developmentPoints: undefined },
    badge: { shape: "circle" as const, colour: "#123456", initials: "S" },
    requirement: { id: "r", kind: "exam-passed" as const, examId },
  };
  const track = {
    ...{ id: newId(), organisationId, name: content.name, draft: content },
    ...{ publishedVersion: 0, createdAt, updatedAt: now },
  };
  await stores.tracks.add(track);
  const person = await stores.accounts.findOrCreate(
    { organisationId, issuer: "https://secret.example.org", sub: "s" },
    now,
  );
  await stores.profiles.noteFromLms({
    ...{ id: person.id, organisationId, name: "Secret person", email: "secret@example.org" },
  });
  await stores.profiles.proposeName(organisationId, person.id, "Secret name");
  const awardId = newId();
  await stores.awards.addOnce({
    ...{ id: awardId, organisationId, learnerId: person.id, trackId: track.id, trackVersion: 1 },
    ...{ trackName: "Secret track", round: 1, subjectUrn: `urn:uuid:${newId()}`, awardedAt: now },
    explanation: {
      ...{
        nodeId: "r",
        kind: "all-of",
        state: "met",
        sentence: "Done.",
        evidence: [],
        needed: 0,
        steps: [],
      },
    },
    evidence: [],
  });
  const platformId = newId();
  await stores.platforms.addOnce({
    ...{ id: platformId, organisationId, name: "Secret LMS", issuer: `https://${platformId}.org` },
    ...{ clientId: "secret-client", authorizationUrl: "https://s/a", tokenUrl: "https://s/t" },
    ...{ tokenAudience: undefined, jwksUrl: "https://s/j", family: "other" },
    ...{ acceptsAnyDeployment: false, createdAt },
  });
  const deployment = await stores.deployments.ensure({
    ...{
      platformId,
      deploymentId: "secret-deployment",
      organisationId,
      status: "pending",
      at: now,
    },
  });
  await stores.events.add({
    ...{
      organisationId,
      code: "secret-code",
      level: "info",
      summary: "Secret.",
      about: {},
      at: now,
    },
  });
  await stores.work.wake("issue-credential", { key: awardId, organisationId });
  const course = `/courses/${courseId}`;
  return {
    pages: [
      course,
      `${course}/edit`,
      `${course}/projects/new`,
      `${course}/exams/${examId}`,
      `${course}/exams/${hostedId}/questions`,
      `/lms-courses/${offering.id}`,
      `/tracks/${track.id}`,
      `/tracks/${track.id}/edit`,
      `/tracks/${track.id}/try`,
      `/tracks/${track.id}/try?learner=${person.id}`,
      `/awards/${awardId}`,
      `/platforms/${platformId}`,
      `/platforms/${platformId}/addresses`,
      `/platforms/${platformId}/remove`,
      `/platforms/deployments/${deployment.id}/close`,
      `/platforms/deployments/${deployment.id}/reopen`,
    ],
    actions: [
      `${course}/edit`,
      `${course}/projects/new`,
      `${course}/exams/${examId}`,
      `${course}/exams/${examId}/remove`,
      `${course}/exams/${hostedId}/questions`,
      `/lms-courses/${offering.id}/approve`,
      `/lms-courses/${offering.id}/decline`,
      `/tracks/${track.id}/edit`,
      `/tracks/${track.id}/try-out`,
      `/tracks/${track.id}/publish`,
      `/tracks/${track.id}/learners`,
      `/tracks/${track.id}/try`,
      `/tracks/${track.id}/discard`,
      `/people/administrators/${person.id}/add`,
      `/people/administrators/${person.id}/remove`,
      `/people/names/${person.id}`,
      `/platforms/deployments/${deployment.id}/approve`,
      `/platforms/deployments/${deployment.id}/close`,
      `/platforms/deployments/${deployment.id}/reopen`,
      `/platforms/${platformId}/remove`,
      `/platforms/${platformId}/approve-hosts`,
      `/platforms/${platformId}/test`,
      `/platforms/${platformId}/addresses`,
      `/platforms/${platformId}/addresses/test`,
      `/platforms/${platformId}/deployments`,
      `/failed-work/0123456789abcdef01234567/retry`,
    ],
    courseId,
    offeringId: offering.id,
    deploymentId: deployment.id,
  };
}

describe("the administrator's panel of one organisation", () => {
  let panel: Panel;
  let ours: Awaited<ReturnType<Panel["enter"]>>;
  let theirs: Awaited<ReturnType<Panel["enter"]>>;
  let known: Awaited<ReturnType<typeof fill>>;

  before(async () => {
    panel = await openPanel(() => now);
    ours = await panel.enter("Our administrator");
    theirs = await panel.enter("Their administrator");
    await panel.stores.grants.addOnce({
      ...{ id: newId(), organisationId: ours.organisationId, grantedBy: undefined, grantedAt: now },
    });
    known = await fill(panel, theirs.organisationId);
  });
  after(async () => {
    await panel.close();
  });

  it("shows its own records (so that the tests below mean something)", async () => {
    for (const path of known.pages) {
      const response = await request(panel.app).get(`${theirs.panel}${path}`);
      expect(response.status, path).to.equal(200);
    }
  });

  it("knows no record of another organisation", async () => {
    for (const path of known.pages) {
      const response = await request(panel.app).get(`${ours.panel}${path}`);
      expect(response.status, path).to.equal(404);
      expect(response.text, path).to.not.match(/secret/i);
    }
  });

  it("does nothing to a record of another organisation", async () => {
    const body = {
      ...{ do: "save", code: "X", title: "X", contactHours: "1", subject: "X", version: "X" },
      ...{ examTitle: "X", passMarkPercent: "1", scoreMaximum: "1", gradeSource: "hosted" },
      ...{ courseId: known.courseId, decision: "approve", name: "Secret name" },
    };
    for (const path of known.actions) {
      const response = await request(panel.app)
        .post(`${ours.panel}${path}`)
        .type("form")
        .send(body);
      expect(response.status, path).to.equal(404);
    }
    const { stores } = panel;
    const course = await stores.courses.findById(theirs.organisationId, known.courseId);
    expect(course?.title).to.equal("Secret course");
    const offering = await stores.offerings.findById(theirs.organisationId, known.offeringId);
    expect(offering?.status).to.equal("pending");
    const pending = await stores.deployments.listPending(theirs.organisationId);
    expect(pending.map(({ id }) => id)).to.deep.equal([known.deploymentId]);
    expect((await stores.grants.list(theirs.organisationId)).length).to.equal(1);
  });

  it("does not take another organisation's course for an LMS course of its own", async () => {
    const offering = await panel.stores.offerings.noteLaunch({
      ...{ organisationId: ours.organisationId, issuer: "https://lms.example.org", contextId: "o" },
      ...{ contextTitle: "Ours", at: now },
    });
    const response = await request(panel.app)
      .post(`${ours.panel}/lms-courses/${offering.id}/approve`)
      .type("form")
      .send({ courseId: known.courseId });
    expect(response.status).to.equal(404);
    const kept = await panel.stores.offerings.findById(ours.organisationId, offering.id);
    expect(kept?.status).to.equal("pending");
  });

  it("lists nothing of another organisation, searched or not", async () => {
    const lists = [
      "/courses",
      "/lms-courses",
      "/tracks",
      "/awards",
      "/people",
      "/people/names",
      "/platforms",
      "/events",
      "/failed-work",
      "",
      "/tracks/new",
    ];
    for (const path of lists) {
      for (const query of ["", "?search=ecret"]) {
        const response = await request(panel.app).get(`${ours.panel}${path}${query}`);
        expect(response.status, path).to.equal(200);
        expect(response.text, path).to.not.match(/secret[ -@]/i);
      }
    }
  });

  it("answers malformed ids with a page that does not exist", async () => {
    const paths = [
      "/courses/x",
      "/courses/[object Object]",
      "/courses/../../etc",
      `/courses/${known.courseId}x`,
      "/lms-courses/1",
      "/tracks/1",
      "/tracks/1/versions/1",
      "/awards/1",
      "/nothing",
    ];
    for (const path of paths) {
      const response = await request(panel.app).get(`${theirs.panel}${path}`);
      expect(response.status, path).to.equal(404);
    }
  });
});
