// A fake: takes the place of `window.WebSocket`, and plays the server behind it, within the page. So
// a client's own work is measured without a network's. Both clients get the same one.

import { ACTION, TOPIC, decode, encodeBuffer } from './wire.js'

const { CONNECTION, AUTH, EVENT, RECORD, RPC } = TOPIC
const [CONNECTING, OPEN, CLOSING, CLOSED] = [0, 1, 2, 3]
// Nothing else that a client sends is as short.
const PING_LENGTH = 7
// More than any frame that is sent while frames are but counted.
const LARGEST_COUNTED = 64 * 1024

export class FakeServer {
  /** The version of a record, and the frame that answers who reads it. */
  readRecord = (name) => ({ version: 1, frame: readResponse(name, 1, '{}') })
  /** Called with each message, but those that are only counted. */
  onMessage = () => {}
  /** Frames that were only counted, and their bytes. */
  frames = 0
  bytes = 0
  /** What the fake itself took for messages that it has answered. */
  ownMilliseconds = 0
  #socket = null
  #isCounting = false
  #awaited = { frames: Infinity, arrived: () => {} }
  #last = new Uint8Array(LARGEST_COUNTED)
  #lastLength = 0
  #replies = []
  #task = new MessageChannel()

  constructor() {
    this.#task.port1.onmessage = () => {
      const replies = this.#replies
      this.#replies = []
      for (const reply of replies) {
        if (typeof reply === 'function') reply()
        else this.deliver(reply)
      }
    }
  }

  /** To be called before a client's script is loaded: it may keep what it finds there. */
  install() {
    const server = this
    globalThis.WebSocket = class FakeWebSocket {
      static CONNECTING = CONNECTING
      static OPEN = OPEN
      static CLOSING = CLOSING
      static CLOSED = CLOSED
      readyState = CONNECTING
      bufferedAmount = 0
      binaryType = 'blob'
      onopen = null
      onmessage = null
      onerror = null
      onclose = null

      constructor(url) {
        this.url = url
        setTimeout(() => server.#accept(this), 0)
      }

      send(data) {
        if (this === server.#socket) server.#take(data)
      }

      close() {
        if (this.readyState >= CLOSING) return
        this.readyState = CLOSING
        setTimeout(() => server.#end(this, 1000), 0)
      }
    }
  }

  /** From now on frames are counted, and neither read nor answered. */
  count() {
    this.#isCounting = true
    this.frames = 0
    this.bytes = 0
  }

  /** Waits until so many have been counted. */
  counted(frames) {
    if (this.frames >= frames) return undefined
    return new Promise((arrived) => (this.#awaited = { frames, arrived }))
  }

  /** The last frame that was counted, as a message. */
  lastMessage() {
    return decode(this.#last.slice(0, this.#lastLength))
  }

  /** From now on frames are read and answered. */
  answer() {
    this.#isCounting = false
  }

  /** Hands the client a frame, an `ArrayBuffer`, now. */
  deliver(frame) {
    this.#socket?.onmessage({ data: frame })
  }

  /**
   * Hands the client a frame in a task of its own, behind those that wait already. A function is
   * called when it is its turn.
   */
  reply(reply) {
    if (this.#replies.push(reply) === 1) this.#task.port2.postMessage(null)
  }

  /** Whether nobody waits for an answer. */
  isAtRest() {
    return this.#replies.length === 0
  }

  /** The connection breaks; the next attempt is accepted. */
  drop() {
    this.#end(this.#socket, 1006)
  }

  #accept(socket) {
    if (socket.readyState !== CONNECTING) return
    this.#socket = socket
    socket.readyState = OPEN
    socket.onopen?.({ type: 'open' })
  }

  #end(socket, code) {
    if (socket.readyState === CLOSED) return
    socket.readyState = CLOSED
    if (socket === this.#socket) this.#socket = null
    this.#replies = []
    socket.onclose?.({ type: 'close', code, reason: '', wasClean: code === 1000 })
  }

  #take(data) {
    const bytes = ArrayBuffer.isView(data)
      ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
      : new Uint8Array(data)
    if (!this.#isCounting || bytes.length === PING_LENGTH) return this.#read(bytes)
    // A socket copies what it is given before `send` returns, so that it may be written over.
    this.#last.set(bytes)
    this.#lastLength = bytes.length
    this.bytes += bytes.length
    if (++this.frames === this.#awaited.frames) this.#awaited.arrived()
  }

  #read(bytes) {
    const begun = performance.now()
    const message = decode(bytes)
    this.#answer(message)
    this.ownMilliseconds += performance.now() - begun
    this.onMessage(message)
  }

  #answer(message) {
    const { topic, action, name, names, correlationId, data } = message
    const is = (otherTopic, word) => topic === otherTopic && action === ACTION[otherTopic][word]
    const reply = (word, fields) =>
      this.reply(encodeBuffer(topic, { action: ACTION[topic][word], ...fields }))
    if (is(RPC, 'REQUEST')) {
      reply('ACCEPT', { correlationId, name })
      reply('RESPONSE', { data, correlationId, name })
    } else if (is(CONNECTION, 'CHALLENGE')) {
      reply('ACCEPT')
    } else if (is(CONNECTION, 'PING')) {
      reply('PONG')
    } else if (is(AUTH, 'REQUEST')) {
      reply('AUTH_SUCCESSFUL')
    } else if (is(RECORD, 'SUBSCRIBECREATEANDREAD')) {
      this.#acknowledge(message)
      for (const each of names) this.reply(this.readRecord(each).frame)
    } else if (is(RECORD, 'SUBSCRIBEANDHEAD')) {
      const versions = names.map((each) => [each, this.readRecord(each).version])
      reply('HEAD_RESPONSE_BULK', { versions: new Map(versions) })
      this.#acknowledge(message)
    } else if (is(RECORD, 'READ')) {
      this.reply(this.readRecord(name).frame)
    } else if (topic === EVENT || topic === RECORD || topic === RPC) {
      this.#acknowledge(message)
    }
  }

  #acknowledge({ topic, action, correlationId }) {
    this.reply(encodeBuffer(topic, { action, correlationId, isAck: true }))
  }
}

/** The frame that answers who reads a record. `data` is JSON. */
export function readResponse(name, version, data) {
  return encodeBuffer(RECORD, { action: ACTION[RECORD].READ_RESPONSE, data, name, version })
}
