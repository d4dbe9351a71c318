import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { IncomingMessage } from "node:http";
import { expect } from "chai";
import type { Connection } from "mongoose";
import { connectDatabase } from "../../src/database.js";
import { createLog } from "../../src/log.js";
import { createSealedBox } from "../../src/sealed-box.js";
import { createParts, type Parts } from "../../src/parts/parts.js";
import { approve, eventually, placeLink, publish, sit, teach } from "../support/story-school.js";
import { testDatabaseUri } from "../support/test-database.js";
import { startTestProduct, type TestProduct } from "../support/test-product.js";

const COURSE = "cvi-101";
const LEARNERS = 12;

describe("two processes at one queue", () => {
  let product: TestProduct;
  let connection: Connection;
  let other: Parts;
  const posted: string[] = [];
  let inFlight = 0;
  let mostInFlight = 0;

  const isScore = (message: unknown): boolean => {
    const { request } = message as { request: IncomingMessage };
    return request.method === "POST" && request.url?.includes("/scores") === true;
  };
  /** Every request to the practice LMS, which lives in this process. */
  const hear = (message: unknown) => {
    if (!isScore(message)) return;
    posted.push((message as { request: IncomingMessage }).request.url ?? "");
    inFlight += 1;
    mostInFlight = Math.max(mostInFlight, inFlight);
  };
  const hearEnd = (message: unknown) => {
    if (isScore(message)) inFlight -= 1;
  };

  before(async () => {
    product = await startTestProduct();
    const uri = new URL(await testDatabaseUri());
    uri.pathname = `/${product.connection.name}`;
    connection = await connectDatabase(uri.href);
    other = createParts({
      connection,
      settings: product.parts.settings,
      log: createLog({ logLevel: "silent" }),
      sealedBox: createSealedBox("ab".repeat(32)),
      now: () => new Date(),
    });
    subscribe("http.server.request.start", hear);
    subscribe("http.server.response.finish", hearEnd);
  });
  after(async () => {
    unsubscribe("http.server.request.start", hear);
    unsubscribe("http.server.response.finish", hearEnd);
    await other.work.stop();
    await product.parts.work.stop();
    await connection.close();
    await product.close();
  });

  it("give one award and one credential to each learner, and send each score once", async () => {
    const { parts, organisationId, lms } = product;
    for (let index = 0; index < LEARNERS; index += 1) {
      lms.addPerson({
        ...{ id: `learner-${index}`, givenName: "Learner", familyName: `Number ${index}` },
        ...{ email: `${index}@academy.example`, kind: "student", blurb: "" },
      });
    }
    const { course, exam } = await teach(parts, organisationId, { code: "ESS-101" });
    await publish(parts, organisationId, { name: "One", exams: [exam] });
    await publish(parts, organisationId, { name: "Two", exams: [exam] });
    const place = { organisationId, issuer: lms.issuer, contextId: COURSE, courseId: course.id };
    await approve(parts, place);
    const linkId = placeLink(lms, { url: product.url, contextId: COURSE, exam });

    // Everything waits before anybody works, so that both reach for the same.
    for (let index = 0; index < LEARNERS; index += 1) {
      const userId = `learner-${index}`;
      await sit(await product.launchAs({ userId, courseId: COURSE, linkId }), exam);
    }
    const facts = await parts.facts.listDue(new Date(), { limit: 100 });
    expect(facts.length).to.equal(LEARNERS);
    for (const { work } of [parts, other]) {
      for (const { organisationId: of, accountId } of facts) {
        await work.wake("evaluate-learner", { key: accountId, organisationId: of, accountId });
      }
    }
    await Promise.all([parts, other].map(({ work }) => work.start({ isAlone: false })));
    await Promise.all([parts, other].map(({ journey }) => journey.sweep({ reach: "all" })));

    const count = async (name: string, filter: object = {}) =>
      await product.connection.collection(name).countDocuments(filter);
    await eventually("all is done", async () => {
      const issued = await count("awards", { credential: "issued" });
      const sent = await count("scorePosts", { state: "sent" });
      return issued === 2 * LEARNERS && sent === LEARNERS && (await count("jobs")) === 0;
    });
    expect(await count("awards")).to.equal(2 * LEARNERS);
    expect(await count("credentials")).to.equal(2 * LEARNERS);
    expect(await count("learnerNotices")).to.equal(2 * LEARNERS);
    expect(await count("examFacts")).to.equal(LEARNERS);
    expect(posted.length, "scores that the LMS was sent").to.equal(LEARNERS);
    expect(mostInFlight, "scores in flight at once, all for one column").to.equal(1);
    const columns = new Set(lms.gradebook(COURSE).map(({ lineItemId }) => lineItemId));
    expect(columns.size, "columns in the gradebook").to.equal(1);
    const grades = lms.gradebook(COURSE).filter(({ userId }) => userId.startsWith("learner-"));
    expect(grades.map(({ score }) => score)).to.deep.equal(grades.map(() => 100));
  });
});
