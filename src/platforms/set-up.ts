import {
  acceptDynamicRegistration,
  type RegistrationRequest,
} from "./accept-dynamic-registration.js";
import { checkRivals } from "./check-rivals.js";
import { hostsToApprove } from "./hosts-to-approve.js";
import type { Platform } from "./platform.js";
import type { PlatformForm } from "./platform-form.js";
import { registerPlatform } from "./register-platform.js";
import type { ConnectionTest, TestedPlatform } from "./test-connection.js";
import {
  getInvitation,
  type Invitation,
  type Invitations,
  useInvitation,
} from "./use-invitation.js";

export type SetUpNeeds = Parameters<typeof acceptDynamicRegistration>[0] &
  Parameters<typeof registerPlatform>[0] & {
    invitations: Invitations;
    ensureOrganisation: (name: string) => Promise<{ id: string }>;
    /** Before there is one, whoever holds the link answers for the hosts, and becomes the first. */
    hasAdministrators: (organisationId: string) => Promise<boolean>;
    /** A one-time code, while the organisation has no administrator yet. */
    makeFirstAdministratorCode: (organisationId: string) => Promise<string | undefined>;
  };

export type SetUpResult = { platform: Platform; administratorCode: string | undefined };

const organisationOf = async (
  needs: SetUpNeeds,
  invitation: Invitation,
  organisationName: string,
): Promise<string> =>
  invitation.organisationId ?? (await needs.ensureOrganisation(organisationName)).id;

const finish = async (needs: SetUpNeeds, platform: Platform): Promise<SetUpResult> => ({
  platform,
  administratorCode: await needs.makeFirstAdministratorCode(platform.organisationId),
});

/**
 * Tries out what was typed for an LMS, on a one-time link that is not used up by it.
 * @throws ToolError code-invalid, platform-speaks-for-another: testing sends what we sign, too
 */
export async function testByHand(
  needs: Pick<SetUpNeeds, "invitations" | "platforms"> & {
    testConnection: (platform: TestedPlatform) => Promise<ConnectionTest>;
  },
  token: string,
  form: PlatformForm,
): Promise<ConnectionTest> {
  const { organisationId = "" } = await getInvitation(needs.invitations, token);
  await checkRivals(needs, { ...form, organisationId });
  return await needs.testConnection(form);
}

/**
 * Registers an LMS by hand on a one-time link, and founds the organisation where there is none.
 * @throws ToolError code-invalid, platform-already-registered, platform-speaks-for-another; then the
 * link still works
 */
export async function setUpByHand(
  needs: SetUpNeeds,
  token: string,
  form: PlatformForm & { organisationName: string },
): Promise<SetUpResult> {
  return await useInvitation(needs.invitations, token, async (invitation) => {
    const { organisationName, ...registration } = form;
    const organisationId = await organisationOf(needs, invitation, organisationName);
    const hosts = (await needs.hasAdministrators(organisationId))
      ? hostsToApprove(registration)
      : undefined;
    const platform = await needs.inOneWrite(async () => {
      await checkRivals(needs, { ...registration, organisationId });
      const wanted = { ...registration, hostsToApprove: hosts };
      return await registerPlatform(needs, organisationId, wanted);
    });
    return await finish(needs, platform);
  });
}

export type RegistrationAsked = Omit<RegistrationRequest, "organisationId" | "needsApproval"> & {
  organisationName: string;
};

/**
 * Registers an LMS by dynamic registration on a one-time link.
 * @throws ToolError code-invalid, registration-refused, platform-…; then the link still works
 */
export async function setUpByRegistration(
  needs: SetUpNeeds,
  token: string,
  request: RegistrationAsked,
): Promise<SetUpResult> {
  return await useInvitation(needs.invitations, token, async (invitation) => {
    const organisationId = await organisationOf(needs, invitation, request.organisationName);
    const needsApproval = await needs.hasAdministrators(organisationId);
    const asked = { ...request, organisationId, needsApproval };
    const platform = await acceptDynamicRegistration(needs, asked);
    return await finish(needs, platform);
  });
}
