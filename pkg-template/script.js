import { C, DeepstreamClient, LOCAL_WINS, Options, REMOTE_WINS, deepstream } from './index.js'

// The JS client's global is a module object, while many pages write `new DeepstreamClient(url)`:
// a class with the module's members serves both. `globalThis` is there in workers too.
globalThis.DeepstreamClient = Object.assign(DeepstreamClient, {
  DeepstreamClient,
  C,
  LOCAL_WINS,
  Options,
  REMOTE_WINS,
  deepstream,
})
globalThis.deepstream = Object.assign(deepstream, { LOCAL_WINS, REMOTE_WINS })
