import type { LicenceActions } from "../admin/licence-admin.routes.js";
import type { adminRoutes } from "../admin/admin.routes.js";
import type { Journey } from "../journey.js";
import { explainEligibility } from "../awards/explain-eligibility.js";
import type { LicenceFileStore } from "../eligibility/licence-file-store.js";
import { licencePurpose } from "../eligibility/licence.js";
import { tellNameDecision } from "../learner/tell-name-decision.js";
import type { NoticeStore } from "../learner/notice-store.js";
import { makeCode, makeLink } from "../people/make-code.js";
import type { OneTimeCodeStore } from "../people/one-time-code-store.js";
import type { ExamFactStore } from "../progress/exam-fact-store.js";
import type { SealedBox } from "../sealed-box.js";
import { changeAddresses, testAddresses } from "../platforms/change-addresses.js";
import { publishTrack } from "../tracks/publish-track.js";
import { toolAddresses } from "../platforms/tool-registration.js";

type PanelNeeds = Parameters<typeof adminRoutes>[0];

type Actions =
  | "decideAboutAward"
  | "equivalencyDecided"
  | "publishTrack"
  | "trackPublished"
  | keyof LicenceActions
  | "makeAdministratorCode"
  | "nameArrived"
  | "tellNameDecision"
  | "approveDeployment"
  | "changeAddresses"
  | "testAddresses"
  | "invitePlatform"
  | "toolAddresses";

type Needs = Omit<PanelNeeds, Actions> & {
  codes: OneTimeCodeStore;
  notices: NoticeStore;
  journey: Pick<
    Journey,
    | "decideAboutAward"
    | "equivalencyDecided"
    | "trackPublished"
    | "nameArrived"
    | "eligibilityChanged"
  >;
  facts: Pick<ExamFactStore, "listForAccounts">;
  licenceFiles: Pick<LicenceFileStore, "find">;
  sealedBox: Pick<SealedBox, "open" | "openBytes">;
  settings: { publicUrl: string };
};

/** What an LMS is told about us when it is set up by hand. */
function toolAddressesOf(publicUrl: string): PanelNeeds["toolAddresses"] {
  const { launchUrl, loginUrl, jwksUrl, canvasConfigurationUrl } = toolAddresses(publicUrl);
  return [
    { id: "launch", label: "Launch, redirect and Deep Linking address", value: launchUrl },
    { id: "login", label: "Login address", value: loginUrl },
    { id: "keys", label: "Public keys address", value: jwksUrl },
    { id: "canvas", label: "Canvas: configuration by URL", value: canvasConfigurationUrl },
  ];
}

/** What the administrator's panel needs: the stores as they are, and its actions. */
export function createPanelParts(needs: Needs): PanelNeeds {
  const { codes, deployments, journey, now } = needs;
  const { publicUrl } = needs.settings;
  return {
    ...needs,
    decideAboutAward: journey.decideAboutAward,
    publishTrack: async (wanted) => await publishTrack(needs, wanted),
    trackPublished: journey.trackPublished,
    equivalencyDecided: journey.equivalencyDecided,
    eligibilityChanged: journey.eligibilityChanged,
    openLicenceNumber: (licence) =>
      needs.sealedBox.open(licence.sealedNumber, licencePurpose(licence)),
    openEvidence: async (licence) => {
      const sealed = await needs.licenceFiles.find(licence);
      return sealed && needs.sealedBox.openBytes(sealed, licencePurpose(licence));
    },
    explainEligibility: async (about) => await explainEligibility(needs, about),

    makeAdministratorCode: async (wanted) =>
      await makeCode({ codes, now }, { purpose: "administrator", ...wanted }),

    nameArrived: journey.nameArrived,
    tellNameDecision: async (about) => {
      await tellNameDecision(needs, about);
    },

    approveDeployment: async ({ organisationId, deploymentRecordId }) =>
      await deployments.approve(organisationId, deploymentRecordId),
    testAddresses: async (wanted) => await testAddresses(needs, wanted),
    changeAddresses: async (change) => await changeAddresses(needs, change),
    invitePlatform: async (wanted) => {
      const about = { purpose: "platform-invitation" as const, ...wanted };
      const { token, expiresAt } = await makeLink({ codes, now }, about);
      return { url: `${publicUrl}/setup/${token}`, expiresAt };
    },
    toolAddresses: toolAddressesOf(publicUrl),
  };
}
