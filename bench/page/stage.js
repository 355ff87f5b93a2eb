// What the page code of every case has at hand. A case is the same code for each client.

import { FakeServer } from './fake-server.js'

/**
 * Loads a client into this page and performs a part of a case with it.
 * @param {object} plan
 * @param {string} [plan.script] the URL of the client's script
 * @param {string} [plan.url] of the server; absent: the fake one
 * @param {string} plan.module the page code of the case
 * @param {string} plan.part the function in it
 * @param {object} plan.options for that function
 */
export async function perform({ script, url, module, part, options }) {
  const server = url === undefined ? new FakeServer() : null
  server?.install()
  const code = await import(module)
  const stage = { server, url: url ?? 'ws://fake.example', connect, script }
  code.beforeScript?.(stage)
  if (script !== undefined && !code.loadsScript) await loadScript(script)
  return code[part](stage, options)
}

/** A client that is logged in, with options that both clients know. */
async function connect(url, options = {}) {
  const client = new DeepstreamClient.DeepstreamClient(url, {
    // No ping among the frames that are counted.
    heartbeatInterval: 3_600_000,
    // The real server takes longer than the default for the answer to thousands of names.
    subscriptionTimeout: 60_000,
    ...options,
  })
  client.on('error', (...args) => console.error('error event', ...args))
  await client.login({})
  return client
}

export function loadScript(src) {
  return new Promise((resolve, reject) => {
    const element = document.createElement('script')
    element.src = src
    element.onload = resolve
    element.onerror = () => reject(new Error(`cannot load ${src}`))
    document.head.append(element)
  })
}

/**
 * Operations per second, one figure for each sample, after a warm-up.
 * @param {object} work
 * @param {(count: number) => void} [work.prepare] not measured
 * @param {(count: number) => void | Promise<void>} work.run carries out so many operations
 * @param {(count: number) => void} work.verify throws unless they have all been carried out
 * @param {number} [work.atOnce] a sample has a multiple of so many operations
 * @param {number} [work.least] no sample is shorter than so many milliseconds
 * @param {() => number} [work.own] milliseconds that the fake server has taken for itself so far
 */
export async function rates({ prepare = () => {}, run, verify, atOnce = 1_000, least = LEAST, own = () => 0 }) {
  const once = async (count) => {
    prepare(count)
    globalThis.gc?.()
    const [begun, ownBefore] = [performance.now(), own()]
    await run(count)
    const took = performance.now() - begun - (own() - ownBefore)
    verify(count)
    return took
  }
  let count = atOnce
  let took = 0
  for (let warm = 0; warm < WARM_UP || took < least; warm += took) {
    took = await once(count)
    if (took < least) count = Math.ceil((count * Math.min(10, MARGIN * least / took)) / atOnce) * atOnce
  }
  const samples = []
  let measured = 0
  // For `--profile`; without it these do nothing.
  console.profile()
  while (samples.length < SAMPLES && (samples.length < FEWEST || measured < SAMPLES * least)) {
    took = await once(count)
    measured += took
    if (took < least) {
      // It has become quicker since.
      count *= 2
      samples.length = measured = 0
    } else {
      samples.push((count / took) * 1_000)
    }
  }
  console.profileEnd()
  return samples
}

export function check(isTrue, what) {
  if (!isTrue) throw new Error(`not what was measured: ${what}`)
}

const WARM_UP = 1_000
const LEAST = 50
const MARGIN = 1.3
const SAMPLES = 9
// Of those that take long.
const FEWEST = 3
