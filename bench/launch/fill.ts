import { newId } from "../../src/stored-record.js";
import { associationCatalogue } from "../../scripts/demo/catalogue/catalogues.js";
import { seedCatalogue } from "../../scripts/demo/catalogue/seed-catalogue.js";
import { approveOffering } from "../../src/courses/approve-offering.js";
import type { Rosette } from "../peers/rosette.js";

const BATCH = 5000;

/** The demo's catalogue, an approved LMS course, and what a learner has done: a page has its data. */
export async function fillCourse(
  { parts, organisationId }: Rosette,
  at: { issuer: string; subs: readonly string[] },
): Promise<void> {
  const about = { organisationId, publishedBy: "bench" };
  const { courses } = await seedCatalogue(
    { ...parts, publishTrack: parts.journey.publishTrack },
    about,
    associationCatalogue,
  );
  const seen = { organisationId, issuer: at.issuer, contextId: "course-1", contextTitle: "Course" };
  const offering = await parts.offerings.noteLaunch({ ...seen, at: new Date() });
  const [first] = courses;
  if (first === undefined) throw new Error("no course");
  await approveOffering(parts, {
    ...{ organisationId, offeringId: offering.id, courseId: first.courseId, decidedBy: "bench" },
  });
  const exams = await parts.exams.listByCourses(
    organisationId,
    courses.map(({ courseId }) => courseId),
  );
  for (const sub of at.subs) {
    const key = { organisationId, issuer: at.issuer, sub };
    const { id: accountId } = await parts.accounts.findOrCreate(key, new Date());
    const name = "Amara Okafor";
    await parts.profiles.noteFromLms({ id: accountId, organisationId, name, email: undefined });
    // Every exam but the last two: a track is earned, others are under way.
    for (const { id: examId, courseId, passMarkPercent } of exams.slice(0, -2)) {
      await parts.recordResult({
        ...{ organisationId, accountId, examId, courseId, passMarkPercent },
        ...{
          offeringId: offering.id,
          sourceKey: `hosted:${sub}-${examId}`,
          source: "hosted",
          occurredAt: new Date(),
        },
        ...{ outcome: { kind: "graded", score: 100, maximum: 100 }, isTestUser: false },
      });
    }
  }
}

/** Waits until the queue has turned what was recorded into awards. */
export async function waitForAwards(
  { parts, organisationId }: Rosette,
  atLeast: number,
): Promise<void> {
  const deadline = Date.now() + 120_000;
  const search = { search: "", page: 1, pageSize: 1000 };
  for (;;) {
    const { items } = await parts.awards.list(organisationId, search);
    const issued = items.filter(({ credential }) => credential === "issued");
    if (issued.length >= atLeast) return;
    if (Date.now() > deadline) throw new Error("the awards did not come in time");
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** Platforms that nobody launches from. */
export async function addPlatforms({ connection, organisationId }: Rosette, count: number) {
  const rows = Array.from({ length: count }, (_, index) => ({
    ...{ _id: newId(), organisationId, name: `School ${index}`, clientId: "benched" },
    ...{ issuer: `https://school-${index}.example`, family: "other", createdAt: new Date() },
    ...{ authorizationUrl: "https://s.example/a", tokenUrl: "https://s.example/t" },
    ...{ jwksUrl: "https://s.example/k", acceptsAnyDeployment: false },
  }));
  const deployments = rows.map(({ _id: platformId }) => ({
    ...{ _id: newId(), platformId, deploymentId: "1", organisationId, status: "approved" },
    firstSeenAt: new Date(),
  }));
  await connection.collection("platforms").insertMany(rows as never[]);
  await connection.collection("deployments").insertMany(deployments as never[]);
}

/** People who have been here: an account, a profile and a place in the course each. */
export async function addLearners(
  { connection, organisationId, parts }: Rosette,
  at: { issuer: string; count: number },
): Promise<void> {
  const seen = { organisationId, issuer: at.issuer, contextId: "course-1", contextTitle: "Course" };
  const { id: offeringId } = await parts.offerings.noteLaunch({ ...seen, at: new Date() });
  for (let from = 0; from < at.count; from += BATCH) {
    const people = Array.from({ length: Math.min(BATCH, at.count - from) }, (_, index) => ({
      _id: newId(),
      sub: `known-${from + index}`,
    }));
    const base = { organisationId, createdAt: new Date() };
    const time = { firstSeenAt: new Date(), lastSeenAt: new Date() };
    await connection
      .collection("accounts")
      .insertMany(people.map((person) => ({ ...base, issuer: at.issuer, ...person })) as never[]);
    await connection.collection("profiles").insertMany(
      people.map(({ _id, sub }) => ({
        ...{ _id, organisationId, name: `Person ${sub}`, nameFrom: "lms" },
      })) as never[],
    );
    await connection.collection("courseMembers").insertMany(
      people.map(({ _id: accountId }) => ({
        ...{ _id: newId(), organisationId, offeringId, accountId, ...time },
      })) as never[],
    );
  }
}
