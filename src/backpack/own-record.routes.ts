import { Router } from "express";
import type { CredentialStore } from "../credentials/credential-store.js";
import type { Credential } from "../credentials/credential.js";
import { sendLearnerRecord } from "../credentials/learner-record.routes.js";
import type { RecordReader } from "../credentials/learner-record.js";
import { ToolError } from "../errors.js";
import type { SignedForms } from "../signing/sign-credential.js";
import { type OwnBackpackNeeds, readBackpack } from "./change-own-backpack.js";
import { backpackDoors, holderOf, type HolderNeeds } from "./holder.routes.js";

type Needs = OwnBackpackNeeds &
  HolderNeeds & {
    credentials: Pick<CredentialStore, "listOfLearner">;
    getLearnerRecord: (credential: Credential, reader: RecordReader) => Promise<SignedForms>;
  };

/** The holder's own learner record of a certificate: everything in it, shared or not. */
export function ownRecordRoutes(needs: Needs): Router {
  const router = Router();
  for (const { base, door } of backpackDoors(needs)) {
    router.get(`${base}/credentials/:credentialId/clr.json`, ...door, async (request, response) => {
      const { credentials } = await readBackpack(needs, holderOf(response));
      const own = credentials.find(({ id }) => id === request.params["credentialId"]);
      if (own === undefined) throw new ToolError("not-found");
      const forms = await needs.getLearnerRecord(own, "holder");
      response.attachment("learner-record.json");
      sendLearnerRecord(response, forms, "json");
    });
  }
  return router;
}
