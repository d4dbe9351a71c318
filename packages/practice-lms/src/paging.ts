import type { Request } from "express";
import type { LmsState } from "./lms-state.js";
import { readText } from "./unknown-data.js";

const canvasPageSize = 50;

/** The part of a list that was asked for, and the Link header that leads to the rest. */
export type ListPart<Item> = { items: Item[]; linkHeader: string | undefined };

/**
 * Cuts a page out of a list. Moodle pages only when `limit` is given, counts by `from`, and writes
 * `rel` in typographic quotes and the address as in HTML; Canvas always pages and counts by `page`.
 */
export function cutPage<Item>(lms: LmsState, request: Request, all: Item[]): ListPart<Item> {
  const limit = readCount(request, "limit") ?? readCount(request, "per_page");
  const address = new URL(request.originalUrl, lms.url);
  if (lms.mood === "moodle") {
    if (limit === undefined) return { items: all, linkHeader: undefined };
    const from = readCount(request, "from") ?? 0;
    address.searchParams.set("from", String(from + limit));
    const hasMore = from + limit < all.length;
    return {
      items: all.slice(from, from + limit),
      linkHeader: hasMore
        ? asHeaderBytes(`<${address.href.replaceAll("&", "&amp;")}>; rel=“next”`)
        : undefined,
    };
  }
  const size = limit ?? canvasPageSize;
  const page = readCount(request, "page") ?? 1;
  const lastPage = Math.max(1, Math.ceil(all.length / size));
  const relations = { current: page, next: page + 1, first: 1, last: lastPage };
  const links = Object.entries(relations)
    .filter(([, number]) => number <= lastPage)
    .map(([relation, number]) => {
      address.searchParams.set("page", String(number));
      return `<${address.href}>; rel="${relation}"`;
    });
  return { items: all.slice((page - 1) * size, page * size), linkHeader: links.join(",") };
}

/** Headers are bytes; this sends the characters beyond ASCII as UTF-8, as PHP does. */
function asHeaderBytes(text: string): string {
  return Buffer.from(text, "utf8").toString("latin1");
}

function readCount(request: Request, name: string): number | undefined {
  const count = Number(readText(request.query, name));
  return Number.isInteger(count) && count > 0 ? count : undefined;
}
