// What a page pays for a file, as it is and in the encodings that it travels in.

import { execFileSync } from 'node:child_process'
import { brotliCompressSync, constants } from 'node:zlib'

export function sizes(bytes) {
  return {
    raw: bytes.length,
    // The program: Node's zlib is another one, and makes other sizes.
    'gzip -9': execFileSync('gzip', ['-9', '-n', '-c'], { input: bytes }).length,
    'brotli 11': brotliCompressSync(bytes, {
      params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
    }).length,
  }
}
