// The official client in Node: whom the client under test talks to, through the real server.

import { createRequire } from 'node:module'

const { DeepstreamClient } = createRequire(import.meta.url)('@deepstream/client')

const WAIT_LIMIT = 10_000

/** A client of the official package, logged in, for the duration of the test `t`. */
export async function jsClient(t, url, { username = 'peer', ...options } = {}) {
  const client = new DeepstreamClient(url, {
    subscriptionInterval: 0,
    nativeTimerRegistry: true,
    reconnectIntervalIncrement: 100,
    maxReconnectInterval: 300,
    maxReconnectAttempts: Infinity,
    ...options,
  })
  t.after(() => client.close())
  await client.login({ username })
  return client
}

/** The server works in order: what it answers now, it answers after all that it was sent before. */
export const settled = (client) => client.record.has('anything')

/** The same for the client of a page, whose `subscriptionInterval` is 0. */
export const pageSettled = (page) => page.run(() => client.presence.getAll().then(() => {}))

/** Options of a page's client that subscribes at once and is soon back after a loss. */
export const PROMPT = {
  subscriptionInterval: 0,
  reconnectIntervalIncrement: 100,
  maxReconnectInterval: 300,
  maxReconnectAttempts: Infinity,
}

/** What arrives in Node, in order. */
export class Inbox {
  received = []
  #waiting = new Set()

  /** To be given as a callback: keeps its first argument. */
  put = (item) => {
    this.received.push(item)
    for (const look of this.#waiting) look()
  }

  /** Waits until so many have arrived, and returns them all. */
  async has(count) {
    let timer, look
    try {
      await new Promise((resolve, reject) => {
        look = () => this.received.length >= count && resolve()
        this.#waiting.add(look)
        timer = setTimeout(
          () => reject(new Error(`${this.received.length} of ${count} arrived within ${WAIT_LIMIT} ms`)),
          WAIT_LIMIT,
        )
        look()
      })
    } finally {
      clearTimeout(timer)
      this.#waiting.delete(look)
    }
    return this.received
  }
}

/**
 * Every kind of value that an application may send, and some that only look like it. To be called in
 * Node and, by its source, in a page.
 */
export function sampleValues() {
  return [
    undefined,
    null,
    true,
    false,
    0,
    -0,
    -1.5,
    0.1,
    1e21,
    5e-324,
    2 ** 53,
    NaN,
    Infinity,
    '',
    'text',
    'ünï \u{1F600} 漢字',
    'line\u2028 and paragraph\u2029',
    'a "quoted" \\ text\n\t\b',
    'a NUL \0 and a bell \x07',
    'half a pair \ud83d',
    'null',
    '{"a":1}',
    [],
    {},
    [[], [null, [undefined]], { a: [] }],
    { a: { b: { c: [1, { d: 'e' }] } }, '': 0, 'with space': 1, ünï: 2, gone: undefined },
    JSON.parse('{"__proto__":{"a":1},"constructor":2,"toString":3,"hasOwnProperty":4}'),
    new Date(0),
    { toJSON: () => 'made by toJSON' },
    'x'.repeat(500_000),
    Array.from({ length: 1_000 }, (_, n) => ({ n, text: `${n}` })),
  ]
}

/** A value as a text that tells all values apart which differ on the wire. */
export const asText = (value) => (value === undefined ? 'undefined' : JSON.stringify(value))

/** The texts of what arrives where `sampleValues()` are sent. */
export const SAMPLE_TEXTS = sampleValues().map(asText)

/** Gives a page `values` and `asText`. */
export const bringValues = (page) =>
  page.run(`(window.values = (${sampleValues})(), window.asText = ${asText}, undefined)`)

/** Names that an application may choose. */
export const NAMES = [
  'a b  c',
  'ünï/\u{1F600}/漢字',
  'line\nbreak "quoted" \\',
  '__proto__',
  'constructor',
  '%2F?&#',
  'x'.repeat(1_024),
]
