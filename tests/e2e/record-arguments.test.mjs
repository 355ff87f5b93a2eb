// Wrong arguments of everything about records: each combination is given to the official client, too, and
// throws the same here. Both are paused, so that the server does not matter.

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
  handler: {
    getRecord: 1,
    getList: 1,
    getDq: 1,
    snapshot: 2,
    has: 2,
    head: 2,
    setData: 4,
    setDataWithAck: 4,
    listen: 2,
    unlisten: 1,
    setMergeStrategy: 2,
    delete: 2,
  },
  getRecord: {
    get: 1,
    set: 4,
    setWithAck: 4,
    erase: 1,
    eraseWithAck: 2,
    subscribe: 3,
    unsubscribe: 2,
  },
  getList: {
    setEntries: 2,
    setEntriesWithAck: 2,
    addEntry: 3,
    removeEntry: 3,
    subscribe: 3,
    unsubscribe: 2,
  },
  getDq: {
    setEntries: 1,
    setEntriesWithAck: 2,
    push: 1,
    unshift: 1,
    insertEntry: 2,
    removeEntry: 2,
    subscribe: 3,
    unsubscribe: 2,
  },
}

/** Calls each method with each combination of arguments. Runs in Node and, by its source, in a page. */
async function tryAll(client, methods) {
  const kinds = {
    undefined,
    null: null,
    "''": '',
    "'name'": 'name',
    "'first'": 'first',
    0: 0,
    5: 5,
    true: true,
    '{}': {},
    '[]': [],
    "['name']": ['name'],
    '() => {}': () => {},
  }
  // Where the official client takes anything for a callback, and fails later.
  const unchecked = { setEntries: 1, setEntriesWithAck: 1, addEntry: 2, removeEntry: 2, eraseWithAck: 1 }
  const few = ['undefined', "'name'", '{}', '() => {}']
  const lists = (length, kinds) =>
    length === 0 ? [[]] : lists(length - 1, kinds).flatMap((list) => kinds.map((kind) => [...list, kind]))
  const { warn, trace } = console
  console.warn = console.trace = () => {}
  const outcomes = {}
  let opened = 0
  for (const [opener, most] of Object.entries(methods)) {
    for (const [method, count] of Object.entries(most)) {
      // Fewer arguments are another call, where a method counts them.
      const calls = Array.from({ length: count + 1 }, (_, length) =>
        lists(length, length > 2 ? few : Object.keys(kinds))).flat()
      let it = client.record
      if (opener !== 'handler') {
        it = client.record[opener](`${opener} ${++opened}`)
        await new Promise((resolve) => it.whenReady(() => resolve()))
      }
      for (const list of calls) {
        if (!['undefined', '() => {}', undefined].includes(list[unchecked[method]])) continue
        if (opener === 'getRecord') it.set({ name: { a: 1 }, first: 1 })
        if (opener === 'getList' || opener === 'getDq') it.setEntries(['first', 'name', 'other'])
        const call = `${opener}: ${method}(${list.join(', ')})`
        try {
          const returned = it[method](...list.map((kind) => kinds[kind]))
          const kind = returned instanceof Promise ? 'Promise' : typeof returned
          outcomes[call] = returned === undefined ? 'returns' : method === 'get' ? JSON.stringify(returned) : `returns ${kind}`
          if (kind === 'Promise') {
            const later = new Promise((resolve) => setTimeout(resolve))
            const error = await Promise.race([returned.then(() => {}, (error) => error), later])
            if (error instanceof Error) outcomes[call] = `rejects with ${error.constructor.name}: ${error.message}`
          }
          if (method === 'listen') client.record.unlisten('name')
          if (method === 'listen') client.record.unlisten('first')
        } catch (error) {
          outcomes[call] = `${error.constructor.name}: ${error.message}`
        }
      }
    }
  }
  Object.assign(console, { warn, trace })
  return outcomes
}

test('every combination of arguments does what it does with the official client', async (t) => {
  const page = await browser.open(t)
  await page.open(shared.url, PROMPT)
  await page.run(() => client.pause())
  await page.state('OFFLINE')
  const peer = await jsClient(t, shared.url)
  peer.pause()
  await page.run(`(${tryAll})(client, ${JSON.stringify(METHODS)}).then((outcomes) => (window.outcomes = outcomes), (error) => (window.outcomes = String(error.stack))), undefined`)
  const there = await tryAll(peer, METHODS)
  const here = await page.run(() => new Promise((resolve) => {
    const look = () => (window.outcomes ? resolve(outcomes) : setTimeout(look, 20))
    look()
  }))
  const different = Object.entries(there).filter(([call, outcome]) => !isAllowed(call, outcome, here[call]))
  assert.deepEqual(different.map(([call, there]) => `${call} | ${there} | ${here[call]}`), [])
  const messages = Object.values(here).filter((outcome) => outcome.startsWith('Error'))
  assert.deepEqual([...new Set(messages)].toSorted(), MESSAGES)
})

/** Where the official client takes what it can do nothing with, or falls over it, this one says so. */
const STRICTER = {
  get: ['Error: invalid argument path'],
  setMergeStrategy: ['Error: invalid argument name'],
  eraseWithAck: ['Error: invalid argument path', 'Error: Invalid set callback argument'],
  addEntry: ['Error: Index must be a number'],
  removeEntry: ['Error: Entry must be a recordName', 'Error: Index must be a number', 'Error: invalid argument entry'],
  insertEntry: ['Error: Index must be a number', 'Error: invalid argument entry'],
  push: ['Error: invalid argument entry'],
  unshift: ['Error: invalid argument entry'],
  subscribe: ['Error: invalid argument callback'],
}

function isAllowed(call, there, here) {
  if (there === here) return true
  const [, kind, method] = /^(\w+): (\w+)/.exec(call)
  // Of a list there is only the whole, and an empty path is the whole.
  if (kind !== 'getRecord' && method.endsWith('subscribe') && there === 'Error: invalid argument path') return true
  if (STRICTER[method]?.includes(here)) return true
  // What stands where an index may be counts only if it is a number.
  if (call.startsWith('getDq: removeEntry') && there === 'Error: no entry removed') return here === 'returns'
  return there.startsWith('TypeError') && here === 'returns'
}

const MESSAGES = [
  'Error: Delete is not yet supported without use of a Record',
  'Error: Entry must be a recordName',
  'Error: Index must be a number',
  'Error: Index must be within current entries',
  'Error: Invalid merge strategy: Must be a Function',
  'Error: Invalid set arguments',
  'Error: Invalid set callback argument',
  'Error: Invalid set path argument',
  'Error: Position must be "first" or "last" element',
  'Error: entries must be an array',
  'Error: entries must be an array of record names',
  'Error: invalid argument callback',
  'Error: invalid argument entry',
  'Error: invalid argument name',
  'Error: invalid argument path',
  'Error: invalid argument pattern',
  'Error: invalid argument: callback',
  'Error: invalid argument: data must be an object when no path is provided',
  'Error: invalid argument: name',
  'Error: invalid argument: recordName must be an non empty string',
  'Error: invalid arguments, scalar values cannot be set without path',
  'Error: no entry removed',
  'Error: path is not supported for List.subscribe',
  'Error: path is not supported for List.unsubscribe',
  'Error: unable to erase record data without path, consider using `delete`',
]
