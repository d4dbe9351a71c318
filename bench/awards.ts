import { loadavg } from "node:os";
import { inBatches, percentile, singly, waits } from "./awards/arrivals.js";
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
// costs is shown apart. BENCH_LEARNERS and BENCH_TRACKS make it smaller.

const MOST_LEARNERS = Number(process.env["BENCH_LEARNERS"] ?? 1_000_000);
const MOST_TRACKS = Number(process.env["BENCH_TRACKS"] ?? 1000);
const FEW_LEARNERS = 1000;
const FEW_TRACKS = 10;
const BATCH = 500;
const MEASURED = 400;
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

async function batches(product: Product, courses: readonly string[]) {
  await untilIdle(product);
  await untilStoreRests(product);
  const rounds = [];
  for (let index = 0; index < ROUNDS; index += 1) {
    const learners = await addLearners(product, MEASURED);
    rounds.push(await inBatches(product, { learners, courses, batch: BATCH }));
  }
  return {
    perSecond: median(rounds.map(({ resultsPerSecond }) => resultsPerSecond)),
    cpu: median(rounds.map(({ cpuMsPerLearner }) => cpuMsPerLearner.both)),
    applicationCpu: median(rounds.map(({ cpuMsPerLearner }) => cpuMsPerLearner.application)),
  };
}

/** Signs and stores the credentials of the awards made so far, as the job for many does. */
async function signAll(product: Product, count: number) {
  const { services, connection, organisationId } = product;
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
  await services.issueDueCredentials();
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
const product = await openProduct();
try {
  const courses = await addBadge(product, "Measured");
  for (let index = 1; index < FEW_TRACKS; index += 1) await addBadge(product, `Other ${index}`);
  await addBystanders(product, FEW_LEARNERS);
  await batches(product, courses);
  const few = await batches(product, courses);
  note(`${FEW_TRACKS} tracks: ${Math.round(few.perSecond)} results/s, ${round(few.cpu)} ms CPU`);
  await singly(product, { learners: await addLearners(product, 20), courses });
  const one = await singly(product, { learners: await addLearners(product, 60), courses });
  const { both, application } = one.cpuMsPerLearner;
  note(`singly: ${Math.round(one.resultsPerSecond)} results/s, ${round(both)} ms CPU a learner`);
  const learners = await addLearners(product, 200);
  const waited = await waits(product, { learners, courses, perSecond: 100 });
  note(
    `at 100 results/s: p50 ${round(percentile(waited, 50))}, p95 ${round(percentile(waited, 95))} ms`,
  );
  const signing = await signAll(product, 500);
  note(`${Math.round(signing.credentialsPerSecond)} credentials signed and stored a second`);
  for (let index = FEW_TRACKS; index < MOST_TRACKS; index += 1)
    await addBadge(product, `More ${index}`);
  const wide = await batches(product, courses);
  note(`${MOST_TRACKS} tracks: ${Math.round(wide.perSecond)} results/s, ${round(wide.cpu)} ms CPU`);
  await addBystanders(product, MOST_LEARNERS - FEW_LEARNERS);
  note(`${MOST_LEARNERS} learners are there`);
  const many = await batches(product, courses);
  note(
    `${MOST_LEARNERS} learners: ${Math.round(many.perSecond)} results/s, ${round(many.cpu)} ms CPU`,
  );
  process.stdout.write(
    `${JSON.stringify({
      evaluationsPerSecond: Math.round(evaluationsPerSecond),
      resultsPerSecond: Math.round(few.perSecond),
      resultsPerSecondSingly: Math.round(one.resultsPerSecond),
      learnersFlatness: round(wide.perSecond / many.perSecond),
      tracksFlatness: round(few.perSecond / wide.perSecond),
      learnersFlatnessCpu: round(many.cpu / wide.cpu),
      tracksFlatnessCpu: round(wide.cpu / few.cpu),
      peakRssMb: Math.round(peakRssMb),
      awardLatencyP95Ms: round(percentile(waited, 95)),
      cpuMsPerAwardedLearner: round(few.cpu),
      cpuMsPerAwardedLearnerSingly: round(both),
      applicationCpuMsPerAwardedLearner: round(few.applicationCpu),
      applicationCpuMsPerAwardedLearnerSingly: round(application),
      credentialsPerSecond: Math.round(signing.credentialsPerSecond),
      cpuMsPerCredential: round(signing.cpuMsPerCredential),
      learners: MOST_LEARNERS,
      tracks: MOST_TRACKS,
      loadAverage: { before: begunWithLoad, after: load() },
    })}\n`,
  );
} finally {
  clearInterval(watch);
  await product.stop();
}
