// What the host knows of the program: told once, before the program is evaluated.

/** The program's bindings by name. */
export let bindings = {};

/** Ends the request or the object that is running; never returns. @type {(code: number) => never} */
export let exit = (code) => {
  throw new Error(`process.exit(${code}): there is nothing to end here.`);
};

export function configure(env, exitOperation) {
  bindings = env;
  exit = exitOperation;
}
