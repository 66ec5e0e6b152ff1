// DurableObjectFacets: `ctx.facets`. Child objects are not there yet, and whoever wants one is told so.

import { refuseToClone } from "../web/clonable.js";
import { defineInterface, illegalConstructor, internalToken } from "../web/webidl.js";

const notYet = () => new Error("Facets (ctx.facets) are not supported by Holdfast yet; see docs/compatibility.md.");

export class DurableObjectFacets {
  constructor(token) {
    if (token !== internalToken) throw illegalConstructor();
  }

  get() {
    throw notYet();
  }

  abort() {
    throw notYet();
  }

  delete() {
    throw notYet();
  }

  clone() {
    throw notYet();
  }
}

defineInterface(DurableObjectFacets);
refuseToClone(DurableObjectFacets);

/** As long as they can do nothing, all objects share them. */
export const facets = new DurableObjectFacets(internalToken);
