// What both runtimes' starters share: a child process whose output is kept for error messages.

import { spawn } from "node:child_process";

/// How long a runtime may take to say that it is ready.
export const READY_MS_MAX = 30_000;
/// How long a runtime may take to end after a polite request.
const STOP_MS_MAX = 10_000;
/// How much of a runtime's latest output an error message may quote.
const OUTPUT_CHARS_MAX = 16_384;

/** A running child with its latest output, and the two ways to end it. */
export class Child {
  output = "";

  constructor(file, args, { cwd, stdio, env } = {}) {
    this.process = spawn(file, args, { cwd, stdio: stdio ?? ["ignore", "pipe", "pipe"], env: env ?? process.env });
    this.exited = new Promise((resolve, reject) => {
      this.process.once("exit", (code, signal) => resolve({ code, signal }));
      this.process.once("error", reject);
    });
    this.exited.catch(() => {}); // a failure to start is reported by ready()
    for (const stream of [this.process.stdout, this.process.stderr]) {
      stream.setEncoding("utf8");
      stream.on("data", (text) => {
        this.output = (this.output + text).slice(-OUTPUT_CHARS_MAX);
        if (process.env.CONFORMANCE_VERBOSE) process.stderr.write(text);
      });
    }
  }

  /** Waits for the first value that `find` extracts from the stream's text; fails with the child's output. */
  async ready(stream, find, what) {
    stream.setEncoding("utf8");
    let text = "";
    let timer;
    const found = new Promise((resolve) => {
      stream.on("data", (chunk) => {
        text += chunk;
        const value = find(text);
        if (value !== undefined) resolve(value);
      });
    });
    const died = this.exited.then(({ code, signal }) => {
      throw new Error(`${what} ended before it was ready (${signal ?? `exit code ${code}`}):\n${this.output}`);
    });
    const late = new Promise((_, reject) => {
      timer = setTimeout(
        () => reject(new Error(`${what} was not ready after ${READY_MS_MAX} ms:\n${this.output}`)),
        READY_MS_MAX,
      );
    });
    try {
      return await Promise.race([found, died, late]);
    } catch (error) {
      await this.kill9();
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  async stop() {
    if (!this.#alive()) return;
    this.process.kill("SIGTERM");
    const timer = setTimeout(() => this.process.kill("SIGKILL"), STOP_MS_MAX);
    await this.exited;
    clearTimeout(timer);
  }

  async kill9() {
    if (!this.#alive()) return;
    this.process.kill("SIGKILL");
    await this.exited;
  }

  #alive() {
    return this.process.pid !== undefined && this.process.exitCode === null && this.process.signalCode === null;
  }
}
