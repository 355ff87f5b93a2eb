import { C, DeepstreamClient, Options, deepstream } from './index.js'

// The JS client's global is a module object, while many pages write `new DeepstreamClient(url)`:
// a class with the module's members serves both. `globalThis` is there in workers too.
globalThis.DeepstreamClient = Object.assign(DeepstreamClient, {
  DeepstreamClient,
  C,
  Options,
  deepstream,
})
globalThis.deepstream = deepstream
