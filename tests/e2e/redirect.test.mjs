// What the server may answer to the challenge: go elsewhere, or go away.

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { launchBrowser } from '../support/browser.mjs'
import { assertSchedule, fakeServer, quietFor } from '../support/setting.mjs'

const browser = await launchBrowser()
after(() => browser.close())

const LOGGED_IN = ['AWAITING_CONNECTION', 'CHALLENGING', 'AWAITING_AUTHENTICATION', 'AUTHENTICATING', 'OPEN']
const REDIRECTED = ['AWAITING_CONNECTION', 'CHALLENGING', 'REDIRECTING', ...LOGGED_IN]

async function redirectingPair(t) {
  const target = await fakeServer(t)
  const origin = await fakeServer(t)
  origin.onConnection(async (peer) => {
    await peer.challenge()
    peer.redirect(`${target.url}/elsewhere`)
  })
  target.onConnection((peer) => peer.login())
  return { origin, target }
}

test('a redirect is followed, to the very address that the server named', async (t) => {
  const { origin, target } = await redirectingPair(t)
  const page = await browser.open(t)
  await page.open(origin.url, {}, { name: 'n' })
  assert.deepEqual(page.states, REDIRECTED)
  assert.equal(target.attempts[0].path, '/elsewhere')
  const ended = await (await origin.peer(0)).gone()
  assert.ok(ended, 'the connection to the first server is closed')
})

test('the challenge carries the original address, at the second server too', async (t) => {
  const { origin, target } = await redirectingPair(t)
  const page = await browser.open(t)
  await page.open(origin.url, {}, { name: 'n' })
  for (const server of [origin, target]) {
    const { message } = (await server.peer(0)).received[0]
    assert.equal(message.url, `${origin.url}/deepstream`)
    assert.equal(message.protocolVersion, '0.1a')
    assert.ok(message.sdkType && message.sdkVersion, 'the server counts versions of SDKs by both')
  }
})

test('after a loss the original address is dialed, at once, and its redirect followed again', async (t) => {
  const { origin, target } = await redirectingPair(t)
  const page = await browser.open(t)
  await page.open(origin.url, {}, { name: 'n' })
  page.forget()
  ;(await target.peer(0)).drop()
  await page.state('OPEN')
  assert.deepEqual(page.states, ['RECONNECTING', ...REDIRECTED])
  assert.deepEqual(
    page.of('dial').map(({ args }) => args[1]),
    [`${origin.url}/deepstream`, `${target.url}/elsewhere`],
  )
  assert.equal(origin.peers.length, 2)
})

test('a redirect to a server that is not there counts as an unsuccessful attempt', async (t) => {
  const { origin, target } = await redirectingPair(t)
  target.refuseAll()
  const page = await browser.open(t)
  await page.connect(origin.url, { reconnectIntervalIncrement: 150, maxReconnectAttempts: 2 })
  await page.state('ERROR')
  assert.deepEqual(page.of('MAX_RECONNECTION_ATTEMPTS_REACHED').map(({ args }) => args), [[2]])
  assert.equal(origin.peers.length, 3, 'each attempt begins at the original address')
})

for (const url of ['http://127.0.0.1/deepstream', 'ws://', 'no address at all', '']) {
  test(`a redirect to ${JSON.stringify(url)} is refused and counts as an unsuccessful attempt`, async (t) => {
    const server = await fakeServer(t)
    server.onConnection(async (peer) => {
      await peer.challenge()
      peer.redirect(url)
    })
    const page = await browser.open(t)
    await page.connect(server.url, { reconnectIntervalIncrement: 150, maxReconnectAttempts: 2 })
    await page.state('ERROR')
    const refusals = page.errors.filter(([, event]) => event === 'REDIRECT_REFUSED')
    assert.equal(refusals.length, 3)
    assert.equal(refusals[0][2], 'CONNECTION')
    assert.deepEqual(page.of('MAX_RECONNECTION_ATTEMPTS_REACHED').map(({ args }) => args), [[2]])
    assert.equal(server.attempts.length, 3)
    const lost = page.of('connectionStateChanged').filter(({ args }) => args[0] === 'RECONNECTING')
    const dials = page.of('dial').slice(1)
    assertSchedule(dials.map((dial, n) => dial.at - lost[n].at), [0, 150], 'between refusals')
  })
}

test('two servers that redirect to one another do not make the client spin', async (t) => {
  const one = await fakeServer(t)
  const two = await fakeServer(t)
  for (const [from, to] of [[one, two], [two, one]]) {
    from.onConnection(async (peer) => {
      await peer.challenge()
      peer.redirect(`${to.url}/deepstream`)
    })
  }
  const page = await browser.open(t)
  await page.connect(one.url, { reconnectIntervalIncrement: 100, maxReconnectAttempts: 2 })
  await page.state('ERROR')
  assert.deepEqual(page.of('MAX_RECONNECTION_ATTEMPTS_REACHED').map(({ args }) => args), [[2]])
})

test('a rejected challenge is final: CHALLENGE_DENIED, the login fails, nobody dials again', async (t) => {
  const server = await fakeServer(t)
  server.onConnection(async (peer) => {
    await peer.challenge()
    peer.reject()
  })
  const page = await browser.open(t)
  await page.connect(server.url, { reconnectIntervalIncrement: 50 })
  assert.ok('rejected' in (await page.login({ name: 'n' })))
  assert.deepEqual(page.states, ['AWAITING_CONNECTION', 'CHALLENGING', 'CHALLENGE_DENIED'])
  await (await server.peer(0)).gone()

  await quietFor(300)
  assert.equal(server.attempts.length, 1)
  assert.equal(await page.connectionState(), 'CHALLENGE_DENIED')
  assert.ok('rejected' in (await page.login({ name: 'n' })), 'a login afterwards does not hang')
  assert.deepEqual((await page.error('IS_CLOSED')).args, [undefined, 'IS_CLOSED', 'CONNECTION'])
})
