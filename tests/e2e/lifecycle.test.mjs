// Pages are suspended, go into the back/forward cache, and lose their network: none of it is a miss.

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { launchBrowser } from '../support/browser.mjs'
import { now } from '../support/scripted-server.mjs'
import { assertNear, fakeServer, quietFor } from '../support/setting.mjs'

// Playwright turns the back/forward cache off unless told otherwise.
const browser = await launchBrowser({ ignoreDefaultArgs: ['--disable-back-forward-cache'] })
after(() => browser.close())

// Many heartbeats, and longer than what counts as a timer that is merely late.
const SLEEP = 2_600
const OPTIONS = { heartbeatInterval: 300, reconnectIntervalIncrement: 5_000, maxReconnectAttempts: Infinity }

/** What a page hears when it is frozen and thawed, and when its network goes and comes. */
async function disturb(page) {
  await page.run(() => {
    document.dispatchEvent(new Event('freeze'))
    document.dispatchEvent(new Event('resume'))
    window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))
  })
  await page.context.setOffline(true)
  await page.context.setOffline(false)
}

async function opened(t, options = OPTIONS) {
  const server = await fakeServer(t)
  server.onConnection((peer) => peer.login())
  const page = await browser.open(t)
  await page.open(server.url, options)
  return { server, page, peer: await server.peer(0) }
}

test('a page suspended for many heartbeats missed none: the link is probed at once and stays', async (t) => {
  const { server, page, peer } = await opened(t)
  await peer.ping(1)
  const sent = peer.pings.length
  await browser.suspend(SLEEP)
  const woken = now()
  const probe = await peer.ping(sent + 1)
  assert.ok(probe.at - woken < 200, `probed ${probe.at - woken} ms after waking up`)
  await peer.ping(sent + 3)
  assert.equal(await page.connectionState(), 'OPEN')
  assert.deepEqual(page.errors, [])
  assert.equal(server.attempts.length, 1)
})

test('a server lost while the page was suspended is dialed at once, as a first attempt', async (t) => {
  const { server, page, peer } = await opened(t)
  await peer.ping(1)
  page.forget()
  await browser.suspend(SLEEP, () => peer.drop())
  await page.state('OPEN')
  const lost = page.of('connectionStateChanged')[0]
  assert.equal(lost.args[0], 'RECONNECTING')
  assertNear(page.of('dial')[0].at - lost.at, 0, 'the dial after the loss')
  assert.equal(server.attempts.length, 2)
})

test('a link that died while the page was suspended fails its probe and is made anew, without ERROR', async (t) => {
  const { server, page, peer } = await opened(t)
  await peer.ping(1)
  await browser.suspend(SLEEP, () => peer.stopReading())
  await page.state('OPEN', { n: 2 })
  assert.ok(!page.states.includes('ERROR'))
  assert.equal(server.attempts.length, 2)
})

test('a page that is thawed probes its link at once, long before the next heartbeat', async (t) => {
  const { page, peer } = await opened(t, { heartbeatInterval: 60_000 })
  await page.run(() => document.dispatchEvent(new Event('resume')))
  await peer.ping(1)
  assert.equal(await page.connectionState(), 'OPEN')
})

test('a network that comes back is dialed at once, not when the back-off ends', async (t) => {
  const { server, page } = await opened(t)
  server.refuseAll()
  server.dropAll()
  await page.note('socket-close', { n: 2 })
  const { nextAttemptIn } = await page.info()
  assert.ok(nextAttemptIn > 4_000, `${nextAttemptIn} ms to wait`)
  await page.context.setOffline(true)
  server.acceptAll()
  page.forget()
  const before = await page.run(() => performance.timeOrigin + performance.now())
  await page.context.setOffline(false)
  const dial = await page.note('dial')
  assert.ok(dial.at - before < 500, `dialed after ${dial.at - before} ms`)
  await page.state('OPEN')
})

test('an offline page does not dial on the schedule of the server', async (t) => {
  const { server, page } = await opened(t, { reconnectIntervalIncrement: 50, maxReconnectAttempts: 3 })
  await page.context.setOffline(true)
  await page.run(() => new Promise((resolve) => setTimeout(resolve, 0)))
  server.dropAll()
  await page.state('RECONNECTING')
  await quietFor(1_000)
  assert.equal(await page.connectionState(), 'RECONNECTING', 'the attempts are not used up by a missing network')
  await page.context.setOffline(false)
  await page.state('OPEN', { n: 2 })
})

test('a page that comes out of the back/forward cache is connected again at once', async (t) => {
  const { server, page } = await opened(t)
  await page.run(() => {
    window.addEventListener('pageshow', (event) => recorder.note('pageshow', event.persisted))
  })
  await page.raw.goto('about:blank')
  page.forget()
  await page.raw.goBack({ waitUntil: 'commit' })
  const { args } = await page.note('pageshow')
  assert.deepEqual(args, [true], 'the page was cached')
  await page.state('OPEN')
  assert.equal(server.attempts.length, 2)
})

test('a client that its user has closed is not opened again by the page waking up', async (t) => {
  const { server, page } = await opened(t)
  await page.run(() => client.close())
  await page.state('CLOSED')
  await disturb(page)
  await quietFor(300)
  assert.equal(server.attempts.length, 1)
  assert.equal(await page.connectionState(), 'CLOSED')
})

test('a client that its user has paused is not resumed by the page waking up', async (t) => {
  const { server, page } = await opened(t)
  await page.run(() => client.pause())
  await page.state('OFFLINE')
  await disturb(page)
  await quietFor(300)
  assert.equal(server.attempts.length, 1)
  assert.equal(await page.connectionState(), 'OFFLINE')
})
