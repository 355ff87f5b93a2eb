// Frames as the official encoder writes them and the official decoder reads them, so that neither
// the client under test nor these helpers judge the wire by their own understanding of it.

import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)
const { getMessage } = require('@deepstream/protobuf/dist/src/message-builder')
const { parse, parseData } = require('@deepstream/protobuf/dist/src/message-parser')

export const {
  TOPIC,
  CONNECTION_ACTION,
  AUTH_ACTION,
  EVENT_ACTION,
  RECORD_ACTION,
  RPC_ACTION,
  PRESENCE_ACTION,
} = require('@deepstream/protobuf/dist/types/all')

const ACTIONS = {
  [TOPIC.CONNECTION]: CONNECTION_ACTION,
  [TOPIC.AUTH]: AUTH_ACTION,
  [TOPIC.EVENT]: EVENT_ACTION,
  [TOPIC.RPC]: RPC_ACTION,
  [TOPIC.PRESENCE]: PRESENCE_ACTION,
}

/** The bytes of one WebSocket frame. The copy is there because the encoder adds `data` to its argument. */
export const encode = (message) => getMessage({ ...message }, false)

/** One message as a plain object; bytes that are none come back as `{ topic: PARSER }`. */
export function decode(frame) {
  const [message] = parse(frame)
  parseData(message)
  return { ...message }
}

/** The word for an action, to read in a failing test: `CONNECTION/PING`. */
export const nameOf = ({ topic, action }) => `${TOPIC[topic] ?? topic}/${ACTIONS[topic]?.[action] ?? action}`
