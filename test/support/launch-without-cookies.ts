import { load } from "cheerio";
import type { LaunchArgs, PracticeLms } from "practice-lms";

type Sent = { headers?: Record<string, string>; form: Record<string, string> };

/** A page as a browser without cookies gets it. */
export type Answer = { status: number; headers: Headers; html: string };

/** Posts a form as a browser does that keeps no cookie; redirects are not followed. */
export async function postForm(url: string, { headers = {}, form }: Sent): Promise<Answer> {
  const answer = await fetch(url, {
    method: "POST",
    headers: { accept: "text/html", ...headers },
    body: new URLSearchParams(form),
    redirect: "manual",
  });
  return { status: answer.status, headers: answer.headers, html: await answer.text() };
}

/** What a page's forms would send. */
export const fieldsOf = ({ html }: Answer): Record<string, string> =>
  Object.fromEntries(
    load(html)("form input[name]")
      .toArray()
      .map(({ attribs }) => [attribs["name"] ?? "", attribs["value"] ?? ""]),
  );

export type LaunchWithoutCookies = {
  login: Answer;
  /** What the login page puts into the storage of the LMS. */
  secret: string;
  /** The page that the LMS' answer is met with. */
  storage: Answer;
  /** Hands back a secret, from a page of this origin. */
  handBack(secret: string, origin?: string): Promise<Answer>;
};

/** Launches in a frame whose browser keeps no cookie, at an LMS that offers its storage. */
export async function launchWithoutCookies(
  lms: PracticeLms,
  { rosetteUrl, ...args }: LaunchArgs & { rosetteUrl: string },
): Promise<LaunchWithoutCookies> {
  const { loginUrl, parameters } = lms.startLaunch(args);
  const login = await postForm(loginUrl, {
    headers: { "sec-fetch-dest": "iframe" },
    form: { ...parameters, lti_storage_target: "_parent" },
  });
  const { login: next = "", secret = "" } = load(login.html)("[data-login]").data() as Record<
    string,
    string
  >;
  const html = await (await fetch(next)).text();
  const signed = fieldsOf({ ...login, html });
  const launchUrl = `${rosetteUrl}/lti/launch`;
  const storage = await postForm(launchUrl, { form: signed });
  return {
    login,
    secret,
    storage,
    handBack: async (given, origin = rosetteUrl) =>
      await postForm(launchUrl, {
        headers: { origin },
        form: { ...fieldsOf(storage), browser_secret: given },
      }),
  };
}
