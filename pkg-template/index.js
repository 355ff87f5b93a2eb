import { defineClient } from './client.js'
import { instantiateInline } from './inline.js'

export { C } from './constants.js'
// The JS client has the one name in its code and the other in its typings.
export { LOCAL_WINS, Options, Options as DefaultOptions, REMOTE_WINS } from './options.js'

export const DeepstreamClient = /* @__PURE__ */ defineClient(instantiateInline)

export function deepstream(url, options) {
  return new DeepstreamClient(url, options)
}

export default deepstream
