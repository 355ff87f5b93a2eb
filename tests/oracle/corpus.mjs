// Messages of every topic, action and field, always the same ones for a seed.

import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)
export const official = require('@deepstream/protobuf/dist/generated/protobuf.js')
export const constants = require('@deepstream/protobuf/dist/types/all.js')

const data = { data: 'json' }
const flags = { isError: 'bool', isAck: 'bool' }
const original = { originalTOPIC: 'topic', originalAction: 'int' }

// The schema's field names; the action, which all have, aside.
export const topics = [
  {
    topic: constants.TOPIC.PARSER,
    type: official.ParserMessage,
    actions: constants.PARSER_ACTION,
    fields: { ...data, ...original }
  },
  {
    topic: constants.TOPIC.CONNECTION,
    type: official.ConnectionMessage,
    actions: constants.CONNECTION_ACTION,
    fields: {
      ...data,
      ...flags,
      url: 'text',
      protocolVersion: 'text',
      sdkVersion: 'text',
      sdkType: 'text'
    }
  },
  {
    topic: constants.TOPIC.AUTH,
    type: official.AuthMessage,
    actions: constants.AUTH_ACTION,
    fields: { ...data, ...flags }
  },
  {
    topic: constants.TOPIC.EVENT,
    type: official.EventMessage,
    actions: constants.EVENT_ACTION,
    fields: {
      ...data,
      ...flags,
      ...original,
      correlationId: 'text',
      name: 'text',
      names: 'texts',
      subscription: 'text'
    }
  },
  {
    topic: constants.TOPIC.RECORD,
    type: official.RecordMessage,
    // Known since 1.1.0, which encodes it as 1.0.9 does.
    actions: { ...constants.RECORD_ACTION, PATCH_MULTI: 35 },
    fields: {
      ...data,
      ...flags,
      correlationId: 'text',
      name: 'text',
      names: 'texts',
      pattern: 'text',
      subscription: 'text',
      originalAction: 'int',
      isWriteAck: 'bool',
      path: 'text',
      version: 'int',
      versions: 'map'
    }
  },
  {
    topic: constants.TOPIC.RPC,
    type: official.RpcMessage,
    actions: constants.RPC_ACTION,
    fields: {
      ...data,
      ...flags,
      correlationId: 'text',
      name: 'text',
      names: 'texts',
      originalAction: 'int',
      requestorName: 'text',
      requestorData: 'value'
    }
  },
  {
    topic: constants.TOPIC.PRESENCE,
    type: official.PresenceMessage,
    actions: constants.PRESENCE_ACTION,
    fields: {
      ...data,
      ...flags,
      ...original,
      correlationId: 'text',
      name: 'text',
      names: 'texts'
    }
  },
  {
    topic: constants.TOPIC.MONITORING,
    type: official.MonitoringMessage,
    // The official enumeration is empty, but numbers are carried.
    actions: { A: 0, B: 1, C: 300, D: -1 },
    fields: { ...data, ...flags, correlationId: 'text' }
  },
  {
    topic: constants.TOPIC.CLUSTER,
    type: official.ClusterMessage,
    actions: constants.CLUSTER_ACTION,
    fields: { ...data, ...flags, leaderScore: 'int', role: 'text' }
  },
  {
    topic: constants.TOPIC.LOCK,
    type: official.LockMessage,
    actions: constants.LOCK_ACTION,
    fields: { locked: 'bool' }
  },
  {
    topic: constants.TOPIC.STATE_REGISTRY,
    type: official.StateMessage,
    actions: constants.STATE_ACTION,
    fields: {
      ...data,
      isError: 'bool',
      checksum: 'int',
      fullState: 'texts',
      serverName: 'text',
      registryTOPIC: 'int'
    }
  }
]

const values = {
  text: ['', 'a', 'user/42', 'a.*', '"\\\n\u0001', 'ümläut', '日本', '😀\u2028', 'x'.repeat(127),
    'x'.repeat(128), 'é'.repeat(8200)],
  json: ['null', 'true', '0', '""', '"a\\n"', '"\\ud800"', '{"a":[1,true,null]}', ' [ 1 ] ',
    '[{"path":"a","data":1},{"path":"b"}]', JSON.stringify('😀'.repeat(100)), '', 'not json'],
  // The server has a value of these, not a text; so a text that is none never comes up.
  value: ['null', 'true', '""', '"a\\n"', '"\\ud800"', '{"role":["x"]}', '[1.5]'],
  bool: [false, true],
  int: [0, 1, -1, 127, 128, 300, 65536, 2147483647, -2147483648],
  topic: Object.values(constants.TOPIC).filter(Number.isInteger),
  texts: [['a'], [''], ['a', 'a', ''], ['r1', 'ü', '😀'], Array.from({ length: 40 }, (_, i) => `r${i}`)],
  map: [{ r1: 3, r2: -1 }, { '': 0 }, { 10: 2147483647, 9: 0, b: -2147483648 }, { ['é'.repeat(70)]: 1 }]
}

export function numbers (enumeration) {
  return Object.entries(enumeration).filter(([, number]) => Number.isInteger(number))
}

/** Every message of the corpus, with its topic's entry: `{ entry, message }`. */
export function * corpus (seed = 1) {
  const random = randomFrom(seed)
  const pick = (list) => list[Math.floor(random() * list.length)]
  for (const entry of topics) {
    const fields = Object.entries(entry.fields)
    const actions = numbers(entry.actions).map(([, number]) => number)
    for (const action of actions) {
      yield { entry, message: { action } }
      yield {
        entry,
        message: { action, ...Object.fromEntries(fields.map(([name, kind]) => [name, pick(values[kind])])) }
      }
      for (let i = 0; i < 20; i++) {
        const some = fields.filter(() => random() < 0.4)
        yield {
          entry,
          message: { action, ...Object.fromEntries(some.map(([name, kind]) => [name, pick(values[kind])])) }
        }
      }
    }
    for (const [name, kind] of fields) {
      for (const value of values[kind]) {
        yield { entry, message: { action: pick(actions), [name]: value } }
      }
    }
  }
}

/** The frame that the official encoder makes. */
export function encode ({ topic, type }, message) {
  return frame(topic, type.encode(message).finish())
}

export function frame (topic, message) {
  return Buffer.from(official.Message.encodeDelimited({ topic, message }).finish())
}

/** What the official decoder reads, without the empty lists that it adds. */
export function decode ({ topic, type }, bytes) {
  const envelope = official.Message.decodeDelimited(bytes)
  if (envelope.topic !== topic) throw new Error(`topic ${envelope.topic} instead of ${topic}`)
  return plain({ ...type.decode(envelope.message) })
}

export function plain (message) {
  return Object.fromEntries(
    Object.entries(message).filter(([, value]) => typeof value !== 'object' || Object.keys(value).length > 0)
  )
}

/** mulberry32 */
function randomFrom (seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}
