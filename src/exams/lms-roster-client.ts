import { z } from "zod";
import { createLmsCalls, type LmsCallNeeds, lmsScopes } from "./lms-call-client.js";

/** LTI-NRPS 2.0 §2.3. */
const MEMBERSHIPS = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json";

const MembershipsAnswer = z.object({
  members: z.array(
    z.object({
      user_id: z.union([z.string(), z.number()]).transform(String),
      roles: z.array(z.string()).nullish(),
      status: z.string().nullish(),
      name: z.string().nullish(),
      given_name: z.string().nullish(),
      family_name: z.string().nullish(),
      email: z.string().nullish(),
    }),
  ),
});

/** Somebody in the LMS course; name and e-mail address only where the LMS shares them. */
export type Member = {
  sub: string;
  isLearner: boolean;
  isActive: boolean;
  name: string | undefined;
  email: string | undefined;
};

/** Roles may be short (Moodle: `Learner`) or whole addresses (LTI 1.3 §A.2.3). */
const isLearnerRole = (role: string): boolean =>
  role === "Learner" || /\/membership(#|\/)Learner(#|$)/.test(role);
const isTestRole = (role: string): boolean => role.endsWith("/lti/system/person#TestUser");

type MemberAnswer = z.output<typeof MembershipsAnswer>["members"][number];

const textOf = (text: string | null | undefined): string | undefined => {
  const trimmed = text?.trim();
  return trimmed === "" ? undefined : trimmed;
};

const nameOf = ({ name, given_name, family_name }: MemberAnswer): string | undefined =>
  textOf(name) ?? textOf([given_name, family_name].filter(Boolean).join(" "));

const asMember = (member: MemberAnswer): Member => {
  const roles = member.roles ?? [];
  return {
    sub: member.user_id,
    isLearner: roles.some(isLearnerRole) && !roles.some(isTestRole),
    isActive: (member.status ?? "Active") === "Active",
    name: nameOf(member),
    email: textOf(member.email),
  };
};

export type LmsRosterClient = ReturnType<typeof createLmsRosterClient>;

/** Names and Role Provisioning Service of an LMS (LTI-NRPS 2.0), page by page to the end. */
export function createLmsRosterClient(needs: LmsCallNeeds) {
  const calls = createLmsCalls(needs);
  return {
    /** @throws ToolError as `createLmsGradesClient` */
    async *listMemberPages(at: {
      platformId: string;
      membershipsUrl: string;
    }): AsyncGenerator<Member[]> {
      const pages = calls.listPages(
        {
          platformId: at.platformId,
          scope: lmsScopes.roster,
          url: at.membershipsUrl,
          mediaType: MEMBERSHIPS,
        },
        MembershipsAnswer,
      );
      for await (const { members } of pages) yield members.map(asMember);
    },
  };
}
