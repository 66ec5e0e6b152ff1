import native from "./native.js";
import * as blank from "./blank.js";

export const which = "module";
export { native };
export const blanked = Object.keys(blank.default ?? {}).length;
