// A fake deepstream server: a WebSocket endpoint that does what a script tells it, for everything the
// real server cannot be made to do (redirect, reject, fall silent, send garbage, hang, drop).
// Scripts read as stories:
//
//   const server = await startScriptedServer()
//   server.onConnection(async (peer) => {
//     await peer.challenge()
//     peer.redirect(other.url)
//   })
//
// A peer whose script has ended stays connected, answers pings (see `answerPing`) and records.

import { EventEmitter, once } from 'node:events'
import { createServer } from 'node:http'
import { WebSocketServer } from 'ws'
import { AUTH_ACTION, CONNECTION_ACTION, TOPIC, decode, encode, nameOf } from './wire.mjs'

const HOST = '127.0.0.1'
const WAIT_LIMIT = 10_000

/** Milliseconds since the epoch with fractions: comparable with the times a page reports. */
export const now = () => performance.timeOrigin + performance.now()

export async function startScriptedServer({ port = 0 } = {}) {
  const server = new ScriptedServer()
  await server.listen(port)
  return server
}

class ScriptedServer extends EventEmitter {
  /** Every connection attempt that reached the upgrade request: `{ at, index, path, outcome }`. */
  attempts = []
  /** Every peer that was accepted, in order. */
  peers = []
  #script = async () => {}
  #decide = () => 'accept'
  #failures = []
  #http = createServer((request, response) => response.writeHead(426).end())
  #webSockets = new WebSocketServer({ noServer: true, maxPayload: 64 * 1024 * 1024 })
  #sockets = new Set()

  async listen(port) {
    this.setMaxListeners(0)
    this.#http.on('connection', (socket) => {
      this.#sockets.add(socket)
      socket.on('error', () => {})
      socket.once('close', () => this.#sockets.delete(socket))
    })
    this.#http.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head))
    this.#http.listen(port, HOST)
    await once(this.#http, 'listening')
    // A hook of a test that fails keeps later hooks, and so `close`, from running.
    this.#http.unref()
    this.port = this.#http.address().port
    this.url = `ws://${HOST}:${this.port}`
  }

  /** What each accepted connection lives through. Replaces the script before it. */
  onConnection(script) {
    this.#script = script
    return this
  }

  /**
   * What becomes of the n-th attempt (from 0): 'accept', 'refuse' (the TCP connection ends without an
   * answer) or 'hang' (TCP stands, the upgrade is never answered).
   */
  onAttempt(decide) {
    this.#decide = decide
    return this
  }

  refuseAll() {
    return this.onAttempt(() => 'refuse')
  }

  acceptAll() {
    return this.onAttempt(() => 'accept')
  }

  /** The n-th attempt (from 0), waited for when it has not been made yet. */
  attempt(n) {
    return this.#nth(this.attempts, 'attempt', n)
  }

  /** The n-th accepted connection (from 0). */
  peer(n) {
    return this.#nth(this.peers, 'peer', n)
  }

  /** Ends every connection and reports what went wrong inside a script. */
  async close() {
    for (const socket of this.#sockets) socket.destroy()
    this.#http.close()
    this.#http.closeAllConnections()
    if (this.#failures.length > 0) throw new AggregateError(this.#failures, 'a script of the fake server failed')
  }

  /** Ends every connection at once, as the death of the process would, and goes on listening. */
  dropAll() {
    for (const socket of this.#sockets) socket.destroy()
  }

  #upgrade(request, socket, head) {
    const index = this.attempts.length
    const outcome = this.#decide(index)
    const attempt = { at: now(), index, path: request.url, outcome }
    this.attempts.push(attempt)
    this.emit('attempt', attempt)
    if (outcome === 'refuse') {
      socket.destroy()
    } else if (outcome === 'accept') {
      this.#webSockets.handleUpgrade(request, socket, head, (webSocket) => this.#accept(webSocket, attempt))
    }
  }

  #accept(webSocket, attempt) {
    const peer = new Peer(webSocket, attempt, this.peers.length)
    this.peers.push(peer)
    this.emit('peer', peer)
    Promise.resolve(this.#script(peer, peer.index)).catch((error) => {
      if (!(error instanceof PeerGone)) this.#failures.push(error)
    })
  }

  async #nth(list, event, n) {
    const signal = AbortSignal.timeout(WAIT_LIMIT)
    while (list.length <= n) {
      await once(this, event, { signal }).catch(() => {
        throw new Error(`waited ${WAIT_LIMIT} ms for ${event} ${n}; there were ${list.length}`)
      })
    }
    return list[n]
  }
}

/** The client went while a script was waiting for it: the end of most stories, and no failure. */
class PeerGone extends Error {}

class Peer extends EventEmitter {
  /** Every frame from the client: `{ at, message, name, raw }`. */
  received = []
  /** Called with the number of the ping (from 1); true answers it. */
  answerPing = () => true
  /** `{ at, code, reason }` once the connection has ended. */
  ended = null
  #socket
  #unread = []

  constructor(socket, attempt, index) {
    super()
    this.setMaxListeners(0)
    this.attempt = attempt
    this.index = index
    this.openedAt = now()
    this.#socket = socket
    socket.on('message', (raw, isBinary) => this.#onFrame(raw, isBinary))
    socket.on('error', () => {})
    socket.once('close', (code, reason) => {
      this.ended = { at: now(), code, reason: String(reason) }
      this.emit('end')
    })
  }

  get isOpen() {
    return this.ended === null
  }

  get pings() {
    return this.received.filter(({ name }) => name === 'CONNECTION/PING')
  }

  /** Waits for the CHALLENGE and returns it. */
  challenge() {
    return this.next('CONNECTION/CHALLENGE')
  }

  accept() {
    this.#connection('ACCEPT')
  }

  reject() {
    this.#connection('REJECT')
  }

  redirect(url) {
    this.#connection('REDIRECT', { url })
  }

  authenticationTimeout() {
    this.#connection('AUTHENTICATION_TIMEOUT')
  }

  pong() {
    this.#connection('PONG')
  }

  /** Waits for a login and returns its details. */
  async authRequest() {
    return (await this.next('AUTH/REQUEST')).parsedData
  }

  authSuccessful(data) {
    this.#auth('AUTH_SUCCESSFUL', data)
  }

  authUnsuccessful(reason) {
    this.#auth('AUTH_UNSUCCESSFUL', reason)
  }

  tooManyAuthAttempts() {
    this.#auth('TOO_MANY_AUTH_ATTEMPTS')
  }

  /** The whole of a good login. Returns its details. */
  async login(data) {
    await this.challenge()
    this.accept()
    const details = await this.authRequest()
    this.authSuccessful(data)
    return details
  }

  /** The next message of this name that no earlier call has taken; others wait for theirs. */
  async next(name) {
    const signal = AbortSignal.timeout(WAIT_LIMIT)
    for (;;) {
      const at = this.#unread.findIndex((frame) => frame.name === name)
      if (at >= 0) return this.#unread.splice(at, 1)[0].message
      if (!this.isOpen) throw new PeerGone(`the client went before it sent ${name}`)
      await Promise.race([once(this, 'frame', { signal }), once(this, 'end', { signal })]).catch(() => {
        const names = this.received.map((frame) => frame.name).join(', ')
        throw new Error(`waited ${WAIT_LIMIT} ms for ${name}; received: ${names || 'nothing'}`)
      })
    }
  }

  /** The n-th ping (from 1). */
  async ping(n) {
    const signal = AbortSignal.timeout(WAIT_LIMIT)
    while (this.pings.length < n) {
      if (!this.isOpen) throw new PeerGone(`the client went before ping ${n}`)
      await Promise.race([once(this, 'frame', { signal }), once(this, 'end', { signal })]).catch(() => {
        throw new Error(`waited ${WAIT_LIMIT} ms for ping ${n}; there were ${this.pings.length}`)
      })
    }
    return this.pings[n - 1]
  }

  /** Waits for the end of the connection. */
  async gone() {
    if (this.isOpen) {
      await once(this, 'end', { signal: AbortSignal.timeout(WAIT_LIMIT) }).catch(() => {
        throw new Error(`the client was still connected after ${WAIT_LIMIT} ms`)
      })
    }
    return this.ended
  }

  send(message) {
    this.sendRaw(encode(message))
  }

  /** A Buffer goes as a binary frame, a string as a text frame. */
  sendRaw(frame) {
    if (this.isOpen) this.#socket.send(frame)
  }

  /** Ends the TCP connection without a WebSocket close frame. */
  drop() {
    this.#socket.terminate()
  }

  close(code = 1000, reason = '') {
    this.#socket.close(code, reason)
  }

  /** From here on neither data, nor pings, nor a close frame of the client are seen: a dead link. */
  stopReading() {
    this.#socket.pause()
  }

  #onFrame(raw, isBinary) {
    const message = isBinary ? decode(raw) : { text: String(raw) }
    const frame = { at: now(), message, name: isBinary ? nameOf(message) : 'TEXT', raw }
    this.received.push(frame)
    this.#unread.push(frame)
    this.emit('frame', frame)
    if (frame.name === 'CONNECTION/PING' && this.answerPing(this.pings.length)) this.pong()
  }

  #connection(action, fields) {
    this.send({ topic: TOPIC.CONNECTION, action: CONNECTION_ACTION[action], ...fields })
  }

  #auth(action, parsedData) {
    this.send({ topic: TOPIC.AUTH, action: AUTH_ACTION[action], parsedData })
  }
}
