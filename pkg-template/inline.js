import { initSync } from '../target/wasm-pack/short.js'
import wasm from '../target/wasm-pack/optimised.wasm'
import { explainingFailure } from './instantiation.js'
import { decode } from './wasm-text.js'

let instantiated = false

/** Compiles the wasm that this file carries, once, synchronously. */
export function instantiateInline() {
  if (instantiated) return
  explainingFailure(() => initSync({ module: new WebAssembly.Module(decode(wasm)) }))
  instantiated = true
  // As large as the wasm itself.
  wasm.text = ''
}
