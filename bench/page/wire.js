// As much of deepstream's binary protocol as a fake server needs, for any topic that a client speaks.

export const TOPIC = { CONNECTION: 2, AUTH: 3, EVENT: 4, RECORD: 5, RPC: 6 }

export const ACTION = {
  [TOPIC.CONNECTION]: { PING: 2, PONG: 3, ACCEPT: 4, CHALLENGE: 5 },
  [TOPIC.AUTH]: { REQUEST: 2, AUTH_SUCCESSFUL: 3 },
  [TOPIC.EVENT]: { EMIT: 2, SUBSCRIBE: 3 },
  [TOPIC.RECORD]: {
    READ: 3,
    READ_RESPONSE: 4,
    HEAD_RESPONSE_BULK: 8,
    PATCH: 19,
    SUBSCRIBEANDHEAD: 21,
    SUBSCRIBECREATEANDREAD: 23,
    UNSUBSCRIBE: 26,
  },
  [TOPIC.RPC]: { REQUEST: 2, ACCEPT: 4, RESPONSE: 5, PROVIDE: 8 },
}

// The numbers of the fields, which differ between topics.
const FIELDS = {
  [TOPIC.CONNECTION]: { action: 1 },
  [TOPIC.AUTH]: { action: 1, data: 2 },
  [TOPIC.EVENT]: { action: 1, data: 2, correlationId: 3, isAck: 5, name: 6, names: 7 },
  [TOPIC.RECORD]: {
    action: 1,
    data: 2,
    correlationId: 3,
    isAck: 5,
    name: 6,
    names: 7,
    isWriteAck: 11,
    path: 12,
    version: 13,
    versions: 14,
  },
  [TOPIC.RPC]: { action: 1, data: 2, correlationId: 3, isAck: 5, names: 6, name: 7 },
}

const NAMES = Object.fromEntries(
  Object.entries(FIELDS).map(([topic, fields]) => [
    topic,
    Object.fromEntries(Object.entries(fields).map(([name, number]) => [number, name])),
  ]),
)

const [VARINT, DELIMITED] = [0, 2]
const [encoder, decoder] = [new TextEncoder(), new TextDecoder()]
const text = (bytes) => decoder.decode(bytes)

/** The bytes of the frame of one message. `fields` in the order of their numbers, as servers write. */
export function encode(topic, fields) {
  const inner = new Writer()
  for (const [name, value] of Object.entries(fields)) inner.field(FIELDS[topic][name], value)
  const envelope = new Writer().field(2, topic).field(3, inner.bytes())
  const frame = new Writer().delimited(envelope.bytes())
  return frame.bytes()
}

/** The same in an `ArrayBuffer` of its own, as a browser hands it to `onmessage`. */
export const encodeBuffer = (topic, fields) => encode(topic, fields).buffer

/** The message of a frame: `topic`, `action`, such of the fields above as it has, and all names. */
export function decode(bytes) {
  const reader = new Reader(bytes)
  reader.varint()
  const message = { topic: 0, names: [] }
  while (!reader.isAtEnd()) {
    const number = reader.varint() >>> 3
    if (number === 2) message.topic = reader.varint()
    else decodeFields(new Reader(reader.delimited()), message)
  }
  return message
}

/** Only the topic and the action of a frame. */
export function kindOf(bytes) {
  const reader = new Reader(bytes)
  // Three lengths, and the keys of the topic, the message, and the action in it.
  const [, , topic, , , , action] = Array.from({ length: 7 }, () => reader.varint())
  return { topic, action }
}

function decodeFields(reader, message) {
  const names = NAMES[message.topic] ?? {}
  while (!reader.isAtEnd()) {
    const key = reader.varint()
    const name = names[key >>> 3]
    const value = (key & 7) === VARINT ? reader.varint() : reader.delimited()
    if (name === 'names') message.names.push(text(value))
    else if (name === 'versions') message.names.push(nameOfVersion(new Reader(value)))
    else if (name !== undefined) message[name] = typeof value === 'number' ? value : text(value)
  }
}

/** Of an entry of the map that `HEAD_RESPONSE_BULK` carries. */
function nameOfVersion(reader) {
  reader.varint()
  return text(reader.delimited())
}

class Writer {
  #bytes = new Uint8Array(128)
  #length = 0

  field(number, value) {
    if (Array.isArray(value)) {
      for (const item of value) this.field(number, item)
    } else if (typeof value === 'number' || typeof value === 'boolean') {
      this.varint((number << 3) | VARINT).varint(Number(value))
    } else if (value instanceof Map) {
      for (const [name, version] of value) {
        this.field(number, new Writer().field(1, name).field(2, version).bytes())
      }
    } else if (value !== undefined) {
      this.varint((number << 3) | DELIMITED)
      this.delimited(typeof value === 'string' ? encoder.encode(value) : value)
    }
    return this
  }

  /** Of whole numbers from 0 on. */
  varint(value) {
    this.#reserve(10)
    let rest = value
    while (rest > 0x7f) {
      this.#bytes[this.#length++] = (rest & 0x7f) | 0x80
      rest = Math.floor(rest / 128)
    }
    this.#bytes[this.#length++] = rest
    return this
  }

  delimited(bytes) {
    this.varint(bytes.length).#reserve(bytes.length)
    this.#bytes.set(bytes, this.#length)
    this.#length += bytes.length
    return this
  }

  bytes() {
    return this.#bytes.slice(0, this.#length)
  }

  #reserve(count) {
    if (this.#length + count <= this.#bytes.length) return
    const larger = new Uint8Array(2 * (this.#length + count))
    larger.set(this.#bytes)
    this.#bytes = larger
  }
}

class Reader {
  #bytes
  #at = 0

  constructor(bytes) {
    this.#bytes = bytes
  }

  isAtEnd() {
    return this.#at >= this.#bytes.length
  }

  varint() {
    let [value, factor, byte] = [0, 1, 0]
    do {
      byte = this.#bytes[this.#at++]
      value += (byte & 0x7f) * factor
      factor *= 128
    } while (byte > 0x7f)
    return value
  }

  delimited() {
    const length = this.varint()
    this.#at += length
    return this.#bytes.subarray(this.#at - length, this.#at)
  }
}
