// node:stream/promises.

import { promises } from "../internal/streams/index.js";

export { promises };
export const { finished, pipeline } = promises;
export default promises;
