import { CommandError } from "../command-error.js";
import { approximate } from "../values/decimal.js";
import { isDoc, isNumeric, type Doc, type Value } from "../values/value.js";

type Armed = { data: Doc; skip: number; times: number; probability: number };

/** Failures that tests ask for with `configureFailPoint`: `failCommand` only. */
export class FailPoints {
  #failCommand: Armed | undefined;
  #timesEntered = 0;

  configure(name: string, mode: Value, data: Doc): number {
    if (name !== "failCommand") {
      throw new CommandError("FailedToParse", `unknown fail point ${name}`);
    }
    const armed: Armed = { data, skip: 0, times: Infinity, probability: 1 };
    if (mode === "off") {
      this.#failCommand = undefined;
      return this.#timesEntered;
    }
    if (isDoc(mode)) {
      armed.times = number(mode.get("times")) ?? Infinity;
      armed.skip = number(mode.get("skip")) ?? 0;
      armed.probability = number(mode.get("activationProbability")) ?? 1;
    } else if (mode !== "alwaysOn") {
      throw new CommandError("BadValue", `unknown fail point mode`);
    }
    this.#failCommand = armed;
    return this.#timesEntered;
  }

  /** The data of the failure that this command is to meet, if any; counts it. */
  take(command: string, appName: string | undefined): Doc | undefined {
    const armed = this.#failCommand;
    if (!armed || command === "configureFailPoint") return undefined;
    const commands = armed.data.get("failCommands");
    if (!Array.isArray(commands) || !commands.includes(command)) return undefined;
    const wantedApp = armed.data.get("appName");
    if (wantedApp !== undefined && wantedApp !== appName) return undefined;
    if (armed.skip > 0) {
      armed.skip -= 1;
      return undefined;
    }
    if (armed.probability < 1 && Math.random() >= armed.probability) return undefined;
    armed.times -= 1;
    this.#timesEntered += 1;
    if (armed.times <= 0) this.#failCommand = undefined;
    return armed.data;
  }
}

function number(value: Value): number | undefined {
  return isNumeric(value) ? approximate(value) : undefined;
}
