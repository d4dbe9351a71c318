import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { type ResourceLimits, Worker } from "node:worker_threads";

/** Where a thread's code is: in the sources below `src/`, and in the build under its name alone. */
export type ThreadCode = { source: string; built: string };

/**
 * Starts a worker thread from the sources or from the build, whichever this process runs from.
 * @param limits memory of the thread; over it the thread dies, and nothing else
 */
export function startThread(code: ThreadCode, limits: ResourceLimits): Worker {
  const here = import.meta.url;
  if (!here.endsWith(".ts")) {
    // esbuild puts what several entries share into chunks/, one folder below the entries.
    const folder = here.includes("/chunks/") ? "../" : "./";
    return new Worker(new URL(`${folder}${code.built}`, here), { resourceLimits: limits });
  }
  // From the sources: a thread does not inherit tsx from the one that starts it.
  const tsx = pathToFileURL(createRequire(here).resolve("tsx/esm/api").replace(/cjs$/, "mjs"));
  const source = new URL(`../${code.source}`, here);
  const bootstrap = `import(${JSON.stringify(tsx)}).then(({ register }) => {
    register();
    return import(${JSON.stringify(source)});
  });`;
  return new Worker(bootstrap, { eval: true, resourceLimits: limits });
}
