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

// A page that has this file makes a client next, and with it waits for no more than the connection then.
// So the wasm is compiled here, by making one that is never used: engines compile a function when it is
// first called. Where WebAssembly cannot run, whoever makes one is told.
try {
  new DeepstreamClient('ws://localhost', { lazyConnect: true }).close()
} catch {}
