import { defineClient } from './client.js'
import { instantiateInline } from './inline.js'

export { C } from './constants.js'
// The JS client has the one name in its code and the other in its typings.
export { Options, Options as DefaultOptions } from './options.js'

export const DeepstreamClient = /* @__PURE__ */ defineClient(instantiateInline)

export function deepstream(url, options) {
  return new DeepstreamClient(url, options)
}

export default deepstream
