// A server that is there but says nothing: every wait for it has an end.

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { launchBrowser } from '../support/browser.mjs'
import { assertNear, fakeServer } from '../support/setting.mjs'

const browser = await launchBrowser()
after(() => browser.close())

const LIMIT = 400
const OPTIONS = { reconnectIntervalIncrement: 100, maxReconnectAttempts: 2 }

test('a connection attempt that hangs without an answer is given up after connectTimeout', async (t) => {
  const server = await fakeServer(t)
  server.onAttempt((n) => (n === 0 ? 'hang' : 'accept'))
  server.onConnection((peer) => peer.login())
  const page = await browser.open(t)
  await page.connect(server.url, { ...OPTIONS, connectTimeout: LIMIT })
  await page.run(() => void client.login())
  await page.state('OPEN')
  const [first, second] = page.of('dial')
  assertNear(second.at - first.at, LIMIT, 'the second dial after the first')
  assert.equal(page.states[0], 'RECONNECTING')
})

test('attempts that all hang use up maxReconnectAttempts and end in ERROR', async (t) => {
  const server = await fakeServer(t)
  server.onAttempt(() => 'hang')
  const page = await browser.open(t)
  await page.connect(server.url, { ...OPTIONS, connectTimeout: 150 })
  await page.state('ERROR')
  assert.deepEqual(page.of('MAX_RECONNECTION_ATTEMPTS_REACHED').map(({ args }) => args), [[2]])
  assert.equal(page.of('dial').length, 3)
})

const SILENCES = {
  'the challenge': {
    script: async (peer) => void (await peer.challenge()),
    state: 'CHALLENGING',
    option: 'connectTimeout',
  },
  'the login': {
    script: async (peer) => {
      await peer.challenge()
      peer.accept()
      await peer.authRequest()
    },
    state: 'AUTHENTICATING',
    option: 'authenticationTimeout',
  },
}

for (const [what, { script, state, option }] of Object.entries(SILENCES)) {
  test(`a server that never answers ${what} is given up after ${option}`, async (t) => {
    const server = await fakeServer(t)
    server.onConnection((peer, n) => (n === 0 ? script(peer) : peer.login()))
    const page = await browser.open(t)
    await page.connect(server.url, { ...OPTIONS, [option]: LIMIT })
    await page.run(() => void client.login())
    await page.state('OPEN')
    const waiting = page.of('connectionStateChanged').find(({ args }) => args[0] === state)
    const lost = page.of('connectionStateChanged').find(({ args }) => args[0] === 'RECONNECTING')
    assertNear(lost.at - waiting.at, LIMIT, `RECONNECTING after ${state}`)
    assertNear(page.of('dial')[1].at - lost.at, 0, 'the next attempt')
  })

  test(`a server that never answers ${what} uses up maxReconnectAttempts`, async (t) => {
    const server = await fakeServer(t)
    server.onConnection(async (peer) => script(peer))
    const page = await browser.open(t)
    await page.connect(server.url, { ...OPTIONS, [option]: 150 })
    await page.run(() => void client.login().catch(() => {}))
    await page.state('ERROR')
    assert.deepEqual(page.of('MAX_RECONNECTION_ATTEMPTS_REACHED').map(({ args }) => args), [[2]])
    assert.equal(server.attempts.length, 3)
  })
}

test('connectTimeout is 10 seconds unless told otherwise', async (t) => {
  const server = await fakeServer(t)
  server.onAttempt(() => 'hang')
  const page = await browser.open(t, { clock: true })
  await page.connect(server.url)
  await server.attempt(0)
  await page.raw.clock.runFor(9_000)
  assert.equal(page.of('dial').length, 1)
  await page.raw.clock.runFor(1_000)
  await page.note('dial', { n: 2 })
})

test('an address that the page may not connect to fails at once, not after connectTimeout', async (t) => {
  const policy = `<meta http-equiv="Content-Security-Policy" content="connect-src 'none'">`
  const html = `<!doctype html><meta charset="utf-8">${policy}
    <script src="/tests/support/recorder.js"></script><script src="/pkg/dist/deepstream.min.js"></script>`
  const page = await browser.open(t, { html })
  await page.connect('ws://127.0.0.1:1', OPTIONS)
  await page.state('ERROR', { limit: 2_000 })
  assert.deepEqual(page.states, ['RECONNECTING', 'ERROR'])
  assert.equal(page.of('dial').length, 3)
})
