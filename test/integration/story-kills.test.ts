import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { load } from "cheerio";
import { expect } from "chai";
import { type PracticeLms, startPracticeLms } from "practice-lms";
import { readEnvironment } from "../../config/environment.js";
import type { Exam } from "../../src/courses/exam.js";
import { connectDatabase } from "../../src/database.js";
import { createLog } from "../../src/log.js";
import { registerPlatform } from "../../src/platforms/register-platform.js";
import { createSealedBox } from "../../src/sealed-box.js";
import { createParts } from "../../src/parts/parts.js";
import {
  buildProduct,
  type BuiltProduct,
  freePort,
  type Running,
} from "../support/built-product.js";
import { approve, eventually, placeLink, publish, teach } from "../support/story-school.js";
import type { Browser } from "../support/test-browser.js";
import { beginLaunch } from "../support/test-product.js";

const KILLS = 18;
/** Handing in takes about so long, and then the way to the credential; a kill falls anywhere. */
const STORY_MS = 150;
const CONTEXT = "ess-101";

/** An attempt that waits to be handed in. */
type Sitting = {
  userId: string;
  url: string;
  form: Record<string, string>;
  browser: Browser;
};

describe("a process that is killed between a result and its award", function () {
  this.timeout(120_000);
  let built: BuiltProduct;
  let lms: PracticeLms;
  let env: Record<string, string> & { PORT: string; DATA_DIR: string };
  let origin: string;
  let running: Running;

  before(async () => {
    built = await buildProduct();
    const people = Array.from({ length: KILLS }, (_, index) => ({
      ...{ id: `learner-${index}`, givenName: "Learner", familyName: `Number ${index}` },
      ...{ email: `learner-${index}@academy.example`, kind: "student" as const, blurb: "" },
    }));
    lms = await startPracticeLms({ people });
    env = {
      PORT: String(await freePort()),
      DATA_DIR: await built.makeDataDir(),
      ENCRYPTION_KEY: randomBytes(32).toString("hex"),
      LOG_LEVEL: "silent",
      ALLOW_PRIVATE_PLATFORMS: "true",
    };
    origin = `http://localhost:${env.PORT}`;
    running = await built.serve(env);
  });
  after(async () => {
    running.child.kill("SIGKILL");
    await running.ended;
    await lms.stop();
    await built.remove();
  });

  /** The running process' own store, looked at from here. */
  async function openStore() {
    const socket = encodeURIComponent(join(env.DATA_DIR, "store.sock"));
    const connection = await connectDatabase(`mongodb://${socket}/?directConnection=true`);
    const parts = createParts({
      connection,
      settings: readEnvironment(env),
      log: createLog({ logLevel: "silent" }),
      sealedBox: createSealedBox(env["ENCRYPTION_KEY"] ?? ""),
      now: () => new Date(),
    });
    return { connection, parts };
  }

  async function setUp(): Promise<{ exam: Exam; linkId: string }> {
    const { connection, parts } = await openStore();
    const { id: organisationId } = await parts.organisations.ensureFirst("Academy", new Date());
    const { authorizationUrl, tokenUrl, jwksUrl } = lms.endpoints;
    await registerPlatform(parts, organisationId, {
      ...{ name: "Practice", issuer: lms.issuer, clientId: "rosette", deploymentId: "1" },
      ...{ authorizationUrl, tokenUrl, jwksUrl },
      ...{ tokenAudience: undefined, acceptsAnyDeployment: false },
    });
    lms.addTool({
      ...{ clientId: "rosette", deploymentIds: ["1"], title: "Rosette", privacy: "public" },
      ...{ loginUrl: `${origin}/lti/login`, redirectUrls: [`${origin}/lti/launch`] },
      jwksUrl: `${origin}/lti/jwks`,
    });
    const { course, exam } = await teach(parts, organisationId, { code: "ESS-101" });
    await publish(parts, organisationId, { name: "Essentials", exams: [exam] });
    const place = { organisationId, issuer: lms.issuer, contextId: CONTEXT, courseId: course.id };
    await approve(parts, place);
    await connection.close();
    return { exam, linkId: placeLink(lms, { url: origin, contextId: CONTEXT, exam }) };
  }

  async function begin(userId: string, at: { exam: Exam; linkId: string }): Promise<Sitting> {
    const wish = { userId, courseId: CONTEXT, linkId: at.linkId };
    const { browser, idToken, state } = await beginLaunch({ lms }, wish);
    const posted = await browser.post(`${origin}/lti/launch`, { id_token: idToken, state });
    const page = load((await browser.follow(origin + (posted.headers["location"] ?? ""))).text);
    const form = page("form[action$='/attempts']");
    const csrf = { _csrf: form.find("input[name=_csrf]").attr("value") ?? "" };
    const started = await browser.post(origin + (form.attr("action") ?? ""), csrf);
    if (started.status !== 303) throw new Error(`begin: ${started.status} ${started.text}`);
    const answers = at.exam.questions.map(({ id }) => [`answer-${id}`, "right"] as const);
    const url = origin + (started.headers["location"] ?? "");
    return { userId, url, browser, form: { ...csrf, ...Object.fromEntries(answers) } };
  }

  const handIn = async ({ browser, url, form }: Sitting): Promise<boolean> => {
    try {
      return (await browser.post(url, form)).status === 303;
    } catch {
      // The process was gone before it answered.
      return false;
    }
  };

  it("has given each learner one award and one credential after it starts again, and lost nothing it acknowledged", async () => {
    const at = await setUp();
    const sittings: Sitting[] = [];
    for (let index = 0; index < KILLS; index += 1) {
      sittings.push(await begin(`learner-${index}`, at));
    }

    for (const [index, sitting] of sittings.entries()) {
      const answer = handIn(sitting);
      // Every other kill comes after the learner was told that the exam is handed in.
      if (index % 2 === 1) await answer;
      await pause(Math.random() * STORY_MS);
      running.child.kill("SIGKILL");
      const isAcknowledged = await answer;
      await running.ended;
      running = await built.serve(env);
      const page = await sitting.browser.get(sitting.url);
      if (isAcknowledged) {
        expect(page.text, `${sitting.userId} was told that it was handed in`).to.include(
          "You passed",
        );
      } else {
        expect(await handIn(sitting), `${sitting.userId} hands in again`).to.equal(true);
      }
    }
    const { connection } = await openStore();
    const count = async (name: string, filter: object = {}) =>
      await connection.collection(name).countDocuments(filter);
    try {
      await eventually("every award is issued", async () => {
        return (
          (await count("awards", { credential: "issued", unannounced: { $ne: true } })) >= KILLS
        );
      });
      const each = { attempts: KILLS, examFacts: KILLS, awards: KILLS, learnerNotices: KILLS };
      for (const [name, wanted] of Object.entries({ ...each, credentials: KILLS })) {
        expect(await count(name), name).to.equal(wanted);
      }
      const holders = await connection.collection("awards").distinct("learnerId");
      expect(holders.length, "learners with an award").to.equal(KILLS);
      const issued = await connection.collection("credentials").distinct("awardId");
      expect(issued.length, "awards with a credential").to.equal(KILLS);
    } finally {
      await connection.close();
    }
  });
});
