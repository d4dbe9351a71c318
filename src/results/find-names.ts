import type { Exam } from "../courses/exam.js";
import type { ExamStore } from "../courses/exam-store.js";
import type { Account } from "../people/account.js";
import type { AccountStore } from "../people/account-store.js";
import { isId } from "../stored-record.js";
import {
  examNameText,
  type ExamName,
  type IncomingResult,
  type LearnerName,
} from "./incoming-result.js";
import type { WaitingResultStore } from "./waiting-result-store.js";

export type FindNamesNeeds = {
  accounts: Pick<AccountStore, "findOrCreateAll" | "listByIds" | "listBySubs">;
  exams: Pick<ExamStore, "listByIds" | "findByCourseCodes">;
  waitingResults: Pick<WaitingResultStore, "listBindings">;
  /** The issuers of the LMSs from which people reach the organisation. */
  listIssuers: (organisationId: string) => Promise<string[]>;
  now: () => Date;
};

const unique = (texts: string[]): string[] => [...new Set(texts)];

/** Which exams the names of a batch mean; a name that means none is left out. */
export async function findExams(
  needs: Pick<FindNamesNeeds, "exams" | "waitingResults">,
  organisationId: string,
  names: readonly ExamName[],
): Promise<ReadonlyMap<string, Exam>> {
  const texts = unique(names.map(examNameText));
  const codes = unique(names.flatMap((name) => ("course" in name ? [name.course] : [])));
  const [bindings, ofCourses, named] = await Promise.all([
    needs.waitingResults.listBindings(organisationId, texts),
    needs.exams.findByCourseCodes(organisationId, codes),
    needs.exams.listByIds(organisationId, texts.filter(isId)),
  ]);
  const found = new Map([...ofCourses, ...named.map((exam): [string, Exam] => [exam.id, exam])]);
  if (bindings.length === 0) return found;
  const bound = await needs.exams.listByIds(
    organisationId,
    unique(bindings.map(({ examId }) => examId)),
  );
  // What an administrator decided goes before everything.
  for (const { examName, examId } of bindings) {
    const exam = bound.find(({ id }) => id === examId);
    if (exam !== undefined) found.set(examName, exam);
  }
  return found;
}

/** Why a name means no learner. */
export type NoLearner = { code: "learner-unknown" | "issuer-unknown"; sentence: string };

const noAccount: NoLearner = {
  code: "learner-unknown",
  sentence: "No account of this organisation has this id.",
};
/** Comes back by a launch of their own alone. */
const gone: NoLearner = {
  code: "learner-unknown",
  sentence: "The learner has deleted their account here.",
};
const noIssuer: NoLearner = {
  code: "issuer-unknown",
  sentence: "No LMS with this issuer is connected to this organisation.",
};
const whichIssuer: NoLearner = {
  code: "issuer-unknown",
  sentence: "Several LMSs are connected, or none: name the learner's by its issuer.",
};

const keyOf = (learner: LearnerName): string =>
  "accountId" in learner ? learner.accountId : JSON.stringify([learner.issuer, learner.sub]);

type Group = { organisationId: string; issuer: string; subs: string[] };

/** Who would get an account. */
const standInFor = ({ organisationId, issuer }: Group, sub: string, createdAt: Date): Account => ({
  ...{ id: `new:${sub}`, organisationId, issuer, sub, createdAt },
  ...{ linkedTo: undefined, isTestUser: false },
});

/**
 * Whom the subs of one LMS mean. With `make` who is missing gets an account, unless they have
 * deleted theirs; without, a stand-in for it.
 */
async function findOfIssuer(
  needs: FindNamesNeeds,
  group: Group,
  make: boolean,
): Promise<(sub: string) => Account | NoLearner> {
  const now = needs.now();
  const accounts = make
    ? await needs.accounts.findOrCreateAll(group, now)
    : await needs.accounts.listBySubs(group);
  const bySub = new Map(accounts.map((account) => [account.sub, account]));
  return (sub) => bySub.get(sub) ?? (make ? gone : standInFor(group, sub, now));
}

/**
 * Whom the names of a batch mean. Who has never come from a connected LMS gets an account that
 * waits for them, as with grades in the LMS gradebook; without `make` a stand-in for it.
 */
export async function findLearners(
  needs: FindNamesNeeds,
  about: { organisationId: string; make: boolean },
  results: readonly IncomingResult[],
): Promise<(result: IncomingResult) => Account | NoLearner> {
  const { organisationId, make } = about;
  const learners = results.map(({ learner }) => learner);
  const ids = learners.flatMap((learner) => ("accountId" in learner ? [learner.accountId] : []));
  const byId = ids.length === 0 ? [] : await needs.accounts.listByIds(organisationId, unique(ids));
  const found = new Map<string, Account | NoLearner>(byId.map((account) => [account.id, account]));

  const people = learners.flatMap((learner) => ("sub" in learner ? [learner] : []));
  const issuers = people.length === 0 ? [] : await needs.listIssuers(organisationId);
  for (const said of new Set(people.map(({ issuer }) => issuer))) {
    const subs = unique(people.flatMap((one) => (one.issuer === said ? [one.sub] : [])));
    const issuer = said ?? (issuers.length === 1 ? issuers[0] : undefined);
    if (issuer === undefined || !issuers.includes(issuer)) {
      const missing = said === undefined ? whichIssuer : noIssuer;
      for (const sub of subs) found.set(keyOf({ issuer: said, sub }), missing);
      continue;
    }
    const group = { organisationId, issuer, subs };
    const personOf = await findOfIssuer(needs, group, make);
    for (const sub of subs) found.set(keyOf({ issuer: said, sub }), personOf(sub));
  }
  return ({ learner }) => found.get(keyOf(learner)) ?? noAccount;
}
