// node:zlib (https://nodejs.org/docs/latest/api/zlib.html).

import { op_zlib_crc32 } from "holdfast:ops";
import { validateUint32 } from "./internal/validators.js";
import { codes, constants } from "./internal/zlib/constants.js";
import { callbackFunction, syncFunction, toBytes } from "./internal/zlib/once.js";
import {
  BrotliCompress, BrotliDecompress, Deflate, DeflateRaw, Gunzip, Gzip, Inflate, InflateRaw, Unzip, ZstdCompress,
  ZstdDecompress,
} from "./internal/zlib/streams.js";

/** The CRC-32 of data, which may go on from the checksum of what comes before it. */
export function crc32(data, value = 0) {
  validateUint32(value, "value");
  return op_zlib_crc32(toBytes(data, "crc32"), value);
}

export {
  BrotliCompress, BrotliDecompress, codes, constants, Deflate, DeflateRaw, Gunzip, Gzip, Inflate, InflateRaw, Unzip,
  ZstdCompress, ZstdDecompress,
};

export function createGzip(options) {
  return new Gzip(options);
}

export function createGunzip(options) {
  return new Gunzip(options);
}

export function createDeflate(options) {
  return new Deflate(options);
}

export function createDeflateRaw(options) {
  return new DeflateRaw(options);
}

export function createInflate(options) {
  return new Inflate(options);
}

export function createInflateRaw(options) {
  return new InflateRaw(options);
}

export function createUnzip(options) {
  return new Unzip(options);
}

export function createBrotliCompress(options) {
  return new BrotliCompress(options);
}

export function createBrotliDecompress(options) {
  return new BrotliDecompress(options);
}

export function createZstdCompress(options) {
  return new ZstdCompress(options);
}

export function createZstdDecompress(options) {
  return new ZstdDecompress(options);
}

export const inflate = callbackFunction("inflate", constants.INFLATE, Inflate);
export const inflateSync = syncFunction("inflate", constants.INFLATE, Inflate);
export const deflate = callbackFunction("deflate", constants.DEFLATE, Deflate);
export const deflateSync = syncFunction("deflate", constants.DEFLATE, Deflate);
export const inflateRaw = callbackFunction("inflateRaw", constants.INFLATERAW, InflateRaw);
export const inflateRawSync = syncFunction("inflateRaw", constants.INFLATERAW, InflateRaw);
export const deflateRaw = callbackFunction("deflateRaw", constants.DEFLATERAW, DeflateRaw);
export const deflateRawSync = syncFunction("deflateRaw", constants.DEFLATERAW, DeflateRaw);
export const gzip = callbackFunction("gzip", constants.GZIP, Gzip);
export const gzipSync = syncFunction("gzip", constants.GZIP, Gzip);
export const gunzip = callbackFunction("gunzip", constants.GUNZIP, Gunzip);
export const gunzipSync = syncFunction("gunzip", constants.GUNZIP, Gunzip);
export const unzip = callbackFunction("unzip", constants.UNZIP, Unzip);
export const unzipSync = syncFunction("unzip", constants.UNZIP, Unzip);
export const brotliDecompress = callbackFunction("brotliDecompress", constants.BROTLI_DECODE, BrotliDecompress);
export const brotliDecompressSync = syncFunction("brotliDecompress", constants.BROTLI_DECODE, BrotliDecompress);
export const brotliCompress = callbackFunction("brotliCompress", constants.BROTLI_ENCODE, BrotliCompress);
export const brotliCompressSync = syncFunction("brotliCompress", constants.BROTLI_ENCODE, BrotliCompress);
export const zstdCompress = callbackFunction("zstdCompress", constants.ZSTD_ENCODE, ZstdCompress);
export const zstdCompressSync = syncFunction("zstdCompress", constants.ZSTD_ENCODE, ZstdCompress);
export const zstdDecompress = callbackFunction("zstdDecompress", constants.ZSTD_DECODE, ZstdDecompress);
export const zstdDecompressSync = syncFunction("zstdDecompress", constants.ZSTD_DECODE, ZstdDecompress);

export const {
  Z_NO_FLUSH, Z_PARTIAL_FLUSH, Z_SYNC_FLUSH, Z_FULL_FLUSH, Z_FINISH, Z_BLOCK, Z_OK, Z_STREAM_END, Z_NEED_DICT,
  Z_ERRNO, Z_STREAM_ERROR, Z_DATA_ERROR, Z_MEM_ERROR, Z_BUF_ERROR, Z_VERSION_ERROR, Z_NO_COMPRESSION, Z_BEST_SPEED,
  Z_BEST_COMPRESSION, Z_DEFAULT_COMPRESSION, Z_FILTERED, Z_HUFFMAN_ONLY, Z_RLE, Z_FIXED, Z_DEFAULT_STRATEGY,
  ZLIB_VERNUM, DEFLATE, INFLATE, GZIP, GUNZIP, DEFLATERAW, INFLATERAW, UNZIP, BROTLI_DECODE, BROTLI_ENCODE,
  Z_MIN_WINDOWBITS, Z_MAX_WINDOWBITS, Z_DEFAULT_WINDOWBITS, Z_MIN_CHUNK, Z_MAX_CHUNK, Z_DEFAULT_CHUNK,
  Z_MIN_MEMLEVEL, Z_MAX_MEMLEVEL, Z_DEFAULT_MEMLEVEL, Z_MIN_LEVEL, Z_MAX_LEVEL, Z_DEFAULT_LEVEL,
  BROTLI_OPERATION_PROCESS, BROTLI_OPERATION_FLUSH, BROTLI_OPERATION_FINISH, BROTLI_OPERATION_EMIT_METADATA,
  BROTLI_PARAM_MODE, BROTLI_MODE_GENERIC, BROTLI_MODE_TEXT, BROTLI_MODE_FONT, BROTLI_DEFAULT_MODE,
  BROTLI_PARAM_QUALITY, BROTLI_MIN_QUALITY, BROTLI_MAX_QUALITY, BROTLI_DEFAULT_QUALITY, BROTLI_PARAM_LGWIN,
  BROTLI_MIN_WINDOW_BITS, BROTLI_MAX_WINDOW_BITS, BROTLI_LARGE_MAX_WINDOW_BITS, BROTLI_DEFAULT_WINDOW,
  BROTLI_PARAM_LGBLOCK, BROTLI_MIN_INPUT_BLOCK_BITS, BROTLI_MAX_INPUT_BLOCK_BITS,
  BROTLI_PARAM_DISABLE_LITERAL_CONTEXT_MODELING, BROTLI_PARAM_LARGE_WINDOW, BROTLI_PARAM_NPOSTFIX,
  BROTLI_PARAM_NDIRECT, BROTLI_DECODER_RESULT_ERROR, BROTLI_DECODER_RESULT_SUCCESS,
  BROTLI_DECODER_RESULT_NEEDS_MORE_INPUT, BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT,
  BROTLI_DECODER_PARAM_DISABLE_RING_BUFFER_REALLOCATION, BROTLI_DECODER_PARAM_LARGE_WINDOW, BROTLI_DECODER_NO_ERROR,
  BROTLI_DECODER_SUCCESS, BROTLI_DECODER_NEEDS_MORE_INPUT, BROTLI_DECODER_NEEDS_MORE_OUTPUT,
  BROTLI_DECODER_ERROR_FORMAT_EXUBERANT_NIBBLE, BROTLI_DECODER_ERROR_FORMAT_RESERVED,
  BROTLI_DECODER_ERROR_FORMAT_EXUBERANT_META_NIBBLE, BROTLI_DECODER_ERROR_FORMAT_SIMPLE_HUFFMAN_ALPHABET,
  BROTLI_DECODER_ERROR_FORMAT_SIMPLE_HUFFMAN_SAME, BROTLI_DECODER_ERROR_FORMAT_CL_SPACE,
  BROTLI_DECODER_ERROR_FORMAT_HUFFMAN_SPACE, BROTLI_DECODER_ERROR_FORMAT_CONTEXT_MAP_REPEAT,
  BROTLI_DECODER_ERROR_FORMAT_BLOCK_LENGTH_1, BROTLI_DECODER_ERROR_FORMAT_BLOCK_LENGTH_2,
  BROTLI_DECODER_ERROR_FORMAT_TRANSFORM, BROTLI_DECODER_ERROR_FORMAT_DICTIONARY,
  BROTLI_DECODER_ERROR_FORMAT_WINDOW_BITS, BROTLI_DECODER_ERROR_FORMAT_PADDING_1,
  BROTLI_DECODER_ERROR_FORMAT_PADDING_2, BROTLI_DECODER_ERROR_FORMAT_DISTANCE,
  BROTLI_DECODER_ERROR_DICTIONARY_NOT_SET, BROTLI_DECODER_ERROR_INVALID_ARGUMENTS,
  BROTLI_DECODER_ERROR_ALLOC_CONTEXT_MODES, BROTLI_DECODER_ERROR_ALLOC_TREE_GROUPS,
  BROTLI_DECODER_ERROR_ALLOC_CONTEXT_MAP, BROTLI_DECODER_ERROR_ALLOC_RING_BUFFER_1,
  BROTLI_DECODER_ERROR_ALLOC_RING_BUFFER_2, BROTLI_DECODER_ERROR_ALLOC_BLOCK_TYPE_TREES,
  BROTLI_DECODER_ERROR_UNREACHABLE, ZSTD_ENCODE, ZSTD_DECODE, ZSTD_COMPRESS, ZSTD_DECOMPRESS, ZSTD_error_no_error,
  ZSTD_error_GENERIC, ZSTD_error_prefix_unknown, ZSTD_error_version_unsupported,
  ZSTD_error_frameParameter_unsupported, ZSTD_error_frameParameter_windowTooLarge, ZSTD_error_corruption_detected,
  ZSTD_error_checksum_wrong, ZSTD_error_literals_headerWrong, ZSTD_error_dictionary_corrupted,
  ZSTD_error_dictionary_wrong, ZSTD_error_dictionaryCreation_failed, ZSTD_error_parameter_unsupported,
  ZSTD_error_parameter_combination_unsupported, ZSTD_error_parameter_outOfBound, ZSTD_error_tableLog_tooLarge,
  ZSTD_error_maxSymbolValue_tooLarge, ZSTD_error_maxSymbolValue_tooSmall, ZSTD_error_stabilityCondition_notRespected,
  ZSTD_error_stage_wrong, ZSTD_error_init_missing, ZSTD_error_memory_allocation, ZSTD_error_workSpace_tooSmall,
  ZSTD_error_dstSize_tooSmall, ZSTD_error_srcSize_wrong, ZSTD_error_dstBuffer_null,
  ZSTD_error_noForwardProgress_destFull, ZSTD_error_noForwardProgress_inputEmpty,
} = constants;

export default {
  crc32,
  codes,
  constants,
  ...constants,
  Gzip,
  Gunzip,
  Deflate,
  DeflateRaw,
  Inflate,
  InflateRaw,
  Unzip,
  BrotliCompress,
  BrotliDecompress,
  ZstdCompress,
  ZstdDecompress,
  createGzip,
  createGunzip,
  createDeflate,
  createDeflateRaw,
  createInflate,
  createInflateRaw,
  createUnzip,
  createBrotliCompress,
  createBrotliDecompress,
  createZstdCompress,
  createZstdDecompress,
  inflate,
  inflateSync,
  deflate,
  deflateSync,
  inflateRaw,
  inflateRawSync,
  deflateRaw,
  deflateRawSync,
  gzip,
  gzipSync,
  gunzip,
  gunzipSync,
  unzip,
  unzipSync,
  brotliDecompress,
  brotliDecompressSync,
  brotliCompress,
  brotliCompressSync,
  zstdCompress,
  zstdCompressSync,
  zstdDecompress,
  zstdDecompressSync,
};
