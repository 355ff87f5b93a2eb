// Wrong arguments of events, RPC and presence: each combination is given to the official client, too,
// and throws the same here.

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { launchBrowser } from '../support/browser.mjs'
import { PROMPT, jsClient } from '../support/peer.mjs'
import { startServer } from '../support/server.mjs'

const browser = await launchBrowser()
const shared = await startServer()
after(() => Promise.all([browser.close(), shared.kill()]))

/** How many arguments of each method are tried; every one of them may be of any kind. */
const METHODS = {
  'event.subscribe': 2,
  'event.unsubscribe': 2,
  'event.emit': 1,
  'event.listen': 2,
  'event.unlisten': 1,
  'rpc.provide': 2,
  'rpc.unprovide': 1,
  'rpc.make': 3,
  'presence.subscribe': 2,
  'presence.unsubscribe': 2,
  'presence.getAll': 2,
}

/** Calls each method with each combination of arguments. Runs in Node and, by its source, in a page. */
function tryAll(client, methods) {
  const kinds = {
    undefined,
    null: null,
    "''": '',
    "'name'": 'name',
    "new String('name')": new String('name'),
    0: 0,
    5: 5,
    NaN: NaN,
    '10n': 10n,
    true: true,
    false: false,
    'Symbol()': Symbol(),
    '{}': {},
    '[]': [],
    "['name']": ['name'],
    '() => {}': () => {},
  }
  const lists = (length) =>
    length === 0 ? [[]] : lists(length - 1).flatMap((list) => Object.keys(kinds).map((kind) => [...list, kind]))
  const warn = console.warn
  console.warn = () => {}
  const outcomes = {}
  for (const [method, most] of Object.entries(methods)) {
    const [part, name] = method.split('.')
    // Fewer arguments are another call, where a method counts them.
    for (const list of Array.from({ length: most + 1 }, (_, length) => lists(length)).flat()) {
      // What has no text as JSON is another matter.
      if (method === 'rpc.make' && list[1] === '10n') continue
      const call = `${method}(${list.join(', ')})`
      try {
        const returned = client[part][name](...list.map((kind) => kinds[kind]))
        returned?.catch?.(() => {})
        outcomes[call] = returned === undefined ? 'returns' : `returns ${returned.constructor.name}`
        if (method === 'rpc.provide') client.rpc.unprovide(list[0] === "'name'" ? 'name' : 'other')
        if (method === 'event.listen') client.event.unlisten('name')
      } catch (error) {
        outcomes[call] = `${error.constructor.name}: ${error.message}`
      }
    }
  }
  console.warn = warn
  return outcomes
}

test('every combination of arguments does what it does with the official client', async (t) => {
  const page = await browser.open(t)
  await page.open(shared.url, PROMPT)
  const peer = await jsClient(t, shared.url)
  const here = await page.run(`(${tryAll})(client, ${JSON.stringify(METHODS)})`)
  const there = tryAll(peer, METHODS)
  const different = Object.entries(there).filter(([call, outcome]) => here[call] !== outcome)
  assert.deepEqual(different.map(([call, there]) => ({ call, there, here: here[call] })), [])
  assert.deepEqual([...new Set(Object.values(here))].toSorted(), [
    'Error: invalid argument callback',
    'Error: invalid argument name',
    'Error: invalid argument pattern',
    'Error: invalid argument: "callback"',
    'Error: invalid argument: "user" or "callback"',
    'Error: invalid argument: "users" or "callback"',
    'Error: invalid arguments: "user" or "callback"',
    'returns',
    'returns Promise',
  ])
})

/** What each call throws, in a page or in Node: calls that are made with a client in a state of its own. */
const CALLS = [
  (client) => {
    client.rpc.provide('provided', () => {})
    client.rpc.provide('provided', () => {})
  },
  // The name is looked at first, then whether it is provided, then the callback.
  (client) => client.rpc.provide('provided'),
  (client) => client.rpc.provide(''),
]

test('an RPC that is provided already is refused in the order in which the official client looks', async (t) => {
  const page = await browser.open(t)
  await page.open(shared.url, PROMPT)
  const peer = await jsClient(t, shared.url)
  const thrownBy = (call, client) => {
    try {
      call(client)
    } catch (error) {
      return `${error.constructor.name}: ${error.message}`
    }
  }
  for (const call of CALLS) {
    const there = thrownBy(call, peer)
    assert.ok(there)
    assert.equal(await page.run(`(${thrownBy})(${call}, client)`), there)
  }
})

test('where the official client throws though nothing is wrong, or is silent though something is', async (t) => {
  const page = await browser.open(t)
  await page.open(shared.url, PROMPT)
  const thrown = await page.run(() => {
    const one = () => {}
    client.presence.subscribe('user', one)
    client.presence.subscribe('user', () => {})
    // There it removes the callback and throws.
    client.presence.unsubscribe('user', one)
    const messages = []
    for (const users of [[5], ['user', null], [undefined]]) {
      try {
        client.presence.getAll(users).catch(() => {})
      } catch (error) {
        messages.push(error.message)
      }
    }
    return messages
  })
  assert.deepEqual(thrown, Array(3).fill('invalid argument: "users"'))
})
