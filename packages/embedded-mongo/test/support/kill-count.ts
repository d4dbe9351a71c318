/* eslint-disable n/no-process-env -- how long the crash suite may take is the runner's choice */

/** How often the crash suite kills the store. */
export function killCount(): number {
  return Number(process.env["STORE_KILLS"] ?? 200);
}
