import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'
import { WebSocketServer } from 'ws'
import { startServer } from '../support/server.mjs'
import { AUTH_ACTION, CONNECTION_ACTION, TOPIC, decode, encode } from '../support/wire.mjs'
import { EXPORTS, assertConnected, copyPages } from './support.mjs'

// Node 20 has a WebSocket behind a flag, Node 22 without one.
const HAS_WEBSOCKET = parseInt(process.versions.node) >= 22
const WITH_WEBSOCKET = HAS_WEBSOCKET ? [] : ['--experimental-websocket']
const WITHOUT_WEBSOCKET = HAS_WEBSOCKET ? ['--no-experimental-websocket'] : []
// What others use in Node: with ws, an error event that nobody listens to ends the process.
const WITH_WS = [...WITHOUT_WEBSOCKET, '--require', './ws-as-websocket.cjs']

const ENDS_OF_A_HANGING_ATTEMPT = {
  'close()': { states: ['CLOSING', 'CLOSED'], errors: [] },
  connectTimeout: { states: ['RECONNECTING', 'CLOSING', 'CLOSED'], errors: ['CONNECTION_ERROR'] },
}

let folder, server

before(async () => {
  folder = copyPages('node')
  server = await startServer()
})

after(() => server?.stop())

async function run(flags, script, ...rest) {
  const options = { cwd: folder, timeout: 20_000 }
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, script, ...rest], options)
  return JSON.parse(stdout)
}

for (const script of ['connect.cjs', 'connect.mjs']) {
  test(`a process connects, and ends after close (${script})`, async () => {
    assertConnected(await run(WITH_WEBSOCKET, script, server.url))
  })
}

test('import and require give the same class', async () => {
  const { same, imported, required, defaultIsFunction } = await run([], 'same-class.mjs')
  assert.deepEqual(imported, EXPORTS)
  assert.deepEqual(required, EXPORTS)
  assert.deepEqual(same, EXPORTS)
  assert.equal(defaultIsFunction, true)
})

test('all the default options can be given, without a warning', async () => {
  const { warnings } = await run(WITH_WEBSOCKET, 'default-options.cjs')
  assert.deepEqual(warnings, [])
})

test('with ws as WebSocket a process connects, and ends after close', async () => {
  assertConnected(await run(WITH_WS, 'connect.cjs', server.url))
})

for (const [how, end] of Object.entries(ENDS_OF_A_HANGING_ATTEMPT)) {
  test(`with ws as WebSocket, a process survives an attempt that hangs (${how})`, async () => {
    const silent = createServer().listen(0, '127.0.0.1')
    await once(silent, 'listening')
    try {
      const url = `ws://127.0.0.1:${silent.address().port}`
      assert.deepEqual(await run(WITH_WS, 'hanging.cjs', url, how), end)
    } finally {
      silent.close()
    }
  })
}

test('with ws as WebSocket, short frames that wait for one to be compressed arrive as they were sent', async () => {
  // A fake that takes compressed frames: the real server offers no compression.
  const compressing = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: true })
  await once(compressing, 'listening')
  const received = []
  let closed
  compressing.on('connection', (socket) => {
    closed = once(socket, 'close')
    const answer = (topic, action) => socket.send(encode({ topic, action }))
    socket.on('message', (frame) => {
      const { topic, action, data } = decode(frame)
      if (topic === TOPIC.CONNECTION && action === CONNECTION_ACTION.CHALLENGE) answer(topic, CONNECTION_ACTION.ACCEPT)
      else if (topic === TOPIC.CONNECTION) answer(topic, CONNECTION_ACTION.PONG)
      else if (topic === TOPIC.AUTH) answer(topic, AUTH_ACTION.AUTH_SUCCESSFUL)
      else received.push(data)
    })
  })
  try {
    const url = `ws://127.0.0.1:${compressing.address().port}`
    const { sent } = await run(WITH_WS, 'compressed.cjs', url)
    await closed
    assert.deepEqual(received, sent.map((data) => JSON.stringify(data)))
  } finally {
    compressing.close()
  }
})

test('without WebSocket an import is fine, and making a client says what is missing', async () => {
  const { error } = await run(WITHOUT_WEBSOCKET, 'without-websocket.mjs')
  assert.match(error, /WebSocket.*Node.*22/)
})

test('the .wasm is exported as a file', async () => {
  const path = createRequire(join(folder, 'index.js')).resolve('deepstream-wasm/deepstream_bg.wasm')
  assert.ok(WebAssembly.validate(await readFile(path)))
})
