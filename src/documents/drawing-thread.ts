import { answerTasks } from "../work/task-thread.js";
import type { DrawingTasks } from "./document-task.js";
import { simplifySvg } from "./draw-png.js";

/** The entry of the thread for strangers' drawings: it may be ended at any time. */
answerTasks<DrawingTasks>({ "simplify-svg": async (given) => await simplifySvg(given) });
