import start from '../target/wasm-pack/short.js'
import { defineClient } from './client.js'
import { explained } from './instantiation.js'

export { C } from './constants.js'
export { LOCAL_WINS, Options, Options as DefaultOptions, REMOTE_WINS } from './options.js'

let ready = false

/** Fetches and compiles the wasm: from beside this file, or from what is given. */
export async function init(moduleOrUrl) {
  try {
    await start({ module_or_path: moduleOrUrl })
  } catch (error) {
    throw explained(error)
  }
  ready = true
}

export const DeepstreamClient = /* @__PURE__ */ defineClient(() => {
  if (!ready) throw new Error('deepstream-wasm/web: `await init()` before making a client.')
})

export function deepstream(url, options) {
  return new DeepstreamClient(url, options)
}

export default init
