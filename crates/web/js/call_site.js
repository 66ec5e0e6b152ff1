// CallSite: one frame of a stack as Error.prepareStackTrace gets it (https://v8.dev/docs/stack-trace-api).
//
// The engine keeps names and places, not functions and receivers: what needs those answers as V8 does for a frame of
// strict-mode code, which hides them too.

export class CallSite {
  #name;
  #position;
  #isAsync;

  /** @param {{ file: string, line: number, column: number }} position */
  constructor(name, position, isAsync) {
    this.#name = name;
    this.#position = position;
    this.#isAsync = isAsync;
  }

  getThis() {
    return undefined;
  }

  getTypeName() {
    const dot = this.#name?.lastIndexOf(".") ?? -1;
    return dot > 0 ? this.#name.slice(0, dot) : null;
  }

  getFunction() {
    return undefined;
  }

  getFunctionName() {
    return this.#name;
  }

  getMethodName() {
    const dot = this.#name?.lastIndexOf(".") ?? -1;
    return dot > 0 ? this.#name.slice(dot + 1) : null;
  }

  getFileName() {
    return this.#position.file;
  }

  getScriptNameOrSourceURL() {
    return this.#position.file;
  }

  getLineNumber() {
    return this.#position.line;
  }

  getColumnNumber() {
    return this.#position.column;
  }

  getEnclosingLineNumber() {
    return this.#position.line;
  }

  getEnclosingColumnNumber() {
    return this.#position.column;
  }

  getPosition() {
    return 0;
  }

  getEvalOrigin() {
    return undefined;
  }

  getPromiseIndex() {
    return null;
  }

  getScriptHash() {
    return "";
  }

  isToplevel() {
    return true;
  }

  // The engine names such code "file line 7 > eval".
  isEval() {
    return / > (?:eval|Function)$/.test(this.#position.file);
  }

  isNative() {
    return false;
  }

  isConstructor() {
    return this.#name?.startsWith("new ") ?? false;
  }

  isAsync() {
    return this.#isAsync;
  }

  isPromiseAll() {
    return false;
  }

  toString() {
    const { file, line, column } = this.#position;
    const place = line > 0 ? `${file}:${line}:${column}` : file;
    const name = this.#isAsync ? `async ${this.#name ?? ""}`.trimEnd() : this.#name;
    return name === null ? place : `${name} (${place})`;
  }
}
