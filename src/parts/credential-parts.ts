import { allInTurn } from "../each-in-turn.js";
import type { Connection } from "mongoose";
import type { Settings } from "../../config/environment.js";
import type { AwardStore } from "../awards/award-store.js";
import { checkFrozenAddress } from "../credentials/check-frozen-address.js";
import { correctWording } from "../credentials/correct-wording.js";
import { correctNames } from "../credentials/correct-names.js";
import { getHostedBadge } from "../credentials/get-hosted-badge.js";
import { getLearnerRecord } from "../credentials/get-learner-record.js";
import type { Credential } from "../credentials/credential.js";
import type { RecordReader } from "../credentials/learner-record.js";
import { createLearnerRecordStore } from "../credentials/learner-record-store.js";
import { signLearnerRecord } from "../credentials/sign-learner-record.js";
import { reissueSignedWith } from "../credentials/reissue-signed-with.js";
import { removeCompromisedKeys, rotateIssuerKeys } from "../issuers/rotate-keys.js";
import { findHolderId, followHolderId } from "../credentials/follow-holder-id.js";
import { createCredentialFileStore } from "../credentials/credential-file-store.js";
import { signedForms } from "../credentials/credential-form.js";
import { createCredentialStore } from "../credentials/credential-store.js";
import { createFrozenAddressStore } from "../credentials/frozen-address-store.js";
import { issueCredentials } from "../credentials/issue-credentials.js";
import { issueDue, issueTogether } from "../credentials/issue-due.js";
import { createMadeForms } from "../credentials/made-forms.js";
import { signShownEdition } from "../credentials/sign-shown-edition.js";
import { unnameCredentials } from "../credentials/unname-credentials.js";
import { publishStatusChanges } from "../credentials/publish-status-changes.js";
import { createDocumentMaker } from "../documents/document-maker.js";
import { createDocumentCertificateStore } from "../issuers/document-certificate-store.js";
import { createIssuerKeyStore } from "../issuers/issuer-key-store.js";
import { createIssuerStore } from "../issuers/issuer-store.js";
import { createPublicAddresses } from "../issuers/public-addresses.js";
import { createForeignCanonicaliser } from "../signing/foreign-canonicaliser.js";
import { createSigner } from "../signing/signer.js";
import { signStatusList } from "../status-lists/sign-status-list.js";
import { createStatusListStore } from "../status-lists/status-list-store.js";
import type { StatusPurpose } from "../status-lists/status-list.js";
import { createFetchDocument, type FetchDocument } from "../verification/fetch-document.js";
import { createIssuers } from "../verification/issuer-directory.js";
import type { OrganisationStore } from "../organisations/organisation-store.js";
import type { AccountStore } from "../people/account-store.js";
import type { ProfileStore } from "../people/profile-store.js";
import { createLmsHttp } from "../platforms/lms-http-client.js";
import { createPictureStore } from "../pictures/picture-store.js";
import type { SealedBox } from "../sealed-box.js";
import { createNamedPictureStore } from "../tracks/named-picture-store.js";
import { removeUnusedPictures } from "../tracks/remove-unused-pictures.js";
import type { TrackVersionStore } from "../tracks/track-version-store.js";
import type { WorkQueue } from "../work/work-queue.js";

type OfLearner = { organisationId: string; learnerId: string };

/** Everything about credentials, made once; and the background work on them. */
export function createCredentialParts(needs: {
  connection: Connection;
  settings: Settings;
  sealedBox: SealedBox;
  now: () => Date;
  work: WorkQueue;
  organisations: OrganisationStore;
  accounts: AccountStore;
  profiles: ProfileStore;
  awards: AwardStore;
  trackVersions: TrackVersionStore;
}) {
  const { connection, settings, sealedBox, now, work, awards, trackVersions } = needs;
  const { organisations, accounts, profiles } = needs;
  const addresses = createPublicAddresses(settings.publicUrl);
  const credentialStore = createCredentialStore(connection);
  const credentials = {
    ...credentialStore,
    /** Whoever changes a status, the signed list follows at once. */
    setStatus: async (change: Parameters<typeof credentialStore.setStatus>[0]) => {
      await credentialStore.setStatus(change);
      await work.wake("publish-statuses", { key: "statuses", organisationId: "" });
    },
  };
  const issuerKeys = createIssuerKeyStore(connection);
  const brands = createIssuerStore(connection);
  const fetchElsewhere = createFetchDocument(
    createLmsHttp({
      ...{ timeoutMs: 4000, maxBytes: 1024 * 1024 },
      allowPrivate: settings.allowPrivatePlatforms,
    }),
  );
  const hostedNeeds = {
    ...{ addresses, credentials, organisations, brands, trackVersions },
    contactEmail: settings.contactEmail,
  };
  /** What of Open Badges 2.0 stands at an address of ours is read here, not over the network. */
  const fetchDocument: FetchDocument = async (url) => {
    if (!url.startsWith(`${addresses.publicUrl}/`)) return await fetchElsewhere(url);
    try {
      const { status, body } = await getHostedBadge(hostedNeeds, new URL(url).pathname);
      const text = JSON.stringify(body);
      return status === 410 ? { kind: "gone" } : { kind: "json", json: body, text };
    } catch {
      return { kind: "absent" };
    }
  };
  const issuers = createIssuers({ addresses, issuerKeys, fetchDocument });
  const foreignCanonicaliser = createForeignCanonicaliser();
  const frozenAddress = createFrozenAddressStore(connection);
  const statusLists = createStatusListStore(connection);
  const documents = createDocumentMaker();
  const documentCertificates = createDocumentCertificateStore(connection);
  const learnerRecords = createLearnerRecordStore(connection);
  const pictures = createPictureStore(connection);
  const namedPictures = createNamedPictureStore(connection);
  const credentialFiles = createCredentialFileStore(connection);
  const madeForms = createMadeForms({
    ...{ now, sealedBox, trackVersions, pictures, documents, documentCertificates },
    credentialFiles,
  });
  const signer = createSigner();

  const listNeeds = {
    ...{ now, sealedBox, addresses, issuerKeys, statusLists },
    listSetIndexes: async (listId: string, purpose: StatusPurpose) =>
      await credentials.listPlaces(listId, purpose === "revocation" ? "revoked" : "suspended"),
  };
  const publishStatuses = async (): Promise<void> => {
    await publishStatusChanges({ credentials, ...listNeeds });
  };
  const signList = async (listId: string): Promise<void> => {
    await signStatusList(listNeeds, listId);
  };

  /** Issues the credentials of awards, each once; who has no name yet waits. */
  const issue = async (about: { organisationId: string; awardIds: readonly string[] }) =>
    await issueCredentials(
      {
        ...{ now, sealedBox, addresses, organisations, accounts, profiles, awards },
        ...{ trackVersions, credentials, issuerKeys, frozenAddress, statusLists, signList, signer },
      },
      about,
    );
  const issueDueCredentials = async (): Promise<void> => {
    await issueDue({ awards, issue, now });
  };

  work.handleTogether("issue-credential", async (waiting) => {
    const leaveToJob = async (due: { organisationId: string; awardId: string }) => {
      await work.wakeUnlessThere("issue-credential", { ...due, key: due.awardId });
    };
    await issueTogether(
      { issue, leaveToJob },
      waiting.map(({ organisationId, awardId = "" }) => ({ organisationId, awardId })),
    );
  });
  work.handle("issue-credential", async ({ organisationId, awardId = "" }) => {
    await issue({ organisationId, awardIds: [awardId] });
  });
  /** Has the edition signed that a learner shows. */
  const wakeSigning = async ({ id, organisationId }: { id: string; organisationId: string }) => {
    await work.wakeUnlessThere("sign-shown-edition", { key: id, organisationId });
  };

  work.handle("sign-shown-edition", async ({ key }) => {
    await signShownEdition(
      { now, sealedBox, addresses, awards, credentials, issuerKeys, signer },
      key,
    );
  });
  const recordNeeds = {
    ...{ now, sealedBox, addresses, awards, credentials, issuerKeys, signer },
    ...{ learnerRecords, wakeSigning },
    wakeRecordSigning: async (
      { id, organisationId }: Pick<Credential, "id" | "organisationId">,
      reader: RecordReader,
    ) => {
      const about = { credentialId: id, reader };
      await work.wakeUnlessThere("sign-learner-record", {
        ...{ key: `${id}:${reader}`, organisationId, ...about },
      });
    },
  };
  work.handle("sign-learner-record", async ({ credentialId = "", reader }) => {
    const by: RecordReader = reader === "holder" ? "holder" : "others";
    await signLearnerRecord(recordNeeds, { credentialId, reader: by });
  });
  const reissueNeeds = {
    ...{ now, sealedBox, addresses, accounts, profiles, issuerKeys, credentials, signer },
    wakeSigning,
  };
  work.handle("correct-names", async ({ organisationId, accountId = "" }) => {
    await correctNames(reissueNeeds, { organisationId, accountId });
  });
  work.handle("follow-holder-id", async ({ organisationId, key: learnerId }) => {
    await followHolderId({ ...reissueNeeds, awards }, { organisationId, learnerId });
  });
  const unname = async (about: Parameters<typeof unnameCredentials>[1]) => {
    await unnameCredentials({ ...reissueNeeds, awards, credentialFiles, learnerRecords }, about);
  };
  const reissueCorrected = async (): Promise<void> => {
    await correctWording({ ...reissueNeeds, organisations, trackVersions });
  };
  work.handle("correct-wording", reissueCorrected);
  work.handle("issue-due", issueDueCredentials);
  work.handle("publish-statuses", publishStatuses);

  return {
    addresses,
    credentials,
    credentialForms: [...signedForms, ...madeForms.forms],
    contactEmail: settings.contactEmail,
    drawPreview: madeForms.drawPreview,
    wakeSigning,
    getLearnerRecord: async (credential: Credential, reader: RecordReader) =>
      await getLearnerRecord(recordNeeds, credential, reader),
    prepareLearnerRecord: async ({ id, organisationId }: Credential) => {
      await recordNeeds.wakeRecordSigning({ id, organisationId }, "holder");
    },
    ...{ issuerKeys, brands },
    issuers,
    fetchDocument,
    canonicalise: foreignCanonicaliser.canonicalise,
    documents,
    pictures,
    checkPdfSignature: documents.checkPdfSignature,
    documentCertificates,
    signer,
    statusLists,
    issueCredentials: issue,
    issueDueCredentials,
    publishStatuses,
    /** A slip in the wording of an edition was corrected. */
    wordingCorrected: async (organisationId: string) => {
      await work.wake("correct-wording", { key: "wording", organisationId });
    },
    sweepPictures: async (): Promise<void> => {
      await removeUnusedPictures({ pictures, namedPictures, now });
    },
    sweepCredentials: async (): Promise<void> => {
      await allInTurn(publishStatuses, reissueCorrected);
    },

    /** New keys for an issuer; the older ones stay published. */
    rotateKeys: async (issuerId: string) =>
      await rotateIssuerKeys({ issuerKeys, sealedBox, now }, issuerId),

    /** Takes an issuer's keys out of use, and issues anew all that they signed. */
    replaceKeys: async (issuerId: string) => {
      const removed = await removeCompromisedKeys({ issuerKeys, sealedBox, now }, issuerId);
      // Earlier ones as well: a call before this one may have ended before it was done.
      const thumbprints = await issuerKeys.listRemoved(issuerId);
      for (const listId of await statusLists.listIdsOfIssuer(issuerId)) await signList(listId);
      return { removed, ...(await reissueSignedWith(reissueNeeds, { issuerId, thumbprints })) };
    },
    findHolderId: async (about: OfLearner) => await findHolderId({ accounts, profiles }, about),
    /** Has the credentials of a learner carry the address that they gave, or none any more. */
    wakeHolderId: async ({ organisationId, learnerId }: OfLearner) => {
      await work.wake("follow-holder-id", { key: learnerId, organisationId });
    },
    unnameCredentials: unname,
    correctNames: async (about: { organisationId: string; accountId: string }) =>
      await correctNames(reissueNeeds, about),
    /** Ends the threads; what they were doing fails. */
    stopThreads: async () => {
      await Promise.all([documents.stop(), signer.stop(), foreignCanonicaliser.stop()]);
    },
    /** @throws FrozenAddressError when earlier credentials name another address */
    checkAddress: async () => {
      await checkFrozenAddress({ frozenAddress }, settings.publicUrl);
    },
  };
}
