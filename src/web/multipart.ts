import type { Readable } from "node:stream";
import type { Request } from "express";
import busboy from "busboy";
import { ToolError } from "../errors.js";

/** A file of a posted form, in memory; its beginning alone where what is too large is cut. */
export type PostedFile = { field: string; name: string; bytes: Buffer };

/** A file as it arrives. Reading it throws request-too-large behind the last byte it may have. */
type ArrivingFile = { field: string; name: string; chunks: AsyncIterable<Uint8Array> };

type Fields = Record<string, string | string[]>;

type FormLimits = {
  files: number;
  fileBytes: number;
  fieldBytes: number;
  /** Most fields; 200 where nothing is said. */
  fields?: number;
};

type OnFile = (file: ArrivingFile, fields: Readonly<Fields>) => Promise<void>;

/** A browser sends an empty part for a field in which no file was chosen. */
const isChosen = (name: string | undefined): name is string => name !== undefined && name !== "";

async function* chunksOf(stream: Readable & { truncated?: boolean }): AsyncGenerator<Uint8Array> {
  const chunks = stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>;
  for await (const chunk of chunks) yield chunk;
  if (stream.truncated === true) throw new ToolError("request-too-large");
}

/** Reads a form part by part, each file as fast as `onFile` takes it. */
async function readParts(request: Request, limits: FormLimits, onFile: OnFile): Promise<Fields> {
  const fields: Fields = {};
  const taken: Promise<void>[] = [];
  const { files, fileBytes: fileSize, fieldBytes: fieldSize, fields: most = 200 } = limits;
  await new Promise<void>((resolve, reject) => {
    const parser = busboy({
      headers: request.headers,
      defParamCharset: "utf8",
      limits: { files, fileSize, fields: most, fieldSize, parts: most + files },
    });
    const tooLarge = () => {
      reject(new ToolError("request-too-large"));
    };
    parser.on("field", (name, value, { valueTruncated }) => {
      if (valueTruncated) tooLarge();
      const before = Object.hasOwn(fields, name) ? fields[name] : undefined;
      fields[name] = before === undefined ? value : [before, value].flat();
    });
    parser.on("file", (field, stream, { filename }) => {
      const name = filename as string | undefined;
      if (!isChosen(name)) {
        stream.resume();
        return;
      }
      const taking = onFile({ field, name, chunks: chunksOf(stream) }, fields).then(() => {
        // What was not wanted is passed over, or the form would never be at its end.
        stream.resume();
      });
      taking.catch(reject);
      taken.push(taking);
    });
    for (const limit of ["filesLimit", "fieldsLimit", "partsLimit"] as const)
      parser.on(limit, tooLarge);
    parser.on("error", reject);
    parser.on("close", resolve);
    // Who leaves in the middle: what is being taken ends with a fault.
    request.on("close", () => {
      if (!request.complete) parser.destroy(new ToolError("request-malformed"));
    });
    request.pipe(parser);
  });
  await Promise.all(taken);
  return fields;
}

/** What a door knows of who sends a form; `checkToken` refuses one that this page did not show. */
type Admitted = { checkToken: (fields: Readonly<Fields>) => void };

/**
 * Reads a form with files, each handed to `onFile` as it arrives; its fields become the request's
 * body, as with any form. The fields that stand before a file in the form are known by then, and
 * the form token, where there is a door, has been checked. Other bodies are left alone.
 * @throws ToolError request-too-large, request-malformed, and what `onFile` throws
 */
export async function receiveMultipart(
  request: Request,
  limits: FormLimits,
  { onFile, admitted }: { onFile: OnFile; admitted?: Admitted | undefined },
): Promise<void> {
  // null where there is no body at all.
  if (typeof request.is("multipart/form-data") !== "string") return;
  try {
    request.body = await readParts(request, limits, async (file, fields) => {
      admitted?.checkToken(fields);
      await onFile(file, fields);
    });
  } catch (error) {
    request.unpipe();
    request.resume();
    throw error instanceof ToolError ? error : new ToolError("request-malformed", { cause: error });
  }
}

const isTooLarge = (error: unknown): boolean =>
  error instanceof ToolError && error.code === "request-too-large";

const posted = new WeakMap<Request, PostedFile[]>();

/** The files that a form brought; none unless `readMultipart` was there. */
export const filesOf = (request: Request): PostedFile[] => posted.get(request) ?? [];

/**
 * Reads a form with files of few bytes into memory. For `admit`, which calls it once it knows who
 * asks.
 * @param limits.cutsFiles for pages that say beside the field that a file is too large
 * @throws ToolError request-too-large, request-malformed
 */
export const readMultipart =
  (limits: FormLimits & { cutsFiles?: boolean }) =>
  async (request: Request, admitted?: Admitted): Promise<void> => {
    const files: PostedFile[] = [];
    await receiveMultipart(request, limits, {
      admitted,
      onFile: async ({ field, name, chunks }) => {
        const read: Uint8Array[] = [];
        try {
          for await (const chunk of chunks) read.push(chunk);
        } catch (error) {
          if (limits.cutsFiles !== true || !isTooLarge(error)) throw error;
        }
        files.push({ field, name, bytes: Buffer.concat(read) });
      },
    });
    posted.set(request, files);
  };
