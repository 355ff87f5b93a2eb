// When a lost connection is dialed again, and when no longer.

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { launchBrowser } from '../support/browser.mjs'
import { assertNear, assertSchedule, fakeServer, quietFor } from '../support/setting.mjs'

const browser = await launchBrowser()
after(() => browser.close())

const FAST = { reconnectIntervalIncrement: 150, maxReconnectInterval: 400, maxReconnectAttempts: Infinity }
const FAST_SCHEDULE = [0, 150, 300, 400, 400]
/** The first three connections that break right after a login are forgiven. */
const SHORT_LIVED_SCHEDULE = [0, 0, 0, 150, 300, 400, 400]

test('a server that refuses is dialed at once, then after ever longer waits up to the cap', async (t) => {
  const server = await fakeServer(t)
  server.refuseAll()
  const page = await browser.open(t)
  await page.connect(server.url, FAST)
  await page.note('dial', { n: FAST_SCHEDULE.length + 1 })
  assertSchedule(page.waits.slice(0, 5), FAST_SCHEDULE, 'refused')
  assert.deepEqual(page.states, ['RECONNECTING'])
  const { args } = await page.error('CONNECTION_ERROR')
  assert.equal(args[2], 'CONNECTION')
})

const STAGES = {
  'as soon as the socket is open': {
    script: (peer) => peer.drop(),
    schedule: FAST_SCHEDULE,
  },
  'instead of answering the challenge': {
    script: async (peer) => {
      await peer.challenge()
      peer.drop()
    },
    schedule: FAST_SCHEDULE,
  },
  'after accepting the challenge': {
    script: async (peer) => {
      await peer.challenge()
      peer.accept()
      await peer.authRequest()
      peer.drop()
    },
    schedule: FAST_SCHEDULE,
  },
  'right after the login': {
    script: async (peer) => {
      await peer.login()
      peer.drop()
    },
    schedule: SHORT_LIVED_SCHEDULE,
  },
  'with a close frame right after the login': {
    script: async (peer) => {
      await peer.login()
      peer.close(1001, 'going away')
    },
    schedule: SHORT_LIVED_SCHEDULE,
  },
}

for (const [stage, { script, schedule }] of Object.entries(STAGES)) {
  test(`a server that accepts and drops ${stage} is met with a growing back-off`, async (t) => {
    const server = await fakeServer(t)
    server.onConnection(async (peer) => script(peer))
    const page = await browser.open(t)
    await page.connect(server.url, FAST)
    await page.run(() => void client.login({ name: 'n' }).catch(() => {}))
    await page.note('dial', { n: schedule.length + 1 })
    assertSchedule(page.waits.slice(0, schedule.length), schedule, stage)
    assert.ok(page.states.includes('RECONNECTING'))
  })
}

test('maxReconnectAttempts used up gives MAX_RECONNECTION_ATTEMPTS_REACHED, ERROR, and silence', async (t) => {
  const server = await fakeServer(t)
  server.refuseAll()
  const page = await browser.open(t)
  await page.connect(server.url, { ...FAST, maxReconnectAttempts: 3 })
  await page.state('ERROR')
  assert.deepEqual(page.of('MAX_RECONNECTION_ATTEMPTS_REACHED').map(({ args }) => args), [[3]])
  assert.deepEqual(page.states, ['RECONNECTING', 'ERROR'])
  assertSchedule(page.waits, [0, 150, 300], 'before giving up')

  server.acceptAll()
  await quietFor(3 * FAST.maxReconnectInterval)
  assert.equal(server.attempts.length, 4, 'the first and three more')
  assert.equal(await page.connectionState(), 'ERROR')
})

test('maxReconnectAttempts of 0 gives up with the first failure', async (t) => {
  const server = await fakeServer(t)
  server.refuseAll()
  const page = await browser.open(t)
  await page.connect(server.url, { ...FAST, maxReconnectAttempts: 0 })
  await page.state('ERROR')
  assert.deepEqual(page.of('MAX_RECONNECTION_ATTEMPTS_REACHED').map(({ args }) => args), [[0]])
  assert.equal(server.attempts.length, 1)
})

test('a login waiting while the attempts run out does not hang', async (t) => {
  const server = await fakeServer(t)
  server.refuseAll()
  const page = await browser.open(t)
  await page.connect(server.url, { ...FAST, maxReconnectAttempts: 1 })
  assert.ok('rejected' in (await page.login({ name: 'n' })))
  assert.equal(await page.connectionState(), 'ERROR')
})

test('after ERROR only resume() starts over, with a fresh schedule', async (t) => {
  const server = await fakeServer(t)
  server.refuseAll()
  server.onConnection((peer) => peer.login())
  const page = await browser.open(t)
  await page.connect(server.url, { ...FAST, maxReconnectAttempts: 1, lazyConnect: true })
  await page.run(() => void client.login({ name: 'n' }).catch(() => {}))
  await page.state('ERROR')
  server.acceptAll()
  page.forget()
  await page.run(() => void client.resume())
  await page.state('OPEN')
  assert.deepEqual(page.states, [
    'RECONNECTING',
    'AWAITING_CONNECTION',
    'CHALLENGING',
    'AWAITING_AUTHENTICATION',
    'AUTHENTICATING',
    'OPEN',
  ])
})

test('a connection that has worked for a while starts the schedule afresh', async (t) => {
  const server = await fakeServer(t)
  server.onAttempt((n) => (n < 3 ? 'refuse' : 'accept'))
  server.onConnection((peer) => peer.login())
  const page = await browser.open(t)
  await page.connect(server.url, FAST)
  await page.run(() => void client.login({ name: 'n' }))
  await page.state('OPEN')
  assertSchedule(page.waits, [0, 150, 300], 'up to OPEN')

  await quietFor(1_200)
  const lost = page.notes.length
  server.dropAll()
  await page.state('OPEN', { n: 2 })
  assertSchedule(page.waits.slice(3), [0], 'after a connection that was good')
  assert.deepEqual(
    page.notes.slice(lost).filter(({ kind }) => kind === 'connectionStateChanged').map(({ args }) => args[0]),
    ['RECONNECTING', 'AWAITING_CONNECTION', 'CHALLENGING', 'AWAITING_AUTHENTICATION', 'AUTHENTICATING', 'OPEN'],
  )
})

// The documented numbers are minutes; the page's clock is moved by hand instead of waiting for them.
const DOCUMENTED = {
  'an increment of 2000 gives 0, 2, 4, 6, 8 seconds': [
    { reconnectIntervalIncrement: 2000 }, [0, 2_000, 4_000, 6_000, 8_000],
  ],
  'the documented example gives 0, 10, 20, 30, 30, 30 seconds': [
    {
      reconnectIntervalIncrement: 10000,
      maxReconnectInterval: 30000,
      maxReconnectAttempts: Infinity,
      heartbeatInterval: 60000,
    },
    [0, 10_000, 20_000, 30_000, 30_000, 30_000],
  ],
}

// Real time goes on between two moves of the clock, and what is left of a move after the dial is
// taken from the next wait: hence a margin, and small steps towards the dial.
const MARGIN = 500
const STEP = 50

for (const [name, [options, schedule]] of Object.entries(DOCUMENTED)) {
  test(name, async (t) => {
    const server = await fakeServer(t)
    server.refuseAll()
    const page = await browser.open(t, { clock: true })
    await page.connect(server.url, options)
    for (const [n, wait] of schedule.entries()) {
      await page.note('socket-close', { n: n + 1 })
      if (wait > 0) await page.raw.clock.runFor(wait - MARGIN)
      const early = wait > 0 && page.of('dial').length > n + 1
      assert.ok(!early, `dialed ${MARGIN} ms too early after failure ${n + 1}`)
      for (let moved = 0; page.of('dial').length < n + 2; moved += STEP) {
        assert.ok(moved <= MARGIN, `not dialed ${wait} ms after failure ${n + 1}`)
        await page.raw.clock.runFor(STEP)
      }
    }
  })
}

test('the info tells the attempt and the time to the next one', async (t) => {
  const server = await fakeServer(t)
  server.refuseAll()
  const page = await browser.open(t)
  await page.connect(server.url, { reconnectIntervalIncrement: 5_000 })
  await page.note('socket-close', { n: 2 })
  const { args, at } = await page.run(async () => {
    const info = client.getConnectionInfo()
    return { args: info, at: performance.timeOrigin + performance.now() }
  })
  assert.equal(args.attempts, 1)
  const since = at - page.of('socket-close')[1].at
  assertNear(5_000 - args.nextAttemptIn, since, 'time gone of the wait')
})
