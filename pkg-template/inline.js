import { initSync } from '../target/wasm-pack/deepstream.js'
import base64 from '../target/wasm-pack/optimised.wasm'
import { explainingFailure } from './instantiation.js'

let instantiated = false

/** Compiles the wasm that this file carries, once, synchronously. */
export function instantiateInline() {
  if (instantiated) return
  explainingFailure(() => initSync({ module: new WebAssembly.Module(decode(base64)) }))
  instantiated = true
}

function decode(text) {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
}
