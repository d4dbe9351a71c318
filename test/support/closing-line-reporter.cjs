// Mocha's spec output, then one closing line: "N passed, N failed" (and "N skipped", if any).
const { reporters, Runner } = require("mocha");

module.exports = class ClosingLineReporter extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    runner.once(Runner.constants.EVENT_RUN_END, () => {
      const { passes, failures, pending } = this.stats;
      const skipped = pending > 0 ? `, ${pending} skipped` : "";
      // After everything else, even what hooks print while the process ends.
      process.once("exit", () => console.log(`${passes} passed, ${failures} failed${skipped}`));
    });
  }
};
