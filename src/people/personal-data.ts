/**
 * What of a learner a collection holds, and what becomes of it when they delete their account.
 * `key` is the field that holds their account's id.
 */
export type Fate =
  | { kind: "erased"; key: string }
  /** By who they are at their LMS, in the columns of that LMS. */
  | { kind: "erased-by-sub" }
  /** Last of all: until then it is known whose the rest is. */
  | { kind: "account" }
  /** What they earned, with their name taken out: see `unname-credentials.ts`. */
  | { kind: "unnamed" }
  | { kind: "kept"; because: string };

const erased = (key: string): Fate => ({ kind: "erased", key });
const kept = (because: string): Fate => ({ kind: "kept", because });
const nobody = kept("It holds nothing of learners.");
const opaque = kept("It holds opaque ids, which stand for nobody once the account is gone.");

/**
 * Every collection there is. Whoever adds one decides here what becomes of it: a test compares
 * this list with the database.
 */
export const fates: Readonly<Record<string, Fate>> = {
  accounts: { kind: "account" },
  profiles: erased("_id"),
  launches: erased("accountId"),
  backpackDevices: erased("learnerId"),
  backpacks: erased("_id"),
  oneTimeCodes: erased("madeBy"),
  foreignBadges: erased("learnerId"),
  learnerNotices: erased("learnerId"),
  courseMembers: erased("accountId"),
  licences: erased("accountId"),
  licenceFiles: erased("accountId"),
  professionalStandings: erased("accountId"),
  submissionFiles: erased("accountId"),
  submissions: erased("accountId"),
  attempts: erased("accountId"),
  scorePosts: erased("accountId"),
  waitingResults: erased("accountId"),
  trialCandidates: erased("learnerId"),
  groupMembers: erased("learnerId"),
  observations: { kind: "erased-by-sub" },
  credentials: { kind: "unnamed" },
  credentialFiles: { kind: "unnamed" },
  learnerRecords: { kind: "unnamed" },
  examFacts: kept("It holds opaque ids; what could name their LMS account is taken out of it."),
  administratorGrants: kept("Who administers Rosette gives that up first."),
  activities: opaque,
  agenda_logs: opaque,
  auditEntries: opaque,
  awards: opaque,
  equivalencies: opaque,
  erasedPeople: kept("A keyed hash, so that nobody else brings them back."),
  erasures: opaque,
  events: opaque,
  groupMoves: opaque,
  jobs: opaque,
  trackMoves: opaque,
  trackTrials: opaque,
  resultImports: opaque,
  resultImportPieces: kept("An administrator's file about many; it goes when that is decided."),
  resultImportFaults: kept("Line numbers of an administrator's file, and what was wrong there."),
  requestCounts: kept("A hash, for a minute."),
  catalogueEditions: nobody,
  courses: nobody,
  deployments: nobody,
  documentCertificates: nobody,
  encryptionCanary: nobody,
  examBindings: nobody,
  exams: nobody,
  hourTypes: nobody,
  installation: nobody,
  issuerKeys: nobody,
  issuers: nobody,
  lineItems: nobody,
  offerings: nobody,
  organisations: nobody,
  pictures: nobody,
  platforms: nobody,
  professions: nobody,
  pushKeys: nobody,
  pushNonces: nobody,
  receivedNotices: nobody,
  registrationTurns: nobody,
  statusLists: nobody,
  toolKeys: nobody,
  trackVersions: nobody,
  tracks: nobody,
};
