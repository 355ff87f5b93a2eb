// A headless Chromium that is spoken to in DevTools' own protocol. A library that drives pages has
// itself be told of each frame of their sockets, which costs more than what is measured here.

import { spawn } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { WebSocket } from 'ws'
import { ARGUMENTS, EXECUTABLE } from '../tests/support/chromium.mjs'

const FLAGS = [
  '--headless',
  '--remote-debugging-port=0',
  '--no-default-browser-check',
  '--disable-extensions',
  '--disable-background-timer-throttling',
  '--disable-backgrounding-occluded-windows',
  '--disable-renderer-backgrounding',
  // So that the garbage of one sample is not collected within the next.
  '--js-flags=--expose-gc',
]
const LISTENING = /^DevTools listening on (ws:.+)$/

export async function launchChromium() {
  const profile = await mkdtemp(join(tmpdir(), 'bench-'))
  const child = spawn(EXECUTABLE, [...ARGUMENTS, ...FLAGS, `--user-data-dir=${profile}`, 'about:blank'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const exited = once(child, 'exit')
  const kill = () => child.kill()
  process.on('exit', kill)
  const url = await new Promise((resolve, reject) => {
    createInterface(child.stderr).on('line', (line) => {
      const listening = LISTENING.exec(line)
      if (listening) resolve(listening[1])
    })
    exited.then(([code]) => reject(new Error(`${EXECUTABLE} ended with ${code}`)), reject)
  })
  const connection = await connect(url)
  const browser = connection.session()
  const { product } = await browser.send('Browser.getVersion')
  return {
    version: product.split('/').at(-1),
    browser,
    /** A blank page in a context of its own, and what closes both. */
    async open() {
      const { browserContextId } = await browser.send('Target.createBrowserContext')
      const { targetId } = await browser.send('Target.createTarget', { url: 'about:blank', browserContextId })
      const { sessionId } = await browser.send('Target.attachToTarget', { targetId, flatten: true })
      const close = () => browser.send('Target.disposeBrowserContext', { browserContextId })
      return { cdp: connection.session(sessionId), close }
    },
    async close() {
      await browser.send('Browser.close').catch(() => {})
      await exited
      process.off('exit', kill)
      // Some of its processes may be at their last writes.
      await rm(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
    },
  }
}

async function connect(url) {
  const socket = new WebSocket(url, { perMessageDeflate: false, maxPayload: 0 })
  await once(socket, 'open')
  const [sessions, answers] = [new Map(), new Map()]
  let last = 0
  socket.on('message', (text) => {
    const { id, sessionId, method, params, result, error } = JSON.parse(text)
    if (method !== undefined) return sessions.get(sessionId)?.emit(method, params)
    const { resolve, reject } = answers.get(id)
    answers.delete(id)
    if (error) reject(new Error(`${error.message} ${error.data ?? ''}`))
    else resolve(result)
  })
  socket.on('close', () => {
    for (const { reject } of answers.values()) reject(new Error('Chromium is gone'))
  })
  return {
    session(sessionId) {
      const session = new EventEmitter()
      session.send = (method, params = {}) =>
        new Promise((resolve, reject) => {
          const id = ++last
          answers.set(id, { resolve, reject })
          socket.send(JSON.stringify({ id, sessionId, method, params }))
        })
      sessions.set(sessionId, session)
      return session
    },
  }
}
