// The cancel algorithms of the two branches of a tee, which both kinds of tee share
// (https://streams.spec.whatwg.org/#abstract-opdef-readablestreamdefaulttee).

import { Deferred } from "./promises.js";
import { cancelReadable } from "./readable_core.js";

/** Which branches are cancelled, and why. */
export class TeeCancellation {
  canceled1 = false;
  canceled2 = false;
  #reason1 = undefined;
  #reason2 = undefined;
  #stream;
  #deferred = new Deferred();

  constructor(stream) {
    this.#stream = stream;
  }

  /** The cancel algorithm of the first branch. */
  cancel1(reason) {
    this.canceled1 = true;
    this.#reason1 = reason;
    if (this.canceled2) this.cancelStream([reason, this.#reason2]);
    return this.#deferred.promise;
  }

  /** The cancel algorithm of the second branch. */
  cancel2(reason) {
    this.canceled2 = true;
    this.#reason2 = reason;
    if (this.canceled1) this.cancelStream([this.#reason1, reason]);
    return this.#deferred.promise;
  }

  /** Cancels the original stream; the branches' cancel() settles as that does. */
  cancelStream(reason) {
    this.#deferred.resolve(cancelReadable(this.#stream, reason));
  }

  /** The original stream has ended or failed: a single cancelled branch need not wait for the other. */
  finish() {
    if (!this.canceled1 || !this.canceled2) this.#deferred.resolve(undefined);
  }
}
