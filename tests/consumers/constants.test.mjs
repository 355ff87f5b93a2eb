import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { test } from 'node:test'
import { C } from '../../pkg-template/constants.js'
import { LOCAL_WINS, Options, REMOTE_WINS } from '../../pkg-template/options.js'

const require = createRequire(import.meta.url)
const theirs = require('@deepstream/client')
/** Which its users can't import: it is not what the package exports. */
const theirStrategies = require('@deepstream/client/dist/src/record/merge-strategy')

const OWN_EVENTS = [
  'OUTGOING_QUEUE_FULL',
  'DELIVERY_UNCONFIRMED',
  'MESSAGE_TOO_LARGE',
  'REDIRECT_REFUSED',
  'STORAGE_ERROR',
]
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
  const { mergeStrategy: _, ...expected } = theirs.Options
  const { mergeStrategy, ...options } = without(Options, OWN_OPTIONS)

  assert.deepEqual(options, expected)
  assert.equal(mergeStrategy, REMOTE_WINS)
})

for (const [name, strategy] of Object.entries({ LOCAL_WINS, REMOTE_WINS })) {
  test(`${name} decides as that of the JS client does`, () => {
    const merged = (decide) => {
      const answers = []
      decide({ local: 1 }, 1, { remote: 2 }, 2, (...answer) => answers.push(answer))
      return answers
    }
    assert.deepEqual(merged(strategy), merged(theirStrategies[name]))
  })
}
