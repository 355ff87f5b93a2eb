// The two that are compared. Each is the file that a page without a bundler loads.

import { readFileSync } from 'node:fs'

const read = (path) => readFileSync(new URL(`../${path}`, import.meta.url))
const { version } = JSON.parse(read('node_modules/@deepstream/client/package.json'))

export const THEIRS = {
  key: 'theirs',
  name: `@deepstream/client ${version}`,
  path: 'node_modules/@deepstream/client/dist/bundle/ds.min.js',
}
export const OURS = {
  key: 'ours',
  name: 'deepstream-wasm',
  path: 'pkg/dist/deepstream.min.js',
}

/** The bytes of a client's script. */
export function scriptOf({ path }) {
  try {
    return read(path)
  } catch {
    throw new Error(`${path} is missing: run 'make build' first`)
  }
}
