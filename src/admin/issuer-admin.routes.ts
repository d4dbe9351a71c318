import { type Request, type Response, Router } from "express";
import type { Issuer } from "../issuers/issuer.js";
import type { IssuerStore } from "../issuers/issuer-store.js";
import { sayContrasts } from "../issuers/brand-colours.js";
import { listIssuers } from "../issuers/read-issuer.js";
import { saveIssuer } from "../issuers/save-issuer.js";
import { type Admit, visitOf } from "../launch/visit.routes.js";
import type { OrganisationStore } from "../organisations/organisation-store.js";
import { pictureDocument } from "../pictures/picture.js";
import { adminPath } from "./admin-frame.js";
import {
  decide,
  type DecisionNeeds,
  found,
  goOn,
  idIn,
  postedValues,
  showAdminPage,
} from "./admin-page.routes.js";
import { textOf } from "./form-values.js";
import {
  checkIssuerForm,
  emptyIssuerForm,
  type IssuerForm,
  issuerFormOf,
  readIssuerForm,
} from "./issuer-form.js";
import { readPictureForm, takePicture, type UploadNeeds } from "./picture-upload.routes.js";

type Needs = DecisionNeeds &
  UploadNeeds & {
    admit: Admit;
    brands: Pick<IssuerStore, "list" | "put">;
    organisations: Pick<OrganisationStore, "findById">;
  };

type Shown = {
  issuerId: string | undefined;
  form: IssuerForm;
  faults?: Record<string, string>;
  /** What of pictures was not taken, each in one sentence. */
  leftOut?: string[];
};

/** Pictures of an issuer: the hidden field of each, its file, and what takes it away. */
const PICTURES = [
  { field: "logoId", file: "logoFile", use: "logo", removal: "logo-remove" },
  { field: "signatureId", file: "signatureFile", use: "signature", removal: "signature-remove" },
] as const;

const picturesOf = ({ logoId = "none", signatureId = "none" }: Issuer) => ({
  ...{ logo: logoId, signature: signatureId },
});

/** The issuers of an organisation, with a door of their own that takes pictures. */
export function issuerAdminRoutes(needs: Needs): Router {
  const router = Router({ mergeParams: true });
  router.use(["/issuers", "/pictures"], needs.admit("administrator", readPictureForm));

  const show = (request: Request, response: Response, shown: Shown): void => {
    const { issuerId, form, faults = {}, leftOut = [] } = shown;
    const visit = visitOf(response);
    showAdminPage(request, response, {
      view: "issuer-form",
      title: issuerId === undefined ? "Add an issuer" : `Issuer: ${form.name}`,
      area: "issuers",
      status: Object.keys(faults).length === 0 ? 200 : 422,
      notices: leftOut.map((text) => ({ kind: "warning", text })),
      page: {
        values: form,
        contrasts: sayContrasts(form),
        faults,
        action: adminPath(visit, issuerId === undefined ? "/issuers/new" : `/issuers/${issuerId}`),
        back: adminPath(visit, "/issuers"),
        pictures: adminPath(visit, "/pictures"),
        publicPath: issuerId && `/issuers/${issuerId}`,
      },
    });
  };

  const findIssuer = async (request: Request<{ brandId: string }>, response: Response) => {
    const id = idIn(request.params.brandId);
    const issuers = await listIssuers(needs, visitOf(response).launch.organisationId);
    return found(issuers.find((issuer) => issuer.id === id));
  };

  /** The form with the pictures that came with it, and what is wrong with them. */
  const withPictures = async (request: Request, response: Response) => {
    const values = postedValues(request);
    const form = readIssuerForm(values);
    const pressed = textOf(values, "do");
    const faults: Record<string, string> = {};
    const leftOut: string[] = [];
    for (const { field, file, use, removal } of PICTURES) {
      const kept = pressed === removal ? "" : form[field];
      const taken = await takePicture(needs, { request, response }, { field: file, kept, use });
      form[field] = taken.id;
      if (taken.fault !== undefined) faults[file] = taken.fault;
      if (taken.leftOut !== undefined) leftOut.push(taken.leftOut);
    }
    return { form, faults, leftOut, isSave: pressed === "save" && leftOut.length === 0 };
  };

  const handlePost = async (
    request: Request,
    response: Response,
    issuerId: string | undefined,
  ): Promise<void> => {
    const { form, faults, leftOut, isSave } = await withPictures(request, response);
    if (!isSave || Object.keys(faults).length > 0) {
      show(request, response, { issuerId, form, faults, leftOut });
      return;
    }
    const checked = checkIssuerForm(form);
    if (checked.kind === "faulty") {
      show(request, response, { issuerId, form, faults: checked.faults });
      return;
    }
    const { organisationId } = visitOf(response).launch;
    const wanted = { organisationId, issuerId, content: checked.content };
    const result = await decide(needs, response, {
      make: async () => await saveIssuer(needs, wanted),
      note: (made) =>
        made.kind === "saved"
          ? {
              ...{ action: "issuer-saved", subject: { kind: "issuer", id: made.issuer.id } },
              after: picturesOf(made.issuer),
            }
          : undefined,
    });
    if (result.kind === "faulty") {
      show(request, response, { issuerId, form, faults: result.faults });
      return;
    }
    goOn(response, "/issuers", "issuer-saved");
  };

  router.get("/issuers", async (request, response) => {
    const { organisationId } = visitOf(response).launch;
    const issuers = await listIssuers(needs, organisationId);
    showAdminPage(request, response, {
      ...{ view: "issuers", title: "Issuers", area: "issuers" },
      page: {
        issuers: issuers.map((issuer) => ({ ...issuer, isOwn: issuer.id === organisationId })),
      },
    });
  });

  router.get("/issuers/new", (request, response) => {
    show(request, response, { issuerId: undefined, form: emptyIssuerForm });
  });

  router.post("/issuers/new", async (request, response) => {
    await handlePost(request, response, undefined);
  });

  router.get("/issuers/:brandId", async (request, response) => {
    const issuer = await findIssuer(request, response);
    show(request, response, { issuerId: issuer.id, form: issuerFormOf(issuer) });
  });

  router.post("/issuers/:brandId", async (request, response) => {
    await handlePost(request, response, (await findIssuer(request, response)).id);
  });

  router.get("/pictures/:pictureId", async (request, response) => {
    const { organisationId } = visitOf(response).launch;
    const id = idIn(request.params.pictureId);
    const picture = found(await needs.pictures.find(organisationId, id));
    response.type("image/svg+xml").send(pictureDocument(picture));
  });

  return router;
}
