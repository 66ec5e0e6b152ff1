/** A runtime at work on one project, whichever it is. */
export interface Runtime {
  readonly name: "workerd" | "holdfast";
  /** Where it answers, without a trailing slash. A restart may change it. */
  readonly url: string;
  /** The folder that holds the objects' data. */
  readonly dataDir: string;
  /** The latest output of the process, for error messages. */
  output(): string;
  /** Ends the process at once, as a crash would; `restart()` brings it back. */
  kill9(): Promise<void>;
  /** Ends the process if it runs, and starts it again on the same data. */
  restart(): Promise<void>;
  /** Ends the process and removes what was temporary. */
  stop(): Promise<void>;
}
