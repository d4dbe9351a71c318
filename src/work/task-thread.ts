import { parentPort, type ResourceLimits, type Worker } from "node:worker_threads";
import { startThread, type ThreadCode } from "./start-thread.js";

/** What a thread can be asked for, by name. All of it crosses between threads by copy. */
type Tasks = Record<string, { given: unknown; made: unknown }>;

type TaskMessage = { id: number; name: string; given: unknown };

type Answer =
  { id: number; kind: "made"; made: unknown } | { id: number; kind: "failed"; message: string };

type Waiting = {
  resolve: (made: unknown) => void;
  reject: (error: Error) => void;
  timeout: NodeJS.Timeout;
};

/**
 * A thread that does what would hold up the one that answers requests. It starts with the first
 * task and ends when there has been none for a while. A task that takes too long or too much
 * memory ends the thread, and with it what else waits there; the next task starts another.
 */
export function createTaskThread<T extends Tasks>(about: {
  /** For messages: "the document thread". */
  called: string;
  code: ThreadCode;
  limits: ResourceLimits;
  taskTimeoutMs: number;
  idleMs: number;
}) {
  const waiting = new Map<number, Waiting>();
  let thread: Worker | undefined;
  let lastId = 0;
  let idle: NodeJS.Timeout | undefined;

  function settle(id: number): Waiting | undefined {
    const task = waiting.get(id);
    waiting.delete(id);
    clearTimeout(task?.timeout);
    if (waiting.size === 0) idle = setTimeout(() => void stop(), about.idleMs).unref();
    return task;
  }

  async function stop(reason = `${about.called} was stopped`): Promise<void> {
    const ending = thread;
    thread = undefined;
    for (const id of [...waiting.keys()]) settle(id)?.reject(new Error(reason));
    clearTimeout(idle);
    await ending?.terminate();
  }

  function start(): Worker {
    const started = startThread(about.code, about.limits);
    started.unref();
    started.on("message", (answer: Answer) => {
      const task = settle(answer.id);
      if (answer.kind === "made") task?.resolve(answer.made);
      else task?.reject(new Error(answer.message));
    });
    started.on("error", (error: Error) => {
      if (thread === started) void stop(`${about.called} failed: ${error.message}`);
    });
    return started;
  }

  return {
    /** @throws Error with the task's message, or that the thread was ended */
    async perform<N extends keyof T & string>(
      name: N,
      given: T[N]["given"],
    ): Promise<T[N]["made"]> {
      clearTimeout(idle);
      thread ??= start();
      const id = (lastId += 1);
      const made = new Promise<unknown>((resolve, reject) => {
        const timeout = setTimeout(
          () => void stop(`${about.called} took too long`),
          about.taskTimeoutMs,
        );
        waiting.set(id, { resolve, reject, timeout });
      });
      thread.postMessage({ id, name, given } satisfies TaskMessage);
      return await made;
    },

    /** Ends the thread; what it was doing fails. The next task starts another. */
    stop,
  };
}

/** The other end: in the thread, does what is asked for. */
export function answerTasks<T extends Tasks>(perform: {
  [N in keyof T]: (given: T[N]["given"]) => Promise<T[N]["made"]>;
}): void {
  async function answer({ id, name, given }: TaskMessage): Promise<Answer> {
    try {
      const made = await perform[name as keyof T](given);
      return { id, kind: "made", made };
    } catch (error) {
      return { id, kind: "failed", message: error instanceof Error ? error.message : "unknown" };
    }
  }
  parentPort?.on("message", (message: TaskMessage) => {
    void answer(message).then((done) => {
      parentPort?.postMessage(done);
    });
  });
}
