// An ES module without "type": "module": its syntax decides.
import { token } from "./shared.js";

export { token };
export default class Kept {}
export const mode = process.env.NODE_ENV;
