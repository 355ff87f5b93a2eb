// Whether the server still answers, and what follows when it does not.

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { launchBrowser } from '../support/browser.mjs'
import { assertNear, assertSchedule, fakeServer, quietFor, realServer } from '../support/setting.mjs'
import { EVENT_ACTION, TOPIC } from '../support/wire.mjs'

const browser = await launchBrowser()
after(() => browser.close())

const INTERVAL = 300
const OPTIONS = { heartbeatInterval: INTERVAL, reconnectIntervalIncrement: 100 }

async function opened(t, answerPing, options = OPTIONS) {
  const server = await fakeServer(t)
  server.onConnection((peer) => {
    peer.answerPing = answerPing
    return peer.login()
  })
  const page = await browser.open(t)
  await page.open(server.url, options)
  const { at: openedAt } = page.of('connectionStateChanged').at(-1)
  return { server, page, peer: await server.peer(0), openedAt }
}

test('while OPEN a small ping goes out each heartbeatInterval', async (t) => {
  const { page, peer, openedAt } = await opened(t, () => true)
  await peer.ping(5)
  const schedule = [1, 2, 3, 4, 5].map((n) => n * INTERVAL)
  assertSchedule(peer.pings.slice(0, 5).map(({ at }) => at - openedAt), schedule, 'pings after OPEN')
  assert.ok(peer.pings.every(({ raw }) => raw.length <= 8), 'a ping is a few bytes')
  assert.equal(await page.connectionState(), 'OPEN')
  const info = await page.info()
  assert.ok(info.heartbeats >= 4 && info.missedHeartbeats === 0)
  assert.ok(info.heartbeatLatency > 0 && info.heartbeatLatency < INTERVAL, `${info.heartbeatLatency} ms`)
})

test('two missed heartbeats in a row give HEARTBEAT_TIMEOUT and ERROR at the third interval', async (t) => {
  const { server, page, peer, openedAt } = await opened(t, () => false)
  const failed = await page.state('ERROR')
  assertNear(failed.at - openedAt, 3 * INTERVAL, 'ERROR after OPEN')
  assert.deepEqual(page.errors, [[undefined, 'HEARTBEAT_TIMEOUT', 'CONNECTION']])
  assertSchedule(peer.pings.map(({ at }) => at - openedAt), [INTERVAL, 2 * INTERVAL], 'pings')
  await peer.gone()

  await quietFor(3 * INTERVAL)
  assert.equal(server.attempts.length, 1, 'ERROR is final')
  assert.equal(await page.connectionState(), 'ERROR')
  assert.equal(page.states.at(-1), 'ERROR')
})

test('a dead link, which would not even close, is ERROR just as soon', async (t) => {
  const { page, peer, openedAt } = await opened(t, () => true)
  peer.stopReading()
  const failed = await page.state('ERROR')
  assertNear(failed.at - openedAt, 3 * INTERVAL, 'ERROR after OPEN')
  assert.deepEqual(page.errors, [[undefined, 'HEARTBEAT_TIMEOUT', 'CONNECTION']])
})

test('one missed heartbeat is forgiven when the next is answered', async (t) => {
  const { page, peer } = await opened(t, (n) => n % 2 === 0)
  await peer.ping(6)
  assert.equal(await page.connectionState(), 'OPEN')
  assert.deepEqual(page.errors, [])
})

test('any message of the server counts as an answer', async (t) => {
  const { page, peer } = await opened(t, () => false)
  for (let n = 1; n <= 5; n++) {
    await peer.ping(n)
    peer.send({ topic: TOPIC.EVENT, action: EVENT_ACTION.EMIT, name: 'news', parsedData: n })
  }
  assert.equal(await page.connectionState(), 'OPEN')
  assert.ok(!page.errors.some(([, event]) => event === 'HEARTBEAT_TIMEOUT'))
})

test('waiting for the user to log in never times out, though the server answers no ping then', async (t) => {
  const server = await realServer(t)
  const page = await browser.open(t)
  await page.connect(server.url, { heartbeatInterval: 100, connectTimeout: 300 })
  await page.state('AWAITING_AUTHENTICATION')
  await quietFor(1_000)
  assert.deepEqual(page.states, ['AWAITING_CONNECTION', 'CHALLENGING', 'AWAITING_AUTHENTICATION'])
  assert.deepEqual(page.errors, [])
  assert.deepEqual(await page.login(), { resolved: null })
})

test('the real server answers heartbeats for as long as the client is logged in', async (t) => {
  const server = await realServer(t)
  const page = await browser.open(t)
  await page.open(server.url, { heartbeatInterval: 50 })
  await quietFor(1_000)
  assert.equal(await page.connectionState(), 'OPEN')
  assert.deepEqual(page.errors, [])
})

test("heartbeatTimeoutAction 'reconnect' reports the timeout and reconnects at once", async (t) => {
  const { server, page, openedAt } = await opened(t, () => false, {
    ...OPTIONS,
    heartbeatTimeoutAction: 'reconnect',
  })
  const lost = await page.state('RECONNECTING')
  assertNear(lost.at - openedAt, 3 * INTERVAL, 'RECONNECTING after OPEN')
  assert.deepEqual(page.errors, [[undefined, 'HEARTBEAT_TIMEOUT', 'CONNECTION']])
  await page.state('OPEN', { n: 2 })
  assertNear(page.of('dial')[1].at - lost.at, 0, 'the first attempt')
  assert.equal(server.attempts.length, 2)
  assert.ok(!page.states.includes('ERROR'))
})

test('heartbeats start over with each connection', async (t) => {
  const { server, page, peer } = await opened(t, () => true)
  await peer.ping(1)
  await quietFor(INTERVAL / 2)
  peer.drop()
  const { at: openedAt } = await page.state('OPEN', { n: 2 })
  const ping = await (await server.peer(1)).ping(1)
  assertNear(ping.at - openedAt, INTERVAL, 'first ping of the second connection')
})
