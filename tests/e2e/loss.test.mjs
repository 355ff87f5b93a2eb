// The real server dies and comes back.

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { launchBrowser } from '../support/browser.mjs'
import { startServer } from '../support/server.mjs'
import { assertNear, realServer } from '../support/setting.mjs'

const browser = await launchBrowser()
after(() => browser.close())

const FAST = { reconnectIntervalIncrement: 100, maxReconnectInterval: 300, maxReconnectAttempts: Infinity }
const USERS = { alice: { password: 'wonder', clientData: { colour: 'blue' } } }
const ALICE = { username: 'alice', password: 'wonder' }
const BACK = [
  'RECONNECTING',
  'AWAITING_CONNECTION',
  'CHALLENGING',
  'AWAITING_AUTHENTICATION',
  'AUTHENTICATING',
  'OPEN',
]

async function restart(t, server, options) {
  const restarted = await startServer({ ...options, port: server.port })
  t.after(() => restarted.kill())
  return restarted
}

for (const end of ['kill', 'stop']) {
  test(`a server ended by ${end} and started again is OPEN again, logged in, without anybody's help`, async (t) => {
    const server = await realServer(t, { users: USERS })
    const page = await browser.open(t)
    await page.open(server.url, FAST, ALICE)
    page.forget()

    await server[end]()
    await page.state('RECONNECTING')
    await restart(t, server, { users: USERS })
    await page.state('OPEN')
    assert.deepEqual(page.states, BACK)
    assert.deepEqual(page.of('clientDataChanged'), [], 'the same data is no change')
    assert.ok(page.errors.every(([, event]) => event === 'CONNECTION_ERROR'))
  })
}

test('a lost connection is dialed again at once', async (t) => {
  const server = await realServer(t)
  const page = await browser.open(t)
  await page.open(server.url, FAST)
  await server.kill()
  const lost = await page.state('RECONNECTING')
  const again = await page.note('dial', { n: 2 })
  assertNear(again.at - lost.at, 0, 'the dial after the loss')
})

test('a server started long after the client is found', async (t) => {
  const server = await startServer()
  await server.kill()
  const page = await browser.open(t)
  await page.connect(server.url, FAST)
  await page.run(() => void client.login())
  await page.note('socket-close', { n: 3 })
  await restart(t, server)
  await page.state('OPEN')
  assert.deepEqual(page.states, BACK)
})

test('changed client data is told after the reconnect', async (t) => {
  const server = await realServer(t, { users: USERS })
  const page = await browser.open(t)
  await page.open(server.url, FAST, ALICE)
  await server.kill()
  await restart(t, server, { users: { alice: { password: 'wonder', clientData: { colour: 'red' } } } })
  await page.note('clientDataChanged', { n: 2 })
  assert.deepEqual(page.of('clientDataChanged').map(({ args }) => args[0]), [{ colour: 'blue' }, { colour: 'red' }])
})

test('credentials that are refused after the reconnect give reauthenticationFailure, and wait for new ones', async (t) => {
  const server = await realServer(t, { users: USERS })
  const page = await browser.open(t)
  await page.open(server.url, FAST, ALICE)
  await server.kill()
  await page.state('RECONNECTING')
  await restart(t, server, { users: { alice: { password: 'changed' } } })
  const { args } = await page.note('reauthenticationFailure')
  assert.deepEqual(args, [{ reason: 'INVALID_AUTHENTICATION_DETAILS' }])
  assert.equal(await page.connectionState(), 'AWAITING_AUTHENTICATION')

  assert.deepEqual(await page.login({ username: 'alice', password: 'changed' }), { resolved: null })
  assert.equal(await page.connectionState(), 'OPEN')
})

test('a server that flaps three times is followed each time', async (t) => {
  let server = await realServer(t)
  const page = await browser.open(t)
  await page.open(server.url, FAST)
  for (let n = 2; n <= 4; n++) {
    await server.kill()
    server = await restart(t, server)
    await page.state('OPEN', { n })
  }
  const unexpected = page.states.filter((state) => state === 'ERROR' || state === 'CLOSED')
  assert.deepEqual(unexpected, [])
})
