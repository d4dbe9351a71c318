import { loadavg } from "node:os";
import { inBatches, type Intake, percentile, singly, waits } from "./awards/arrivals.js";
import { measureEvaluations } from "./awards/evaluations.js";
import { addBystanders, addLearners } from "./awards/learners.js";
import {
  addBadge,
  openProduct,
  type Product,
  untilIdle,
  untilStoreRests,
} from "./awards/product.js";

// npm run bench -- awards: from a result to the stored award, on the embedded store in a process
// of its own. Credentials are not signed on the way (their learners have no names yet); what that
// costs is shown apart. What changes with the number of tracks and learners is measured against a
// small product beside the large one, in turn, both in this process. BENCH_LEARNERS and BENCH_TRACKS make it smaller.

const MOST_LEARNERS = Number(process.env["BENCH_LEARNERS"] ?? 1_000_000);
const MOST_TRACKS = Number(process.env["BENCH_TRACKS"] ?? 1000);
const FEW_LEARNERS = 1000;
const FEW_TRACKS = 10;
const BATCH = 500;
const MEASURED = 400;
const MEASURED_SINGLY = 40;
const ROUNDS = 5;

const note = (line: string): void => void process.stderr.write(`${line}\n`);
const round = (value: number): number => Math.round(value * 100) / 100;
const load = () => loadavg().map(round);

let peakRssMb = 0;
const watch = setInterval(() => {
  peakRssMb = Math.max(peakRssMb, process.memoryUsage.rss() / 1e6);
}, 20);

/** The middle of several rounds: a round that something else slowed down does not count. */
const median = (values: readonly number[]): number =>
  percentile(
    [...values].sort((a, b) => a - b),
    50,
  );

/** A product of few tracks and learners, and the courses of the badge that is measured. */
type Measured = { product: Product; courses: readonly string[] };

async function openMeasured(): Promise<Measured> {
  const product = await openProduct();
  const courses = await addBadge(product, "Measured");
  for (let index = 1; index < FEW_TRACKS; index += 1) await addBadge(product, `Other ${index}`);
  await addBystanders(product, FEW_LEARNERS);
  return { product, courses };
}

/** One round each in turn, so that whatever else the machine does at the time slows all alike. */
async function batches(among: readonly Measured[]) {
  const rounds = among.map((): Intake[] => []);
  for (const { product } of among) {
    await untilIdle(product);
    await untilStoreRests(product);
  }
  for (let index = 0; index < ROUNDS; index += 1) {
    for (const [at, { product, courses }] of among.entries()) {
      const learners = await addLearners(product, MEASURED);
      rounds[at]?.push(await inBatches(product, { learners, courses, batch: BATCH }));
    }
  }
  return rounds.map(medians);
}

const medians = (rounds: readonly Intake[]) => ({
  perSecond: median(rounds.map(({ resultsPerSecond }) => resultsPerSecond)),
  cpu: median(rounds.map(({ cpuMsPerLearner }) => cpuMsPerLearner.both)),
  applicationCpu: median(rounds.map(({ cpuMsPerLearner }) => cpuMsPerLearner.application)),
});

/** Results one by one, as often and as long warmed up as those in batches. */
async function oneByOne({ product, courses }: Measured) {
  const rounds: Intake[] = [];
  for (let index = 0; index < 2 * ROUNDS; index += 1)
    rounds.push(
      await singly(product, { learners: await addLearners(product, MEASURED_SINGLY), courses }),
    );
  return medians(rounds.slice(ROUNDS));
}

/** How much less comes through in one than in the other. */
const ratio = (
  [small, large]: Awaited<ReturnType<typeof batches>>,
  figure: "perSecond" | "cpu",
): number =>
  figure === "cpu"
    ? (large?.cpu ?? NaN) / (small?.cpu ?? NaN)
    : (small?.perSecond ?? NaN) / (large?.perSecond ?? NaN);

/** Signs and stores the credentials of the awards made so far, as the job for many does. */
async function signAll(product: Product, count: number) {
  const { parts, connection, organisationId } = product;
  const awards = connection.collection<{ _id: string; learnerId: string }>("awards");
  const learners = await awards.find({ credential: "needs-name" }).limit(count).toArray();
  await connection
    .collection<{ _id: string }>("profiles")
    .insertMany(
      learners.map(({ learnerId }) => ({ _id: learnerId, organisationId, name: "Amara Okafor" })),
    );
  const ids = learners.map(({ _id }) => _id);
  await awards.updateMany({ _id: { $in: ids } }, { $set: { credential: "due" } });
  const begun = performance.now();
  const before = await product.cpuMs();
  await parts.issueDueCredentials();
  const after = await product.cpuMs();
  const issued = await awards.countDocuments({ _id: { $in: ids }, credential: "issued" });
  if (issued !== ids.length) throw new Error(`${issued} credentials of ${ids.length}`);
  return {
    credentialsPerSecond: (ids.length * 1000) / (performance.now() - begun),
    cpuMsPerCredential: (after.application - before.application) / ids.length,
  };
}

note(`load average ${load().join(", ")}`);
const begunWithLoad = load();
const evaluationsPerSecond = measureEvaluations(3000);
note(`${Math.round(evaluationsPerSecond)} evaluations a second`);
const small = await openMeasured();
const large = await openMeasured();
try {
  await batches([small, large]);
  const [few] = await batches([small]);
  if (few === undefined) throw new Error("Nothing was measured");
  note(`${FEW_TRACKS} tracks: ${Math.round(few.perSecond)} results/s, ${round(few.cpu)} ms CPU`);
  const one = await oneByOne(small);
  note(`singly: ${Math.round(one.perSecond)} results/s, ${round(one.cpu)} ms CPU a learner`);
  const waited = await waits(small.product, {
    learners: await addLearners(small.product, 200),
    ...{ courses: small.courses, perSecond: 100 },
  });
  note(
    `at 100 results/s: p50 ${round(percentile(waited, 50))}, p95 ${round(percentile(waited, 95))} ms`,
  );
  const signing = await signAll(small.product, 500);
  note(`${Math.round(signing.credentialsPerSecond)} credentials signed and stored a second`);
  for (let index = FEW_TRACKS; index < MOST_TRACKS; index += 1)
    await addBadge(large.product, `More ${index}`);
  const wide = await batches([small, large]);
  note(`${MOST_TRACKS} tracks: ${round(ratio(wide, "perSecond"))} times less than ${FEW_TRACKS}`);
  await addBystanders(large.product, MOST_LEARNERS - FEW_LEARNERS);
  note(`${MOST_LEARNERS} learners are there`);
  const many = await batches([small, large]);
  const flatness = (figure: "perSecond" | "cpu") => ratio(many, figure) / ratio(wide, figure);
  note(
    `${MOST_LEARNERS} learners: ${round(flatness("perSecond"))} times less than ${FEW_LEARNERS}`,
  );
  process.stdout.write(
    `${JSON.stringify({
      evaluationsPerSecond: Math.round(evaluationsPerSecond),
      resultsPerSecond: Math.round(few.perSecond),
      resultsPerSecondSingly: Math.round(one.perSecond),
      learnersFlatness: round(flatness("perSecond")),
      tracksFlatness: round(ratio(wide, "perSecond")),
      learnersFlatnessCpu: round(flatness("cpu")),
      tracksFlatnessCpu: round(ratio(wide, "cpu")),
      resultsPerSecondWithMost: Math.round(many[1]?.perSecond ?? NaN),
      peakRssMb: Math.round(peakRssMb),
      awardLatencyP95Ms: round(percentile(waited, 95)),
      cpuMsPerAwardedLearner: round(few.cpu),
      cpuMsPerAwardedLearnerSingly: round(one.cpu),
      applicationCpuMsPerAwardedLearner: round(few.applicationCpu),
      applicationCpuMsPerAwardedLearnerSingly: round(one.applicationCpu),
      credentialsPerSecond: Math.round(signing.credentialsPerSecond),
      cpuMsPerCredential: round(signing.cpuMsPerCredential),
      learners: MOST_LEARNERS,
      tracks: MOST_TRACKS,
      loadAverage: { before: begunWithLoad, after: load() },
    })}\n`,
  );
} finally {
  clearInterval(watch);
  await small.product.stop();
  await large.product.stop();
}
// The work queue's library keeps a process for a minute after its end.
process.exit();
