// pause(), resume() and close() from each state that a client can be in.

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { launchBrowser } from '../support/browser.mjs'
import { fakeServer, quietFor } from '../support/setting.mjs'

const browser = await launchBrowser()
after(() => browser.close())

const OPTIONS = { reconnectIntervalIncrement: 200, maxReconnectAttempts: Infinity }
const BACK = [
  'RECONNECTING',
  'AWAITING_CONNECTION',
  'CHALLENGING',
  'AWAITING_AUTHENTICATION',
  'AUTHENTICATING',
  'OPEN',
]

const silent = async () => {}
const login = (page) => page.run(() => void client.login({ name: 'n' }).catch(() => {}))
const lost = async (page, server) => {
  await login(page)
  await page.state('OPEN')
  server.refuseAll()
  server.dropAll()
  await page.note('socket-close', { n: 3 })
}

/** How to bring a client into each state: what the server does, and what the page. */
const STATES = {
  // The documented name of the first state, in which the socket is still connecting.
  CLOSED: { attempt: 'hang', reach: (page, server) => server.attempt(0) },
  CHALLENGING: { script: silent, reach: (page) => page.state('CHALLENGING') },
  AWAITING_AUTHENTICATION: { reach: (page) => page.state('AWAITING_AUTHENTICATION') },
  AUTHENTICATING: {
    script: async (peer) => {
      await peer.challenge()
      peer.accept()
    },
    reach: async (page) => {
      await login(page)
      await page.state('AUTHENTICATING')
    },
  },
  OPEN: {
    reach: async (page) => {
      await login(page)
      await page.state('OPEN')
    },
  },
  // Between two attempts, waiting for the next one to be due.
  RECONNECTING: { reach: lost },
  REDIRECTING: {
    script: async (peer, n) => {
      if (n > 0) return peer.login()
      await peer.challenge()
      peer.redirect(`${peer.server.url}/hang`)
    },
    attempt: (n) => (n === 1 ? 'hang' : 'accept'),
    reach: (page, server) => server.attempt(1),
  },
}

const FINAL_STATES = {
  CHALLENGE_DENIED: {
    script: async (peer) => {
      await peer.challenge()
      peer.reject()
    },
    reach: (page) => page.state('CHALLENGE_DENIED'),
  },
  TOO_MANY_AUTH_ATTEMPTS: {
    script: async (peer) => {
      await peer.challenge()
      peer.accept()
      await peer.authRequest()
      peer.tooManyAuthAttempts()
    },
    reach: async (page) => {
      await login(page)
      await page.state('TOO_MANY_AUTH_ATTEMPTS')
    },
  },
  AUTHENTICATION_TIMEOUT: {
    script: async (peer) => {
      await peer.challenge()
      peer.accept()
      peer.authenticationTimeout()
    },
    reach: (page) => page.state('AUTHENTICATION_TIMEOUT'),
  },
  ERROR: {
    attempt: 'refuse',
    options: { maxReconnectAttempts: 0 },
    reach: (page) => page.state('ERROR'),
  },
  OFFLINE: {
    reach: async (page) => {
      await page.state('AWAITING_AUTHENTICATION')
      await page.run(() => client.pause())
      await page.state('OFFLINE')
    },
  },
}

/** A page whose client is in `state`, at a server that from now on logs everybody in. */
async function clientIn(t, state) {
  const { script, attempt, options, reach } = { ...STATES, ...FINAL_STATES }[state]
  const server = await fakeServer(t)
  server.onConnection((peer, n) => (script ?? ((peer) => peer.login()))(Object.assign(peer, { server }), n))
  if (attempt) server.onAttempt(typeof attempt === 'function' ? attempt : () => attempt)
  const page = await browser.open(t)
  await page.connect(server.url, { ...OPTIONS, ...options })
  await reach(page, server)
  assert.equal(await page.connectionState(), state)
  page.forget()
  return { page, server }
}

for (const state of Object.keys({ ...STATES, ...FINAL_STATES })) {
  test(`close() while ${state} gives CLOSING and CLOSED, and nobody dials again`, async (t) => {
    const { page, server } = await clientIn(t, state)
    server.acceptAll()
    await page.run(() => client.close())
    await page.state('CLOSED')
    const attempts = server.attempts.length

    await quietFor(2 * OPTIONS.reconnectIntervalIncrement)
    assert.deepEqual(page.states, ['CLOSING', 'CLOSED'])
    assert.equal(server.attempts.length, attempts)
    await Promise.all(server.peers.map((peer) => peer.gone()))
  })
}

for (const state of Object.keys(STATES)) {
  test(`pause() while ${state} gives PAUSING and OFFLINE, and resume() leads to OPEN`, async (t) => {
    const { page, server } = await clientIn(t, state)
    await page.run(() => client.pause())
    await page.state('OFFLINE')
    const attempts = server.attempts.length
    await quietFor(2 * OPTIONS.reconnectIntervalIncrement)
    assert.deepEqual(page.states, ['PAUSING', 'OFFLINE'])
    assert.equal(server.attempts.length, attempts, 'a paused client does not dial')
    await Promise.all(server.peers.map((peer) => peer.gone()))

    server.acceptAll().onConnection((peer) => peer.login())
    await login(page)
    const outcome = await page.run(() => recorder.settled(client.resume()))
    assert.deepEqual(page.states, ['PAUSING', 'OFFLINE', ...BACK])
    assert.deepEqual(outcome, { resolved: undefined })
  })
}

test('resume(callback) is called without an error when the client is OPEN again', async (t) => {
  const { page } = await clientIn(t, 'OPEN')
  await page.run(() => client.pause())
  await page.state('OFFLINE')
  const outcome = await page.run(() =>
    new Promise((resolve) => {
      client.resume((...args) => resolve({ args: args.length, state: client.getConnectionState() }))
    }))
  assert.deepEqual(outcome, { args: 0, state: 'OPEN' })
})

test('resume() tells why when the credentials are refused meanwhile', async (t) => {
  const { page, server } = await clientIn(t, 'OPEN')
  await page.run(() => client.pause())
  await page.state('OFFLINE')
  server.onConnection(async (peer) => {
    await peer.challenge()
    peer.accept()
    await peer.authRequest()
    peer.authUnsuccessful('no longer')
  })
  const outcome = await page.run(() => recorder.settled(client.resume()))
  assert.deepEqual(outcome, { rejected: { reason: 'no longer' } })
  assert.equal(await page.connectionState(), 'AWAITING_AUTHENTICATION')
})

test('login() after close() fails and emits IS_CLOSED', async (t) => {
  const { page, server } = await clientIn(t, 'OPEN')
  await page.run(() => client.close())
  await page.state('CLOSED')
  assert.ok('rejected' in (await page.login({ name: 'n' })))
  assert.deepEqual(page.errors, [[undefined, 'IS_CLOSED', 'CONNECTION']])
  assert.deepEqual(page.states, ['CLOSING', 'CLOSED'])

  const told = await page.run(() => new Promise((resolve) => client.login({}, (...args) => resolve(args))))
  assert.equal(told[0], false, 'a callback is called too')
  assert.equal(server.attempts.length, 1)
})

test('a page that logs in again whenever it is refused stays alive after close()', async (t) => {
  const { page } = await clientIn(t, 'OPEN')
  await page.run(() => {
    client.off('error')
    client.close()
    const retry = () => client.login({}).catch(retry)
    const callback = () => client.login(callback)
    retry()
    callback()
  })
  await page.state('CLOSED')
  const turns = await page.run(() => new Promise((resolve) => {
    let turns = 0
    const turn = () => (++turns === 20 ? resolve(turns) : setTimeout(turn, 0))
    turn()
  }))
  assert.equal(turns, 20)
})

test('close() a second time is reported and changes nothing', async (t) => {
  const { page } = await clientIn(t, 'OPEN')
  await page.run(() => client.close())
  await page.state('CLOSED')
  await page.run(() => client.close())
  assert.equal(await page.connectionState(), 'CLOSED')
  assert.deepEqual(page.states, ['CLOSING', 'CLOSED'])
})

test('a login that waits for its answer does not hang when the client is closed', async (t) => {
  const { page } = await clientIn(t, 'CHALLENGING')
  const outcome = page.login({ name: 'n' })
  await page.run(() => client.close())
  assert.ok('rejected' in (await outcome))
})

test('a server that does not answer the closing handshake cannot keep a client from CLOSED', async (t) => {
  const { page, server } = await clientIn(t, 'OPEN')
  ;(await server.peer(0)).stopReading()
  await page.run(() => client.close())
  await page.state('CLOSED', { limit: 5_000 })
})

test('a lazy client dials with its first login, and not before', async (t) => {
  const server = await fakeServer(t)
  server.onConnection((peer) => peer.login())
  const page = await browser.open(t)
  await page.connect(server.url, { lazyConnect: true })
  await quietFor(200)
  assert.deepEqual(page.notes, [])
  assert.deepEqual(await page.login({ name: 'n' }), { resolved: null })
  assert.equal(server.attempts.length, 1)
})

test('a lazy client that is closed before its first login is CLOSED', async (t) => {
  const server = await fakeServer(t)
  const page = await browser.open(t)
  await page.connect(server.url, { lazyConnect: true })
  await page.run(() => client.close())
  await page.state('CLOSED')
  assert.equal(server.attempts.length, 0)
})
