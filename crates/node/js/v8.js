// node:v8. The engine here is another one: there is nothing to tell, and nothing to set.

import { fails, idle } from "./internal/missing.js";
import { notImplemented } from "./internal/unsupported.js";
import { validateFunction, validateNumber, validateString } from "./internal/validators.js";

/** A class whose objects cannot be made, with methods of these names and lengths. */
function impossible(name, length, methods) {
  const { [name]: Class } = {
    [name]: class {
      constructor() {
        throw notImplemented(name);
      }
    },
  };
  Object.defineProperty(Class, "length", { value: length });
  for (const [method, count] of Object.entries(methods)) {
    Object.defineProperty(Class.prototype, method, {
      value: fails(method, count),
      writable: true,
      configurable: true,
    });
  }
  return Class;
}

const Serializer = impossible("Serializer", 0, {
  writeHeader: 0,
  writeValue: 1,
  releaseBuffer: 0,
  transferArrayBuffer: 2,
  writeUint32: 1,
  writeUint64: 2,
  writeDouble: 1,
  writeRawBytes: 1,
  _getDataCloneError: 1,
  _getSharedArrayBufferId: 1,
  _setTreatArrayBufferViewsAsHostObjects: 1,
  _writeHostObject: 1,
});

const Deserializer = impossible("Deserializer", 1, {
  readHeader: 0,
  readValue: 0,
  transferArrayBuffer: 2,
  getWireFormatVersion: 0,
  readUint32: 0,
  readUint64: 0,
  readDouble: 0,
  readRawBytes: 1,
  _readHostObject: 0,
});

class DefaultSerializer extends Serializer {}

class DefaultDeserializer extends Deserializer {
  constructor(buffer) {
    super(buffer);
  }
}

class GCProfiler {
  start() {
    throw notImplemented("GCProfiler.start");
  }

  stop() {
    throw notImplemented("GCProfiler.stop");
  }
}

const zeros = (names) => Object.fromEntries(names.map((name) => [name, 0]));

const cachedDataVersionTag = idle("cachedDataVersionTag", 0, 0);

function getHeapStatistics() {
  return zeros([
    "total_heap_size", "total_heap_size_executable", "total_physical_size", "total_available_size", "used_heap_size",
    "heap_size_limit", "malloced_memory", "peak_malloced_memory", "does_zap_garbage", "number_of_native_contexts",
    "number_of_detached_contexts", "total_global_handles_size", "used_global_handles_size", "external_memory",
    "total_allocated_bytes",
  ]);
}

function getHeapSpaceStatistics() {
  return [];
}

function getHeapCodeStatistics() {
  return zeros([
    "code_and_metadata_size", "bytecode_and_metadata_size", "external_script_source_size",
    "cpu_profiler_metadata_size",
  ]);
}

function getCppHeapStatistics() {
  return {
    ...zeros(["committed_size_bytes", "resident_size_bytes", "used_size_bytes"]),
    space_statistics: [],
    type_names: [],
    detail_level: "detailed",
  };
}

function setFlagsFromString(flags) {
  validateString(flags, "flags");
  throw notImplemented("setFlagsFromString");
}

function queryObjects(constructor) {
  validateFunction(constructor, "constructor");
  throw notImplemented("queryObjects");
}

function setHeapSnapshotNearHeapLimit(limit) {
  validateNumber(limit, "limit");
  throw notImplemented("setHeapSnapshotNearHeapLimit");
}

function isStringOneByteRepresentation(content) {
  validateString(content, "content");
  throw notImplemented("isStringOneByteRepresentation");
}

const getHeapSnapshot = fails("getHeapSnapshot");
const writeHeapSnapshot = fails("writeHeapSnapshot", 1);
const takeCoverage = fails("takeCoverage");
const stopCoverage = fails("stopCoverage");
const serialize = fails("serialize", 1);
const deserialize = fails("deserialize", 1);

const promiseHooks = {
  createHook: fails("promiseHooks.createHook", 1),
  onInit: fails("promiseHooks.onInit", 1),
  onBefore: fails("promiseHooks.onBefore", 1),
  onAfter: fails("promiseHooks.onAfter", 1),
  onSettled: fails("promiseHooks.onSettled", 1),
};

const startupSnapshot = {
  addSerializeCallback: fails("startupSnapshot.addSerializeCallback", 2),
  addDeserializeCallback: fails("startupSnapshot.addDeserializeCallback", 2),
  setDeserializeMainFunction: fails("startupSnapshot.setDeserializeMainFunction", 2),
  isBuildingSnapshot: idle("isBuildingSnapshot", 0, false),
};

export {
  cachedDataVersionTag, DefaultDeserializer, DefaultSerializer, deserialize, Deserializer, GCProfiler,
  getCppHeapStatistics, getHeapCodeStatistics, getHeapSnapshot, getHeapSpaceStatistics, getHeapStatistics,
  isStringOneByteRepresentation, promiseHooks, queryObjects, serialize, Serializer, setFlagsFromString,
  setHeapSnapshotNearHeapLimit, startupSnapshot, stopCoverage, takeCoverage, writeHeapSnapshot,
};
export default {
  cachedDataVersionTag,
  getHeapSnapshot,
  getHeapStatistics,
  getHeapSpaceStatistics,
  getHeapCodeStatistics,
  getCppHeapStatistics,
  setFlagsFromString,
  Serializer,
  Deserializer,
  DefaultSerializer,
  DefaultDeserializer,
  deserialize,
  takeCoverage,
  stopCoverage,
  serialize,
  writeHeapSnapshot,
  promiseHooks,
  queryObjects,
  startupSnapshot,
  setHeapSnapshotNearHeapLimit,
  GCProfiler,
  isStringOneByteRepresentation,
};
