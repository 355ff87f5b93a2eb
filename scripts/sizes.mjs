// What a page pays for a file, as it is and in the encodings that it travels in.

import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

export function sizes(bytes) {
  return {
    raw: bytes.length,
    'gzip -9': gzipSync(bytes, { level: 9 }).length,
    'brotli 11': brotliCompressSync(bytes, {
      params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
    }).length,
  }
}
