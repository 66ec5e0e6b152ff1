// node:trace_events. Nothing is traced: an object only remembers what it was told.

import { customInspect } from "holdfast:web/inspect";
import { ERR_INVALID_ARG_TYPE, NodeTypeError } from "./internal/errors.js";
import { validateObject, validateString } from "./internal/validators.js";

class Tracing {
  #categories;
  #enabled = false;

  constructor(categories) {
    this.#categories = categories;
  }

  enable() {
    this.#enabled = true;
  }

  disable() {
    this.#enabled = false;
  }

  get enabled() {
    return this.#enabled;
  }

  get categories() {
    return this.#categories.join(",");
  }

  [customInspect](depth) {
    if (typeof depth === "number" && depth < 0) return this;
    return `Tracing ${JSON.stringify({ enabled: this.enabled, categories: this.categories })}`;
  }
}

function createTracing(options) {
  validateObject(options, "options");
  const { categories } = options;
  if (!Array.isArray(categories)) throw new ERR_INVALID_ARG_TYPE("options.categories", "Array", categories);
  categories.forEach((category, index) => validateString(category, `options.categories[${index}]`));
  if (categories.length === 0) {
    throw new NodeTypeError("ERR_TRACE_EVENTS_CATEGORY_REQUIRED", "At least one category is required");
  }
  return new Tracing(categories);
}

/** The categories that are traced: none. */
function getEnabledCategories() {}

export { createTracing, getEnabledCategories };
export default { createTracing, getEnabledCategories };
