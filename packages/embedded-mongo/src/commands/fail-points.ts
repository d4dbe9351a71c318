import { CommandError } from "../command-error.js";
import { approximate } from "../values/decimal.js";
import { isDoc, isNumeric, type Doc, type Value } from "../values/value.js";

type Armed = { data: Doc; skip: number; times: number; probability: number };

/**
 * Failures that tests ask for with `configureFailPoint`: `failCommand`, and
 * `onPrimaryTransactionalWrite` for what happens to single retryable writes.
 */
export class FailPoints {
  #failCommand: Armed | undefined;
  #failWrite: Armed | undefined;
  #timesEntered = 0;

  configure(name: string, mode: Value, data: Doc): number {
    if (name !== "failCommand" && name !== "onPrimaryTransactionalWrite") {
      throw new CommandError("FailedToParse", `unknown fail point ${name}`);
    }
    const set = (point: Armed | undefined) => {
      if (name === "failCommand") this.#failCommand = point;
      else this.#failWrite = point;
    };
    const armed: Armed = { data, skip: 0, times: Infinity, probability: 1 };
    if (mode === "off") {
      set(undefined);
      return this.#timesEntered;
    }
    if (isDoc(mode)) {
      armed.times = number(mode.get("times")) ?? Infinity;
      armed.skip = number(mode.get("skip")) ?? 0;
      armed.probability = number(mode.get("activationProbability")) ?? 1;
    } else if (mode !== "alwaysOn") {
      throw new CommandError("BadValue", `unknown fail point mode`);
    }
    set(armed);
    return this.#timesEntered;
  }

  /** What is to happen to a retryable write: counts it. */
  takeWrite(): { failCode: number | undefined; closes: boolean } | undefined {
    const armed = this.#failWrite;
    if (!armed || !this.#strikes(armed)) return undefined;
    if (armed.times <= 0) this.#failWrite = undefined;
    return {
      failCode: number(armed.data.get("failBeforeCommitExceptionCode")),
      closes: armed.data.get("closeConnection") !== false,
    };
  }

  #strikes(armed: Armed): boolean {
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
    const armed = this.#failCommand;
    if (!armed || command === "configureFailPoint") return undefined;
    const commands = armed.data.get("failCommands");
    if (!Array.isArray(commands) || !commands.includes(command)) return undefined;
    const wantedApp = armed.data.get("appName");
    if (wantedApp !== undefined && wantedApp !== appName) return undefined;
    if (!this.#strikes(armed)) return undefined;
    if (armed.times <= 0) this.#failCommand = undefined;
    return armed.data;
  }
}

function number(value: Value): number | undefined {
  return isNumeric(value) ? approximate(value) : undefined;
}
