// Buffer's methods that read and write numbers.
//
// Whole numbers of up to 32 bits, which protocols are made of, are written out; the others share loops.

import { badByteLength, validateBigInt, validateInteger, validatePlace } from "./buffer_checks.js";
import { ERR_INVALID_ARG_TYPE } from "./errors.js";

const TWO_32 = 2 ** 32;

// --- integers of any size ------------------------------------------------------------------------

function readLittle(buffer, offset, size) {
  let value = 0;
  for (let i = size - 1; i >= 0; i--) value = value * 256 + buffer[offset + i];
  return value;
}

function readBig(buffer, offset, size) {
  let value = 0;
  for (let i = 0; i < size; i++) value = value * 256 + buffer[offset + i];
  return value;
}

// What has the highest bit set is negative.
function asSigned(value, size) {
  const end = 2 ** (size * 8 - 1);
  return value >= end ? value - end * 2 : value;
}

function writeLittle(buffer, value, offset, size) {
  let low = value;
  for (let i = 0; i < Math.min(size, 4); i++) {
    buffer[offset + i] = low;
    low >>>= 8;
  }
  let high = Math.floor(value / TWO_32);
  for (let i = 4; i < size; i++) {
    buffer[offset + i] = high;
    high >>>= 8;
  }
  return offset + size;
}

function writeBig(buffer, value, offset, size) {
  let low = value;
  const last = offset + size - 1;
  for (let i = 0; i < Math.min(size, 4); i++) {
    buffer[last - i] = low;
    low >>>= 8;
  }
  let high = Math.floor(value / TWO_32);
  for (let i = 4; i < size; i++) {
    buffer[last - i] = high;
    high >>>= 8;
  }
  return offset + size;
}

function checkRead(buffer, offset, byteLength) {
  if (offset === undefined) throw new ERR_INVALID_ARG_TYPE("offset", "number", offset);
  if (!(Number.isInteger(byteLength) && byteLength >= 1 && byteLength <= 6)) throw badByteLength(byteLength);
  validatePlace(buffer, offset, byteLength);
}

function writeInteger(write, buffer, input, offset, byteLength, signed) {
  if (!(Number.isInteger(byteLength) && byteLength >= 1 && byteLength <= 6)) throw badByteLength(byteLength);
  const value = +input;
  checkWrite(buffer, value, offset, byteLength, signed);
  return write(buffer, value, offset, byteLength);
}

// An offset that is no place at all is noticed before the value, one too near to the end after it.
function checkWrite(buffer, value, offset, size, signed) {
  if (!(Number.isInteger(offset) && offset >= 0 && offset <= buffer.length)) validatePlace(buffer, offset, size);
  validateInteger(value, size, signed);
  validatePlace(buffer, offset, size);
}

const anySize = {
  readUIntLE(offset, byteLength) {
    checkRead(this, offset, byteLength);
    return readLittle(this, offset, byteLength);
  },
  readUIntBE(offset, byteLength) {
    checkRead(this, offset, byteLength);
    return readBig(this, offset, byteLength);
  },
  readIntLE(offset, byteLength) {
    checkRead(this, offset, byteLength);
    return asSigned(readLittle(this, offset, byteLength), byteLength);
  },
  readIntBE(offset, byteLength) {
    checkRead(this, offset, byteLength);
    return asSigned(readBig(this, offset, byteLength), byteLength);
  },
  writeUIntLE(value, offset, byteLength) {
    return writeInteger(writeLittle, this, value, offset, byteLength, false);
  },
  writeUIntBE(value, offset, byteLength) {
    return writeInteger(writeBig, this, value, offset, byteLength, false);
  },
  writeIntLE(value, offset, byteLength) {
    return writeInteger(writeLittle, this, value, offset, byteLength, true);
  },
  writeIntBE(value, offset, byteLength) {
    return writeInteger(writeBig, this, value, offset, byteLength, true);
  },
};

// --- integers of 8, 16 and 32 bits ---------------------------------------------------------------

const reading = {
  readUInt8(offset = 0) {
    validatePlace(this, offset, 1);
    return this[offset];
  },
  readUInt16LE(offset = 0) {
    validatePlace(this, offset, 2);
    return this[offset] | (this[offset + 1] << 8);
  },
  readUInt16BE(offset = 0) {
    validatePlace(this, offset, 2);
    return (this[offset] << 8) | this[offset + 1];
  },
  readUInt32LE(offset = 0) {
    validatePlace(this, offset, 4);
    return int32Little(this, offset) >>> 0;
  },
  readUInt32BE(offset = 0) {
    validatePlace(this, offset, 4);
    return int32Big(this, offset) >>> 0;
  },
  readInt8(offset = 0) {
    validatePlace(this, offset, 1);
    return (this[offset] << 24) >> 24;
  },
  readInt16LE(offset = 0) {
    validatePlace(this, offset, 2);
    return ((this[offset] | (this[offset + 1] << 8)) << 16) >> 16;
  },
  readInt16BE(offset = 0) {
    validatePlace(this, offset, 2);
    return (((this[offset] << 8) | this[offset + 1]) << 16) >> 16;
  },
  readInt32LE(offset = 0) {
    validatePlace(this, offset, 4);
    return int32Little(this, offset);
  },
  readInt32BE(offset = 0) {
    validatePlace(this, offset, 4);
    return int32Big(this, offset);
  },
};

function int32Little(buffer, offset) {
  return buffer[offset] | (buffer[offset + 1] << 8) | (buffer[offset + 2] << 16) | (buffer[offset + 3] << 24);
}

function int32Big(buffer, offset) {
  return (buffer[offset] << 24) | (buffer[offset + 1] << 16) | (buffer[offset + 2] << 8) | buffer[offset + 3];
}

function write8(buffer, input, offset, signed) {
  const value = +input;
  checkWrite(buffer, value, offset, 1, signed);
  buffer[offset] = value;
  return offset + 1;
}

function write16(buffer, input, offset, signed, first) {
  const value = +input;
  checkWrite(buffer, value, offset, 2, signed);
  buffer[offset + first] = value;
  buffer[offset + 1 - first] = value >>> 8;
  return offset + 2;
}

function write32Little(buffer, input, offset, signed) {
  const value = +input;
  checkWrite(buffer, value, offset, 4, signed);
  buffer[offset] = value;
  buffer[offset + 1] = value >>> 8;
  buffer[offset + 2] = value >>> 16;
  buffer[offset + 3] = value >>> 24;
  return offset + 4;
}

function write32Big(buffer, input, offset, signed) {
  const value = +input;
  checkWrite(buffer, value, offset, 4, signed);
  buffer[offset + 3] = value;
  buffer[offset + 2] = value >>> 8;
  buffer[offset + 1] = value >>> 16;
  buffer[offset] = value >>> 24;
  return offset + 4;
}

const writing = {
  writeUInt8(value, offset = 0) {
    return write8(this, value, offset, false);
  },
  writeUInt16LE(value, offset = 0) {
    return write16(this, value, offset, false, 0);
  },
  writeUInt16BE(value, offset = 0) {
    return write16(this, value, offset, false, 1);
  },
  writeUInt32LE(value, offset = 0) {
    return write32Little(this, value, offset, false);
  },
  writeUInt32BE(value, offset = 0) {
    return write32Big(this, value, offset, false);
  },
  writeInt8(value, offset = 0) {
    return write8(this, value, offset, true);
  },
  writeInt16LE(value, offset = 0) {
    return write16(this, value, offset, true, 0);
  },
  writeInt16BE(value, offset = 0) {
    return write16(this, value, offset, true, 1);
  },
  writeInt32LE(value, offset = 0) {
    return write32Little(this, value, offset, true);
  },
  writeInt32BE(value, offset = 0) {
    return write32Big(this, value, offset, true);
  },
};

// --- 64 bits and floating point ------------------------------------------------------------------

// One place for each kind of number, over the same eight bytes.
const scratch = new Uint8Array(8);
const scratchFloats = new Float32Array(scratch.buffer);
const scratchDoubles = new Float64Array(scratch.buffer);
const scratchUnsigned = new BigUint64Array(scratch.buffer);
const scratchSigned = new BigInt64Array(scratch.buffer);
scratchFloats[0] = -1;
const hostIsLittle = scratch[0] === 0;

function load(buffer, offset, size, little) {
  if (little === hostIsLittle) for (let i = 0; i < size; i++) scratch[i] = buffer[offset + i];
  else for (let i = 0; i < size; i++) scratch[i] = buffer[offset + size - 1 - i];
}

function store(buffer, offset, size, little) {
  if (little === hostIsLittle) for (let i = 0; i < size; i++) buffer[offset + i] = scratch[i];
  else for (let i = 0; i < size; i++) buffer[offset + size - 1 - i] = scratch[i];
  return offset + size;
}

function readFloating(numbers, buffer, offset, size, little) {
  validatePlace(buffer, offset, size);
  load(buffer, offset, size, little);
  return numbers[0];
}

function writeFloating(numbers, buffer, input, offset, size, little) {
  const value = +input;
  validatePlace(buffer, offset, size);
  numbers[0] = value;
  return store(buffer, offset, size, little);
}

function readBigInt(numbers, buffer, offset, little) {
  const place = offset >>> 0;
  validatePlace(buffer, place, 8);
  load(buffer, place, 8, little);
  return numbers[0];
}

function writeBigInt(numbers, buffer, value, offset, little) {
  validateBigInt(value, numbers === scratchSigned);
  validatePlace(buffer, offset, 8);
  numbers[0] = value;
  return store(buffer, offset, 8, little);
}

const wide = {
  readBigUInt64LE(offset = 0) {
    return readBigInt(scratchUnsigned, this, offset, true);
  },
  readBigUInt64BE(offset = 0) {
    return readBigInt(scratchUnsigned, this, offset, false);
  },
  readBigInt64LE(offset = 0) {
    return readBigInt(scratchSigned, this, offset, true);
  },
  readBigInt64BE(offset = 0) {
    return readBigInt(scratchSigned, this, offset, false);
  },
  readFloatLE(offset = 0) {
    return readFloating(scratchFloats, this, offset, 4, true);
  },
  readFloatBE(offset = 0) {
    return readFloating(scratchFloats, this, offset, 4, false);
  },
  readDoubleLE(offset = 0) {
    return readFloating(scratchDoubles, this, offset, 8, true);
  },
  readDoubleBE(offset = 0) {
    return readFloating(scratchDoubles, this, offset, 8, false);
  },
  writeBigUInt64LE(value, offset = 0) {
    return writeBigInt(scratchUnsigned, this, value, offset, true);
  },
  writeBigUInt64BE(value, offset = 0) {
    return writeBigInt(scratchUnsigned, this, value, offset, false);
  },
  writeBigInt64LE(value, offset = 0) {
    return writeBigInt(scratchSigned, this, value, offset, true);
  },
  writeBigInt64BE(value, offset = 0) {
    return writeBigInt(scratchSigned, this, value, offset, false);
  },
  writeFloatLE(value, offset) {
    return writeFloating(scratchFloats, this, value, offset === undefined ? 0 : offset, 4, true);
  },
  writeFloatBE(value, offset) {
    return writeFloating(scratchFloats, this, value, offset === undefined ? 0 : offset, 4, false);
  },
  writeDoubleLE(value, offset) {
    return writeFloating(scratchDoubles, this, value, offset === undefined ? 0 : offset, 8, true);
  },
  writeDoubleBE(value, offset) {
    return writeFloating(scratchDoubles, this, value, offset === undefined ? 0 : offset, 8, false);
  },
};

/** All of them, those for unsigned numbers under both of their names (`readUInt8`, `readUint8`). */
export const numberMethods = {};
for (const [name, method] of Object.entries({ ...anySize, ...reading, ...writing, ...wide })) {
  numberMethods[name] = method;
  const alias = name.replace("UInt", "Uint");
  if (alias !== name) numberMethods[alias] = method;
}
