import type { Request } from "express";
import busboy from "busboy";
import { ToolError } from "../errors.js";

/** A file of a posted form, in memory. */
export type PostedFile = { field: string; name: string; bytes: Buffer };

const posted = new WeakMap<Request, PostedFile[]>();

/** The files that a form brought; none unless `readMultipart` was there. */
export const filesOf = (request: Request): PostedFile[] => posted.get(request) ?? [];

/**
 * Reads a form with files: its fields become the request's body, as with any form. For `admit`,
 * which calls it once it knows who asks. Other bodies are left alone.
 * @throws ToolError request-too-large, request-malformed
 */
export const readMultipart =
  (limits: { files: number; fileBytes: number; fieldBytes: number }) =>
  async (request: Request): Promise<void> => {
    if (request.is("multipart/form-data") === false) return;
    const body: Record<string, string | string[]> = {};
    const files: PostedFile[] = [];
    const { files: most, fileBytes: fileSize, fieldBytes: fieldSize } = limits;
    try {
      await new Promise<void>((resolve, reject) => {
        const parser = busboy({
          headers: request.headers,
          defParamCharset: "utf8",
          limits: { files: most, fileSize, fields: 200, fieldSize, parts: 200 + most },
        });
        const tooLarge = () => {
          reject(new ToolError("request-too-large"));
        };
        parser.on("field", (name, value, { valueTruncated }) => {
          if (valueTruncated) tooLarge();
          const before = Object.hasOwn(body, name) ? body[name] : undefined;
          body[name] = before === undefined ? value : [before, value].flat();
        });
        parser.on("file", (field, stream, { filename }) => {
          const chunks: Buffer[] = [];
          stream.on("data", (chunk: Buffer) => chunks.push(chunk));
          stream.on("limit", tooLarge);
          stream.on("end", () => {
            // A browser sends an empty part for a field in which no file was chosen.
            if ((filename as string | undefined) !== undefined && filename !== "")
              files.push({ field, name: filename, bytes: Buffer.concat(chunks) });
          });
        });
        for (const limit of ["filesLimit", "fieldsLimit", "partsLimit"] as const)
          parser.on(limit, tooLarge);
        parser.on("error", reject);
        parser.on("close", resolve);
        request.pipe(parser);
      });
    } catch (error) {
      request.unpipe();
      request.resume();
      throw error instanceof ToolError
        ? error
        : new ToolError("request-malformed", { cause: error });
    }
    request.body = body;
    posted.set(request, files);
  };
