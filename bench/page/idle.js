// A client that has many records and nothing to do.

import { fakeRecords, namesOf, open } from './many-records.js'

let wakeUps = 0

/** Called before a client's script is loaded: counts each callback of a timer of the page. */
export function beforeScript() {
  const counting = (callback) => (...args) => {
    wakeUps += 1
    return callback(...args)
  }
  for (const name of TIMERS) {
    const original = globalThis[name]
    globalThis[name] = (callback, ...args) => original.call(globalThis, counting(callback), ...args)
  }
}

/** With the options that a page gets which gives none. */
export async function settle({ server, url }, { count }) {
  fakeRecords(server, namesOf(count), { areKept: false })
  const client = new DeepstreamClient.DeepstreamClient(url)
  await client.login({})
  globalThis.kept = await open(client, namesOf(count), () => {})
}

export const wakeUpsSoFar = () => wakeUps

const TIMERS = ['setTimeout', 'setInterval', 'requestAnimationFrame', 'requestIdleCallback', 'queueMicrotask']
