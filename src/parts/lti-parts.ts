import { sessionIdleMs } from "../../config/http-policy.js";
import { checkEncryptionKey } from "../check-encryption-key.js";
import { createInOneWrite } from "../database.js";
import { createEncryptionCanaryStore } from "../encryption-canary-store.js";
import type { EventStore } from "../events/event-store.js";
import type { CourseKey } from "../launch/accept-launch.js";
import { acceptNotice } from "../launch/accept-notice.js";
import { landingPageOf } from "../launch/landing.js";
import type { Launch } from "../launch/launch.js";
import { createLaunchStore } from "../launch/launch-store.js";
import type { launchRoutes } from "../launch/launch.routes.js";
import { letIn } from "../launch/let-in.js";
import { createNoticeHandlersClient } from "../launch/notice-handlers-client.js";
import { noticesUrlOf, noticeTypesOf } from "../launch/notice-types.js";
import { createPlatformKeys } from "../launch/platform-keys-client.js";
import { createReceivedNoticeStore } from "../launch/received-notice-store.js";
import { startLogin } from "../launch/start-login.js";
import { useTicket } from "../launch/use-ticket.js";
import { createDoor, type visitRoutes } from "../launch/visit.routes.js";
import type { OrganisationStore } from "../organisations/organisation-store.js";
import type { AccountStore } from "../people/account-store.js";
import { createAdministratorGrantStore } from "../people/administrator-grant-store.js";
import { claimAdministrator } from "../people/claim-administrator.js";
import { makeCode, makeLink } from "../people/make-code.js";
import { hashCode } from "../people/one-time-code.js";
import { createOneTimeCodeStore } from "../people/one-time-code-store.js";
import type { ArrivedName, ProfileStore } from "../people/profile-store.js";
import { readOffer } from "../platforms/accept-dynamic-registration.js";
import { createDeploymentStore } from "../platforms/deployment-store.js";
import { readKeySet } from "../platforms/key-set-client.js";
import { createLmsHttp } from "../platforms/lms-http-client.js";
import { askForToken, createLmsTokens } from "../platforms/lms-token-client.js";
import { createPlatformStore } from "../platforms/platform-store.js";
import type { PlatformRoutesNeeds } from "../platforms/platforms.routes.js";
import { closeDeployment, removePlatform } from "../platforms/remove-platform.js";
import {
  setUpByHand,
  setUpByRegistration,
  type SetUpNeeds,
  testByHand,
} from "../platforms/set-up.js";
import { testConnection, type TestedPlatform } from "../platforms/test-connection.js";
import { toolKeyPurpose } from "../platforms/tool-key.js";
import { createToolKeyStore } from "../platforms/tool-key-store.js";
import { createToolKeys } from "../platforms/tool-keys.js";
import { getInvitation } from "../platforms/use-invitation.js";
import type { SealedBox } from "../sealed-box.js";

/** What an LMS may take for one answer; a key set is small and a launch waits for it. */
const serviceLimits = { timeoutMs: 10_000, maxBytes: 4 * 1024 * 1024 };
const keySetLimits = { timeoutMs: 3000, maxBytes: 256 * 1024 };

const invitationKey = (token: string, now: Date) => ({
  purposes: ["platform-invitation", "setup"] as const,
  codeHash: hashCode(token),
  now,
});

type Needs<Course> = {
  connection: Parameters<typeof createPlatformStore>[0];
  settings: { publicUrl: string; allowPrivatePlatforms: boolean };
  sealedBox: SealedBox;
  now: () => Date;
  events: EventStore;
  organisations: OrganisationStore;
  accounts: AccountStore;
  profiles: ProfileStore;
  /** What later chapters know of an LMS course, read together with the rest at each launch. */
  findCourse: (about: CourseKey) => Promise<Course>;
  /** What they do at each launch, before its pages open. */
  noteLaunch: (launch: Launch, course: Course | undefined) => Promise<void>;
  nameArrived: (arrived: ArrivedName) => Promise<void>;
};

/** What registrations, people and launches need, made once: the part of the parts about LTI. */
export function createLtiParts<Course>(needs: Needs<Course>) {
  const { connection, settings, now, events, accounts, profiles } = needs;
  const { publicUrl, allowPrivatePlatforms: allowPrivate } = settings;
  const platforms = createPlatformStore(connection);
  const deployments = createDeploymentStore(connection);
  const toolKeyStore = createToolKeyStore(connection);
  const toolKeys = createToolKeys({ keys: toolKeyStore, sealedBox: needs.sealedBox, now });
  const canary = createEncryptionCanaryStore(connection);
  const lmsHttp = createLmsHttp({ ...serviceLimits, allowPrivate });
  const lmsTokens = createLmsTokens({ http: lmsHttp, toolKeys, platforms, now });

  const grants = createAdministratorGrantStore(connection);
  const codes = createOneTimeCodeStore(connection);

  const launches = createLaunchStore(connection);
  const keySetHttp = createLmsHttp({ ...keySetLimits, allowPrivate });
  const keys = createPlatformKeys({ http: keySetHttp, now });
  const admit = createDoor({ launches, now });

  /** For `launchRoutes`. */
  const signIn: Parameters<typeof launchRoutes>[0] = {
    startLogin: async (request) =>
      await startLogin({ platforms, launches, publicUrl, now }, request),
    letIn: async (posted, browser) =>
      await letIn(
        {
          ...{ ...needs, platforms, deployments, accounts, profiles, launches, keys },
          ...{ sessionIdleMs, publicUrl },
          hasAdministrators: async (organisationId) => await grants.hasAny(organisationId),
        },
        posted,
        browser,
      ),
    useTicket: async (ticket, previousToken) =>
      await useTicket({ launches, sessionIdleMs, now }, ticket, previousToken),
    publicUrl,
    addEvent: async (event) => {
      await events.add(event);
    },
    now,
  };

  /** For `visitRoutes`. */
  const visits: Parameters<typeof visitRoutes>[0] = {
    admit,
    whereTo: landingPageOf,
    hasAdministrators: async (organisationId) => await grants.hasAny(organisationId),
    claimAdministrator: async (account, typedCode) =>
      await claimAdministrator({ grants, codes, now }, account, typedCode),
  };

  const inOneWrite = createInOneWrite(connection);
  const setUpNeeds: SetUpNeeds = {
    ...{ http: lmsHttp, platforms, deployments, publicUrl, now },
    invitations: {
      find: async (token) => await codes.findUsable(invitationKey(token, now())),
      take: async (token) => await codes.consume(invitationKey(token, now())),
      giveBack: async (id) => {
        await codes.giveBack(id);
      },
    },
    inOneWrite,
    hasAdministrators: async (organisationId) => await grants.hasAny(organisationId),
    ensureOrganisation: async (name) => await needs.organisations.ensureFirst(name, now()),
    makeFirstAdministratorCode: async (organisationId) => {
      if (await grants.hasAny(organisationId)) return undefined;
      return (await makeCode({ codes, now }, { purpose: "administrator", organisationId })).code;
    },
  };

  const tryConnection = async (platform: TestedPlatform) =>
    await testConnection(
      {
        readKeySet: async (url) => await readKeySet({ http: keySetHttp, now }, url),
        askForToken: async (client, scopes) =>
          await askForToken({ http: lmsHttp, toolKeys, now }, client, scopes),
      },
      platform,
    );

  /** For `platformRoutes`. */
  const registration: PlatformRoutesNeeds = {
    toolKeys,
    publicUrl,
    getInvitation: async (token) => await getInvitation(setUpNeeds.invitations, token),
    readOffer: async (url) => await readOffer(setUpNeeds, url),
    testByHand: async (token, form) =>
      await testByHand({ ...setUpNeeds, testConnection: tryConnection }, token, form),
    setUpByHand: async (token, form) => await setUpByHand(setUpNeeds, token, form),
    setUpByRegistration: async (token, asked) =>
      await setUpByRegistration(setUpNeeds, token, asked),
  };

  const leave = { platforms, deployments, endVisits: launches.endVisits };
  const receivedNotices = createReceivedNoticeStore(connection);
  const noticeHandlers = createNoticeHandlersClient({ http: lmsHttp, tokens: lmsTokens, now });

  return {
    platforms,
    deployments,
    inOneWrite,
    toolKeys,

    /** See `acceptNotice`. */
    acceptNotice: async (jwt: string) =>
      await acceptNotice({ platforms, deployments, keys, receivedNotices, now }, jwt),
    noteHandled: receivedNotices.addOnce,
    /** Has an LMS send us the notices we take. May be repeated. */
    subscribeToNotices: async (at: { platformId: string; url: string; types: string[] }) => {
      for (const noticeType of noticeTypesOf(at.types)) {
        await noticeHandlers.setHandler(at, { noticeType, handler: noticesUrlOf(publicUrl) });
      }
    },

    /** @throws EncryptionKeyError when the key is not the one that sealed what is stored */
    checkEncryptionKey: async () => {
      const openSample = async () => {
        const [key] = await toolKeyStore.listAll();
        if (key !== undefined) {
          needs.sealedBox.open(key.sealedPrivateJwk, toolKeyPurpose(key.id));
        }
      };
      await checkEncryptionKey({ canary, sealedBox: needs.sealedBox, openSample });
    },
    lmsHttp,
    /** See `testConnection`. */
    testConnection: tryConnection,
    /** An access token for an LMS' parts, see `LmsTokens.get`. */
    lmsToken: lmsTokens.get,
    forgetLmsToken: lmsTokens.forget,
    grants,
    codes,
    launches,
    admit,
    signIn,
    visits,
    registration,

    removePlatform: async (organisationId: string, platformId: string) =>
      await removePlatform(leave, organisationId, platformId),
    closeDeployment: async (organisationId: string, id: string) =>
      await closeDeployment(leave, organisationId, id),

    /** A one-time address for an LMS to register at. */
    makeInvitationLink: async (organisationId: string, madeBy?: string): Promise<string> => {
      const wanted = { purpose: "platform-invitation", organisationId } as const;
      const { token } = await makeLink(
        { codes, now },
        madeBy === undefined ? wanted : { ...wanted, madeBy },
      );
      return `${publicUrl}/lti/register?invitation=${token}`;
    },

    /** The one-time set-up link, while no LMS is registered. */
    makeSetupLink: async (): Promise<string | undefined> => {
      if (await platforms.hasAny()) return undefined;
      const wanted = { purpose: "setup", organisationId: undefined } as const;
      const { token } = await makeLink({ codes, now }, wanted);
      return `${publicUrl}/setup/${token}`;
    },
  };
}
