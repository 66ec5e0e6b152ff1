// What node:crypto has to export so that packages load, and what cannot work here: each says so by name.

import { fails } from "../missing.js";
import { notImplemented } from "../unsupported.js";

/** A class that cannot be constructed, with methods of these names. */
function impossible(name, length, statics = [], methods = []) {
  const { [name]: Class } = {
    [name]: class {
      constructor() {
        throw notImplemented(name);
      }
    },
  };
  Object.defineProperty(Class, "length", { value: length });
  for (const [target, names] of [[Class, statics], [Class.prototype, methods]]) {
    for (const method of names) {
      const value = fails(`${name}.${method}`);
      Object.defineProperty(target, method, { value, writable: true, configurable: true });
    }
  }
  return Class;
}

const SPKAC = ["exportChallenge", "exportPublicKey", "verifySpkac"];

export const Certificate = impossible("Certificate", 0, SPKAC, SPKAC);
export const DiffieHellman = impossible("DiffieHellman", 4);
export const DiffieHellmanGroup = impossible("DiffieHellmanGroup", 1);
export const X509Certificate = impossible("X509Certificate", 1);

export const createDiffieHellman = fails("createDiffieHellman", 4);
export const createDiffieHellmanGroup = fails("createDiffieHellmanGroup", 1);
export const getDiffieHellman = fails("getDiffieHellman", 1);

// Those that Node has taken away, and the two that Workers do not have: workerd's are functions like these.
export const Cipher = fails("Cipher");
export const Decipher = fails("Decipher");
export const createCipher = fails("createCipher");
export const createDecipher = fails("createDecipher");
export const setEngine = fails("setEngine", 2);
export const setFips = fails("setFips", 1);
