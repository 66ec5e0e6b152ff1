// What node:crypto has to export so that packages load, and what cannot work here: each says so by name.

import { fails } from "../missing.js";

// Those that Node has taken away, and the two that Workers do not have: workerd's are functions like these.
export const Cipher = fails("Cipher");
export const Decipher = fails("Decipher");
export const createCipher = fails("createCipher");
export const createDecipher = fails("createDecipher");
export const setEngine = fails("setEngine", 2);
export const setFips = fails("setFips", 1);
