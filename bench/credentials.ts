import { createReference } from "./credentials/reference.js";
import { issueMany, verifyPageCpu } from "./credentials/product.js";
import { createSample } from "./credentials/sample.js";
import { createFastCanonicaliser } from "../src/signing/fast-canonical-form.js";
import { signDataIntegrity } from "../src/signing/data-integrity.js";
import { signVcJwt } from "../src/signing/sign-vc-jwt.js";
import { createDocumentMaker } from "../src/documents/document-maker.js";
import { verifyCredential } from "../src/verification/verify-credential.js";
import { makeFormsOf } from "./credentials/made.js";

// The reference library alone and ours, side by side in one run, each in this one thread; then the
// product on its embedded store: ten thousand awards to credentials, and the page that checks one.
const AWARDS = Number(process.env["BENCH_CREDENTIALS"] ?? 10_000);

const say = (text: string): void => void process.stderr.write(`${text}\n`);
const rounded = (value: number): number => Math.round(value * 100) / 100;

/** So many a second, one after the other, warmed up; the middle one of three measurements. */
async function perSecond(count: number, run: (at: number) => Promise<unknown>): Promise<number> {
  const once = async (): Promise<number> => {
    const started = performance.now();
    for (let at = 0; at < count; at += 1) await run(at);
    return count / ((performance.now() - started) / 1000);
  };
  await once();
  const figures = [await once(), await once(), await once()];
  return rounded(figures.sort((a, b) => a - b)[1] ?? 0);
}

const sample = await createSample();
const reference = await createReference(sample);
const canonicalise = createFastCanonicaliser();
const created = "2026-03-10T09:00:00Z";

const referencePerSecond = await perSecond(60, async (at) => {
  await reference.issue(sample.badge(at));
});
say(`reference library, Data Integrity: ${referencePerSecond}/s`);
const dataIntegrityPerSecond = await perSecond(1500, async (at) => {
  await signDataIntegrity(sample.badge(at), sample.keys.Ed25519, { canonicalise, created });
});
say(`ours, Data Integrity: ${dataIntegrityPerSecond}/s`);
await reference.check(
  await signDataIntegrity(sample.badge(7), sample.keys.Ed25519, { canonicalise, created }),
);
say("the reference library verifies what ours signed");
const jwtPerSecond = await perSecond(500, async (at) => {
  signVcJwt(sample.badge(at), "RS256", sample.keys.RS256);
});
const es256PerSecond = await perSecond(1500, async (at) => {
  signVcJwt(sample.badge(at), "ES256", sample.keys.ES256);
});
say(`VC-JWT RS256: ${jwtPerSecond}/s, ES256: ${es256PerSecond}/s`);
const jwt = signVcJwt(sample.badge(0), "RS256", sample.keys.RS256);
const verifyPerSecond = await perSecond(500, async () => {
  const { report } = await verifyCredential(sample.verifyNeeds, { text: jwt });
  if (report.checks[1]?.outcome !== "valid") throw new Error("What we signed does not verify");
});
say(`verified by our own verifier: ${verifyPerSecond}/s`);

const documents = createDocumentMaker();
const made = await makeFormsOf(sample, documents);
const pdfPerSecond = await perSecond(12, made.pdf);
const pngPerSecond = await perSecond(12, made.png);
await documents.stop();
say(`PDF: ${pdfPerSecond}/s, PNG: ${pngPerSecond}/s`);

const product = await issueMany(AWARDS, say);
const { issueSeconds } = product;
const verifyPageCpuMs = rounded(await verifyPageCpu(product));
say(`the page of our own credential: ${verifyPageCpuMs} ms of processor time`);
await product.stop();

const ratio = rounded(dataIntegrityPerSecond / referencePerSecond);
process.stdout.write(
  `${JSON.stringify({
    ...{ dataIntegrityPerSecond, referencePerSecond, ratio, jwtPerSecond, es256PerSecond },
    ...{ pdfPerSecond, pngPerSecond, verifyPerSecond },
    issue10kSeconds: rounded((issueSeconds * 10_000) / AWARDS),
    ...{ verifyPageCpuMs, awards: AWARDS },
  })}\n`,
);
process.exit(0);
