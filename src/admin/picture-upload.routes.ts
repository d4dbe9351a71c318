import type { Request, Response } from "express";
import { bodyLimits } from "../../config/http-policy.js";
import { visitOf } from "../launch/visit.routes.js";
import { addPicture, type PictureNeeds } from "../pictures/add-picture.js";
import type { PictureUse } from "../pictures/picture.js";
import type { LeftOut } from "../pictures/read-svg.js";
import type { PictureStore } from "../pictures/picture-store.js";
import { isId } from "../stored-record.js";
import { filesOf, readMultipart } from "../web/multipart.js";

export type UploadNeeds = PictureNeeds & {
  pictures: PictureNeeds["pictures"] & Pick<PictureStore, "find" | "hold">;
};

/** Reads a form with pictures; of one that is too large so much that it can be said. */
export const readPictureForm = readMultipart({
  ...{ files: 2, fileBytes: bodyLimits.pictureBytes, cutsFiles: true },
  ...{ fieldBytes: bodyLimits.formBytes, fields: bodyLimits.formFields },
});

const sayLeftOut = (leftOut: readonly LeftOut[]): string =>
  `The picture was taken without the ${leftOut.join(" and ")} in it. See whether it still looks right, then save.`;

/**
 * The picture of a form: the one that came with it now, or the one that an earlier answer kept and
 * its hidden field names. `fault` says what is wrong with it; then there is none. `leftOut` says what
 * of it was not taken: whoever sent it looks at it before it is saved.
 * @param wanted.field of the file
 * @param wanted.kept the value of the hidden field; empty for none
 */
export async function takePicture(
  needs: UploadNeeds,
  { request, response }: { request: Request; response: Response },
  wanted: { field: string; kept: string; use: PictureUse },
): Promise<{ id: string; fault?: string; leftOut?: string }> {
  const { launch, account } = visitOf(response);
  const { organisationId } = launch;
  const { field, kept, use } = wanted;
  const file = filesOf(request).find((one) => one.field === field);
  if (file !== undefined) {
    const upload = { organisationId, addedBy: account.id, bytes: file.bytes, use };
    const outcome = await addPicture(needs, upload);
    if (outcome.kind === "refused") return { id: kept, fault: outcome.sentence };
    const { picture, leftOut } = outcome;
    return leftOut.length === 0
      ? { id: picture.id }
      : { id: picture.id, leftOut: sayLeftOut(leftOut) };
  }
  if (kept === "") return { id: "" };
  const isOurs = isId(kept) && (await needs.pictures.hold(organisationId, kept, needs.now()));
  return isOurs ? { id: kept } : { id: "", fault: "Upload the picture once more." };
}
