import { load } from "cheerio";
import type { PracticeLms } from "practice-lms";
import type { Product } from "./product.js";

/** A visit that a launch opened. */
type BenchVisit = { cookie: string; address: string };
type Note = (line: string) => void;

const WARM_UP = 40;
const LAUNCHES = 400;
const PAGES = 600;

const cookiesOf = (response: Response): string =>
  response.headers
    .getSetCookie()
    .map((line) => line.split(";")[0] ?? "")
    .join("; ");

/** Login and launch, as the browser makes them; the page it leads to is not opened. */
async function launchOnce(product: Product, lms: PracticeLms): Promise<BenchVisit> {
  const { loginUrl, parameters } = lms.startLaunch({
    userId: "amara",
    courseId: "cvi-101",
    clientId: "rosette-school",
    placement: "course-navigation",
  });
  const login = await fetch(loginUrl, {
    method: "POST",
    redirect: "manual",
    body: new URLSearchParams(parameters),
  });
  const attempt = cookiesOf(login);
  const authorized = await fetch(login.headers.get("location") ?? "");
  const $ = load(await authorized.text());
  const field = (name: string) => $(`input[name=${name}]`).attr("value") ?? "";
  const launch = await fetch(`${product.url}/lti/launch`, {
    method: "POST",
    redirect: "manual",
    headers: { cookie: attempt },
    body: new URLSearchParams({ id_token: field("id_token"), state: field("state") }),
  });
  const location = launch.headers.get("location");
  if (launch.status !== 303 || location === null) throw new Error(`Launch: ${launch.status}`);
  return { cookie: cookiesOf(launch), address: new URL(location, product.url).href };
}

/** CPU of the product per launch: login, verification, session and redirect. */
export async function measureLaunches(product: Product, lms: PracticeLms, note: Note) {
  for (let warm = 0; warm < WARM_UP; warm += 1) await launchOnce(product, lms);
  const visits: BenchVisit[] = [];
  const before = product.cpuMs();
  for (let launch = 0; launch < LAUNCHES; launch += 1) visits.push(await launchOnce(product, lms));
  const cpuMs = (product.cpuMs() - before) / LAUNCHES;
  note(`${LAUNCHES} launches: ${cpuMs.toFixed(2)} ms CPU each`);
  return { cpuMs, visits };
}

const bytesOf = async (url: string, cookie: string): Promise<number> => {
  const response = await fetch(url, { headers: { cookie } });
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  return (await response.arrayBuffer()).byteLength;
};

/** The learner's page: its CPU with data and rendering, and its bytes with all its assets. */
export async function measureLearnerPage(product: Product, visits: BenchVisit[], note: Note) {
  const last = visits.at(-1);
  if (last === undefined) throw new Error("No visit");
  const base = /^.*\/l\/[^/]+/.exec(last.address)?.[0] ?? "";
  const address = `${base}/progress`;
  const headers = { cookie: last.cookie };
  const html = await (await fetch(address, { headers })).text();
  if (!html.includes("Cerebral Visual Impairment")) throw new Error("The page shows no track");
  const $ = load(html);
  const sources = $("link[rel=stylesheet], link[rel=icon], script[src], img[src], image[href]")
    .toArray()
    .map((element) => $(element).attr("href") ?? $(element).attr("src") ?? "");
  let learnerPageBytes = Buffer.byteLength(html);
  for (const source of new Set(sources)) {
    learnerPageBytes += await bytesOf(new URL(source, address).href, last.cookie);
  }
  note(`the learner's page with ${new Set(sources).size} assets: ${learnerPageBytes} bytes`);
  const open = async () => await (await fetch(address, { headers })).text();
  for (let warm = 0; warm < WARM_UP; warm += 1) await open();
  const before = product.cpuMs();
  for (let page = 0; page < PAGES; page += 1) await open();
  const learnerPageCpuMs = (product.cpuMs() - before) / PAGES;
  note(`${PAGES} learner pages: ${learnerPageCpuMs.toFixed(2)} ms CPU each`);
  return { learnerPageCpuMs, learnerPageBytes };
}
