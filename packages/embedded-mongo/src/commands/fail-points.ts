import { CommandError } from "../command-error.js";
import { approximate } from "../values/decimal.js";
import { isDoc, isNumeric, type Doc, type Value } from "../values/value.js";

type Armed = { data: Doc; skip: number; times: number; probability: number };

const NAMES = ["failCommand", "onPrimaryTransactionalWrite", "failGetMoreAfterCursorCheckout"];

/**
 * Failures that tests ask for with `configureFailPoint`: `failCommand`,
 * `onPrimaryTransactionalWrite` for what happens to single retryable writes, and
 * `failGetMoreAfterCursorCheckout` for cursors, which a change stream is to resume from.
 */
export class FailPoints {
  readonly #armed = new Map<string, Armed>();
  #timesEntered = 0;

  configure(name: string, mode: Value, data: Doc): number {
    if (!NAMES.includes(name)) {
      throw new CommandError("FailedToParse", `unknown fail point ${name}`);
    }
    const armed: Armed = { data, skip: 0, times: Infinity, probability: 1 };
    if (mode === "off") {
      this.#armed.delete(name);
      return this.#timesEntered;
    }
    if (isDoc(mode)) {
      armed.times = number(mode.get("times")) ?? Infinity;
      armed.skip = number(mode.get("skip")) ?? 0;
      armed.probability = number(mode.get("activationProbability")) ?? 1;
    } else if (mode !== "alwaysOn") {
      throw new CommandError("BadValue", `unknown fail point mode`);
    }
    this.#armed.set(name, armed);
    return this.#timesEntered;
  }

  /** What is to happen to a retryable write: counts it. */
  takeWrite(): { failCode: number | undefined; closes: boolean } | undefined {
    const data = this.#strike("onPrimaryTransactionalWrite");
    return (
      data && {
        failCode: number(data.get("failBeforeCommitExceptionCode")),
        closes: data.get("closeConnection") !== false,
      }
    );
  }

  /** The error code that a getMore is to fail with, if any. */
  takeGetMore(): number | undefined {
    return number(this.#strike("failGetMoreAfterCursorCheckout")?.get("errorCode"));
  }

  // The data of an armed failure, if it is to happen now: counts it.
  #strike(name: string): Doc | undefined {
    const armed = this.#armed.get(name);
    if (!armed || !this.#isDue(armed)) return undefined;
    if (armed.times <= 0) this.#armed.delete(name);
    return armed.data;
  }

  #isDue(armed: Armed): boolean {
    if (armed.skip > 0) {
      armed.skip -= 1;
      return false;
    }
    if (armed.probability < 1 && Math.random() >= armed.probability) return false;
    armed.times -= 1;
    this.#timesEntered += 1;
    return true;
  }

  /** The data of the failure that this command is to meet, if any; counts it. */
  take(command: string, appName: string | undefined): Doc | undefined {
    const armed = this.#armed.get("failCommand");
    if (!armed || command === "configureFailPoint") return undefined;
    const commands = armed.data.get("failCommands");
    if (!Array.isArray(commands) || !commands.includes(command)) return undefined;
    const wantedApp = armed.data.get("appName");
    if (wantedApp !== undefined && wantedApp !== appName) return undefined;
    return this.#strike("failCommand");
  }
}

function number(value: Value): number | undefined {
  return isNumeric(value) ? approximate(value) : undefined;
}
