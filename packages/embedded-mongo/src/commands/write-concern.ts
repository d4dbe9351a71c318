import { approximate } from "../values/decimal.js";
import { docOf, isDoc, isNumeric, type Doc } from "../values/value.js";

/** What a write concern that one member cannot satisfy is answered with. */
export function writeConcernFault(command: Doc): Doc | undefined {
  const concern = command.get("writeConcern");
  const w = isDoc(concern) ? concern.get("w") : undefined;
  if (isNumeric(w) && approximate(w) > 1) {
    return docOf({
      code: 100,
      codeName: "UnsatisfiableWriteConcern",
      errmsg: "Not enough data-bearing nodes",
      errInfo: docOf({ writeConcern: concern }),
    });
  }
  if (typeof w === "string" && w !== "majority") {
    return docOf({
      code: 79,
      codeName: "UnknownReplWriteConcern",
      errmsg: `No write concern mode named '${w}' found in replica set configuration`,
      errInfo: docOf({ writeConcern: concern }),
    });
  }
  return undefined;
}
