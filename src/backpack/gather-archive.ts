import { setTimeout as pause } from "node:timers/promises";
import type { SubmissionStore } from "../activities/submission-store.js";
import type { Submission } from "../activities/submission.js";
import { type Credential, credentialDocument } from "../credentials/credential.js";
import type { CredentialForm } from "../credentials/credential-form.js";
import type { RecordReader } from "../credentials/learner-record.js";
import { hostedAssertion } from "../credentials/open-badge-2.js";
import { isCertificate } from "../credentials/open-badge.js";
import { ToolError } from "../errors.js";
import { readTranscript, type TranscriptNeeds } from "../hours/read-transcript.js";
import { transcriptCsv } from "../hours/transcript-page.js";
import type { PublicAddresses } from "../issuers/public-addresses.js";
import type { ExamStore } from "../courses/exam-store.js";
import type { ProfileStore } from "../people/profile-store.js";
import type { SignedForms } from "../signing/sign-credential.js";
import { createUniqueNames, safeFileName } from "../web/file-name.js";
import { type ArchivedFile, listedFile } from "../web/send-archive.js";
import {
  type ArchivedCredential,
  archivedCredential,
  archivedForeignBadge,
  archivedWork,
  type ArchiveIndex,
  type ArchiveLink,
  type Contents,
  type Owner,
} from "./archive-index.js";
import { type LicenceFileNeeds, licenceFiles } from "./archive-licences.js";
import { type OwnBackpackNeeds, readBackpack } from "./change-own-backpack.js";
import type { ForeignBadgeStore } from "./foreign-badge-store.js";
import type { Holder } from "./holder.js";

export type ArchiveNeeds = OwnBackpackNeeds &
  Omit<TranscriptNeeds, "exams"> &
  LicenceFileNeeds & {
    profiles: Pick<ProfileStore, "find">;
    addresses: PublicAddresses;
    credentialForms: readonly CredentialForm[];
    exams: Pick<ExamStore, "listByIds" | "listByCourses">;
    foreignBadges: Pick<ForeignBadgeStore, "list">;
    submissions: Pick<SubmissionStore, "listOfLearner" | "findFile">;
    getLearnerRecord: (credential: Credential, reader: RecordReader) => Promise<SignedForms>;
    findHolderId: (about: {
      organisationId: string;
      learnerId: string;
    }) => Promise<string | undefined>;
    /** Says that a form could not be made. */
    noteFault: (error: unknown, about: { credentialId: string; suffix: string }) => void;
  };

/** Prints the page of contents. */
type PrintIndex = (index: ArchiveIndex) => Promise<string>;

const labels: Record<string, string> = {
  json: "Credential with a Data Integrity proof (JSON)",
  jwt: "Credential as VC-JWT, RS256",
  "es256.jwt": "Credential as VC-JWT, ES256",
  pdf: "PDF",
  png: "Badge as PNG, the credential inside",
  svg: "Badge as SVG, the credential inside",
};

/** A record is signed in the background when it is first asked for: so long it is waited for. */
const RECORD_TRIES = 60;
const RECORD_PAUSE_MS = 250;

const bytesOf = (content: string | Buffer): Buffer =>
  typeof content === "string" ? Buffer.from(content, "utf8") : content;

function beginContents(about: Omit<ArchiveIndex, "files">): Contents {
  const index: ArchiveIndex = { ...about, files: [] };
  const add: Contents["add"] = (path, content) => {
    const file = { path, bytes: bytesOf(content) };
    index.files.push(listedFile(file));
    return file;
  };
  return { index, add };
}

/**
 * Everything of a learner, file by file, each made when it is asked for: their credentials in every
 * form, what they handed in, their hours, and at the end what all of it is.
 */
export async function* gatherArchive(
  needs: ArchiveNeeds,
  holder: Pick<Holder, "organisationId" | "learnerId">,
  printIndex: PrintIndex,
): AsyncGenerator<ArchivedFile, void> {
  const { organisationId, learnerId } = holder;
  const { credentials, learnerIds } = await readBackpack(needs, holder);
  const profile = await needs.profiles.find(organisationId, learnerId);
  const period = { from: undefined, to: undefined };
  const transcript = await readTranscript(needs, { organisationId, learnerId, period });
  const contents = beginContents({
    madeAt: needs.now().toISOString(),
    organisation: transcript.organisationName,
    person: {
      ...{ name: profile?.name, email: profile?.email },
      ownAddress: await needs.findHolderId({ organisationId, learnerId }),
    },
    verifyAt: `${needs.addresses.publicUrl}/verify`,
    ...{ credentials: [], elsewhere: [], work: [], licences: [], hours: "hours.csv", missing: [] },
  });
  const { index, add } = contents;
  yield* credentialFiles(needs, contents, credentials);
  yield* foreignFiles(needs, contents, { organisationId, learnerIds });
  yield* workFiles(needs, contents, { organisationId, learnerIds });
  yield* licenceFiles(needs, contents, { organisationId, learnerIds });
  // With a mark, so that spreadsheets know the letters.
  yield add(index.hours, `\uFEFF${transcriptCsv(transcript)}`);
  yield add("index.json", `${JSON.stringify(index, undefined, 2)}\n`);
  yield { path: "index.html", bytes: bytesOf(await printIndex(index)) };
}

async function* credentialFiles(
  needs: ArchiveNeeds,
  { index, add }: Contents,
  credentials: readonly Credential[],
): AsyncGenerator<ArchivedFile, void> {
  const unique = createUniqueNames();
  const certificates: { credential: Credential; listed: ArchivedCredential; folder: string }[] = [];
  for (const credential of credentials) {
    const document = credentialDocument(credential);
    const listed = archivedCredential(credential);
    const folder = `credentials/${unique(safeFileName(listed.name, "Credential"))}`;
    index.credentials.push(listed);
    if (isCertificate(document)) {
      certificates.push({ credential, listed, folder });
      // Asked for now and read at the end, so that it is signed meanwhile.
      await findRecord(needs, credential);
    }
    for await (const { path, label, content } of formsOf(needs, credential, index.missing)) {
      const file = add(`${folder}/${path}`, content);
      listed.files.push({ path: file.path, label });
      if (path === "credential.png") listed.badge = file.path;
      yield file;
    }
  }
  for (const { credential, listed, folder } of certificates) {
    const forms = await waitForRecord(needs, credential);
    if (forms === undefined) {
      index.missing.push(
        `The learner record of “${listed.name}” is still being signed. Export again in a moment.`,
      );
      continue;
    }
    const record = { json: forms.dataIntegrity, jwt: forms.jwtRs256 };
    for (const [suffix, content] of Object.entries(record)) {
      const file = add(`${folder}/learner-record.${suffix}`, content);
      listed.files.push({ path: file.path, label: `Learner record, CLR 2.0 (${suffix})` });
      yield file;
    }
  }
}

/** Badges from elsewhere, each as it is checked: signed, or by its address. */
async function* foreignFiles(
  needs: Pick<ArchiveNeeds, "foreignBadges">,
  { index, add }: Contents,
  owner: Owner,
): AsyncGenerator<ArchivedFile, void> {
  const unique = createUniqueNames();
  for (const badge of await needs.foreignBadges.list(owner)) {
    const listed = archivedForeignBadge(badge);
    const folder = `elsewhere/${unique(safeFileName(badge.name, "Badge"))}`;
    index.elsewhere.push(listed);
    const { presented, picture } = badge;
    const isAddress = /^https?:/.test(presented);
    const suffix = isAddress ? "address.txt" : presented.startsWith("{") ? "json" : "jwt";
    const files = [
      { path: `badge.${suffix}`, label: isAddress ? "Its address" : "Badge", content: presented },
      ...(picture === undefined
        ? []
        : [{ path: `picture.${picture.kind}`, label: "Picture", content: picture.bytes }]),
    ];
    for (const { path, label, content } of files) {
      const file = add(`${folder}/${path}`, content);
      listed.files.push({ path: file.path, label });
      yield file;
    }
  }
}

async function* workFiles(
  needs: ArchiveNeeds,
  { index, add }: Contents,
  { organisationId, learnerIds }: Owner,
): AsyncGenerator<ArchivedFile, void> {
  const submissions = await needs.submissions.listOfLearner(organisationId, learnerIds);
  const examIds = [...new Set(submissions.map(({ examId }) => examId))];
  const exams = await needs.exams.listByIds(organisationId, examIds);
  const titles = new Map(exams.map(({ id, title }) => [id, title]));
  const unique = createUniqueNames();
  for (const submission of submissions) {
    const listed = archivedWork(submission, titles.get(submission.examId) ?? "Work");
    const folder = `work/${unique(safeFileName(`${listed.title} ${submission.number}`, "Work"))}`;
    index.work.push(listed);
    for await (const { path, label, content } of workOf(needs, submission)) {
      const file = add(`${folder}/${path}`, content);
      listed.files.push({ path: file.path, label });
      yield file;
    }
  }
}

type Piece = ArchiveLink & { content: string | Buffer };

/** A credential in every form; one that cannot be made keeps none of the others back. */
async function* formsOf(
  needs: Pick<ArchiveNeeds, "addresses" | "credentialForms" | "noteFault">,
  credential: Credential,
  missing: string[],
): AsyncGenerator<Piece, void> {
  const document = credentialDocument(credential);
  for (const { suffix, make } of needs.credentialForms) {
    const label = labels[suffix] ?? suffix;
    try {
      yield { path: `credential.${suffix}`, label, content: await make(credential) };
    } catch (error) {
      needs.noteFault(error, { credentialId: credential.id, suffix });
      missing.push(`“${document.name}” could not be made in this form: ${label}.`);
    }
  }
  const assertion = hostedAssertion(needs.addresses, document);
  if (assertion !== undefined)
    yield {
      path: "open-badge-2.json",
      label: "Open Badges 2.0 assertion (checked at its address, so only while it is shared)",
      content: JSON.stringify(assertion),
    };
}

/** What was handed in: the text, and each file under a name that is safe. */
async function* workOf(
  needs: Pick<ArchiveNeeds, "submissions">,
  { organisationId, work }: Submission,
): AsyncGenerator<Piece, void> {
  const unique = createUniqueNames();
  if (work.text !== "") yield { path: unique("text.txt"), label: "Text", content: work.text };
  for (const { id, name } of work.files) {
    const file = await needs.submissions.findFile(organisationId, id);
    if (file !== undefined)
      yield { path: unique(safeFileName(name, "file")), label: name, content: file.bytes };
  }
}

/** The holder's own learner record, or nothing while it is being signed. */
async function findRecord(
  needs: Pick<ArchiveNeeds, "getLearnerRecord">,
  credential: Credential,
): Promise<SignedForms | undefined> {
  try {
    return await needs.getLearnerRecord(credential, "holder");
  } catch (error) {
    if (error instanceof ToolError && error.code === "credential-being-made") return undefined;
    throw error;
  }
}

async function waitForRecord(
  needs: Pick<ArchiveNeeds, "getLearnerRecord">,
  credential: Credential,
): Promise<SignedForms | undefined> {
  for (let tries = 0; tries < RECORD_TRIES; tries += 1) {
    const forms = await findRecord(needs, credential);
    if (forms !== undefined) return forms;
    await pause(RECORD_PAUSE_MS);
  }
  return undefined;
}
