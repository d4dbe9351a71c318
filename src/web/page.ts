import type { Response } from "express";

/** A message shown once at the top of a page. */
export type Notice = { kind: "done" | "info" | "warning"; text: string };

export type NavigationLink = { href: string; label: string; current: boolean };

/** What every page's frame needs; a page adds its own model under `page`. */
export type PageFrame = {
  title: string;
  navigation?: NavigationLink[];
  notices?: Notice[];
  /** What a link to this page looks like elsewhere (Open Graph); full addresses. */
  preview?: { description: string; url: string; imageUrl: string };
  /** A stylesheet beside ours, at an address of ours. */
  stylesheet?: string;
  /** Address below which this visit's pages live, e.g. `/l/3f…`; empty on public pages. */
  base?: string;
};

/**
 * Renders `views/<view>.ejs`. In the view: `frame` (title, navigation, notices, base, csrfToken,
 * nonce) and `page` (its own model). Views only print.
 */
export function showPage(
  response: Response,
  view: string,
  content: { frame: PageFrame; page: object; status?: number },
): void {
  const { csrfToken } = response.locals as { csrfToken?: string };
  response.status(content.status ?? 200).render(view, {
    frame: {
      navigation: [],
      notices: [],
      base: "",
      ...content.frame,
      csrfToken: csrfToken ?? "",
      requestId: requestIdOf(response),
    },
    page: content.page,
  });
}

/** The request's correlation id: in the log, in events and on error pages. */
export const requestIdOf = (response: Response): string => {
  const { requestId } = response.locals as { requestId?: string };
  return requestId ?? "";
};
