import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { test } from 'node:test'
import { C } from '../../pkg-template/constants.js'
import { Options } from '../../pkg-template/options.js'

const theirs = createRequire(import.meta.url)('@deepstream/client')

const OWN_EVENTS = ['OUTGOING_QUEUE_FULL', 'DELIVERY_UNCONFIRMED', 'REDIRECT_REFUSED']
const OWN_OPTIONS = [
  'heartbeatTimeoutAction',
  'connectTimeout',
  'authenticationTimeout',
  'maxQueuedMessages',
  'maxQueuedBytes',
]
const REACHED_IN_7_1 = { PATCH_MULTI: 35, 35: 'PATCH_MULTI' }

function without(object, keys) {
  return Object.fromEntries(Object.entries(object).filter(([key]) => !keys.includes(key)))
}

function plain(value) {
  return JSON.parse(JSON.stringify(value))
}

test('C differs from that of the JS client in our additions alone', () => {
  const expected = plain(theirs.C)
  const records = { ...expected.RECORD_ACTION, ...REACHED_IN_7_1 }
  expected.RECORD_ACTION = records
  expected.ACTIONS[C.TOPIC.RECORD] = records

  assert.deepEqual({ ...plain(C), EVENT: without(C.EVENT, OWN_EVENTS) }, expected)
  for (const name of OWN_EVENTS) assert.equal(C.EVENT[name], name)
})

test('the default options differ from those of the JS client in our additions alone', () => {
  const { mergeStrategy: expectedStrategy, ...expected } = theirs.Options
  const { mergeStrategy, ...options } = without(Options, OWN_OPTIONS)

  assert.deepEqual(options, expected)
  const merged = (strategy) => {
    let result
    strategy({ local: 1 }, 1, { remote: 2 }, 2, (...answer) => (result = answer))
    return result
  }
  assert.deepEqual(merged(mergeStrategy), merged(expectedStrategy))
})
