// The way to OPEN, and what stands in it, against the real server.

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { launchBrowser } from '../support/browser.mjs'
import { startServer } from '../support/server.mjs'
import { realServer } from '../support/setting.mjs'

const USERS = {
  alice: { password: 'wonder', clientData: { favouriteColour: 'blue', roles: ['reader'] } },
  bob: { password: 'builder' },
}
const ALICE = { username: 'alice', password: 'wonder' }
const browser = await launchBrowser()
const anybody = await startServer()
const guarded = await startServer({ users: USERS })
after(() => Promise.all([browser.close(), anybody.kill(), guarded.kill()]))

const BEFORE_LOGIN = ['AWAITING_CONNECTION', 'CHALLENGING', 'AWAITING_AUTHENTICATION']
const TO_OPEN = [...BEFORE_LOGIN, 'AUTHENTICATING', 'OPEN']

test('a new client is CLOSED, and goes through each documented state in order to OPEN', async (t) => {
  const page = await browser.open(t)
  const first = await page.run((url) => recorder.connect(url).getConnectionState(), anybody.url)
  assert.equal(first, 'CLOSED')
  await page.run(() => void client.login())
  await page.state('OPEN')
  assert.deepEqual(page.states, TO_OPEN)
  assert.equal(await page.connectionState(), 'OPEN')
  assert.deepEqual(page.errors, [])
})

test('a client that nobody logs in stays in AWAITING_AUTHENTICATION until .login() is called', async (t) => {
  const page = await browser.open(t)
  await page.connect(guarded.url)
  await page.state('AWAITING_AUTHENTICATION')
  assert.deepEqual(page.states, BEFORE_LOGIN)
  assert.deepEqual(await page.login(ALICE), { resolved: USERS.alice.clientData })
  assert.deepEqual(page.states, TO_OPEN)
})

test('login(details) before the socket is open is sent as soon as the server accepts', async (t) => {
  const page = await browser.open(t)
  const outcome = await page.run(
    ([url, details]) => recorder.settled(recorder.connect(url).login(details)),
    [guarded.url, ALICE],
  )
  assert.deepEqual(outcome, { resolved: USERS.alice.clientData })
  assert.deepEqual(page.states, TO_OPEN)
})

test('login(details, callback) tells success and the client data', async (t) => {
  const page = await browser.open(t)
  await page.connect(guarded.url)
  const { returned, args } = await page.run(
    (details) =>
      new Promise((resolve) => {
        const returned = typeof client.login(details, (...args) => resolve({ returned, args }))
      }),
    ALICE,
  )
  assert.deepEqual(args, [true, USERS.alice.clientData])
  assert.equal(returned, 'undefined', 'with a callback there is no promise')
})

test('login(callback) and login() log in without details', async (t) => {
  const page = await browser.open(t)
  await page.connect(anybody.url)
  const args = await page.run(() => new Promise((resolve) => client.login((...args) => resolve(args))))
  assert.deepEqual(args, [true, null])

  const other = await browser.open(t)
  await other.connect(anybody.url)
  assert.deepEqual(await other.login(), { resolved: null })
})

test('clientDataChanged comes after OPEN and before the login is answered', async (t) => {
  const page = await browser.open(t)
  await page.connect(guarded.url)
  await page.run((details) => client.login(details, () => recorder.note('answered')), ALICE)
  await page.note('answered')
  const order = page.notes.filter(({ kind, args }) =>
    ['clientDataChanged', 'answered'].includes(kind) || args[0] === 'OPEN')
  assert.deepEqual(order.map(({ kind }) => kind), ['connectionStateChanged', 'clientDataChanged', 'answered'])
  assert.deepEqual(order[1].args, [USERS.alice.clientData])
})

test('clientDataChanged is not emitted when there is no client data', async (t) => {
  const page = await browser.open(t)
  await page.connect(guarded.url)
  assert.deepEqual(await page.login({ username: 'bob', password: 'builder' }), { resolved: null })
  assert.deepEqual(page.of('clientDataChanged'), [])
})

test('wrong credentials are refused with a reason, and the right ones may follow', async (t) => {
  const page = await browser.open(t)
  await page.connect(guarded.url)
  assert.deepEqual(await page.login({ username: 'alice', password: 'blunder' }), {
    rejected: { reason: 'INVALID_AUTHENTICATION_DETAILS' },
  })
  assert.equal(await page.connectionState(), 'AWAITING_AUTHENTICATION')

  const told = await page.run(
    () => new Promise((resolve) => client.login({}, (...args) => resolve(args))),
  )
  assert.deepEqual(told, [
    false,
    { reason: { error: 'missing authentication parameter: username or/and password' } },
  ])

  assert.deepEqual(await page.login(ALICE), { resolved: USERS.alice.clientData })
  const refused = ['AUTHENTICATING', 'AWAITING_AUTHENTICATION']
  assert.deepEqual(page.states, [...BEFORE_LOGIN, ...refused, ...refused, 'AUTHENTICATING', 'OPEN'])
})

test('too many wrong credentials end in TOO_MANY_AUTH_ATTEMPTS, and no attempt to reconnect', async (t) => {
  const server = await realServer(t, { users: USERS, maxAuthAttempts: 2 })
  const page = await browser.open(t)
  await page.connect(server.url)
  for (const password of ['blunder', 'thunder']) {
    const outcome = await page.login({ username: 'alice', password })
    assert.deepEqual(outcome, { rejected: { reason: 'INVALID_AUTHENTICATION_DETAILS' } })
  }
  await page.state('TOO_MANY_AUTH_ATTEMPTS')
  const { args } = await page.error('TOO_MANY_AUTH_ATTEMPTS')
  assert.deepEqual([args[0].topic, args[0].action, args[2]], [3, 100, 'AUTH'])
  await page.note('socket-close')

  assert.ok('rejected' in (await page.login(ALICE)), 'a login after the end does not hang')
  assert.deepEqual((await page.error('IS_CLOSED')).args, [undefined, 'IS_CLOSED', 'CONNECTION'])
  assert.equal(await page.connectionState(), 'TOO_MANY_AUTH_ATTEMPTS')
  assert.equal(page.of('dial').length, 1)
})

test('a server tired of waiting for a login ends it in AUTHENTICATION_TIMEOUT', async (t) => {
  const server = await realServer(t, { users: USERS, unauthenticatedClientTimeout: 300 })
  const page = await browser.open(t)
  await page.connect(server.url)
  await page.state('AUTHENTICATION_TIMEOUT')
  const { args } = await page.error('AUTHENTICATION_TIMEOUT')
  assert.deepEqual([args[0].topic, args[0].action, args[2]], [2, 100, 'CONNECTION'])
  await page.note('socket-close')

  assert.ok('rejected' in (await page.login(ALICE)), 'a login after the end does not hang')
  assert.equal(await page.connectionState(), 'AUTHENTICATION_TIMEOUT')
  assert.deepEqual(page.states, [...BEFORE_LOGIN, 'AUTHENTICATION_TIMEOUT'])
  assert.equal(page.of('dial').length, 1)
})

test('a second client on the page logs in as somebody else', async (t) => {
  const page = await browser.open(t)
  const outcomes = await page.run(async (url) => {
    const alice = recorder.watch(deepstream(url), 'alice')
    const bob = recorder.watch(deepstream(url), 'bob')
    const outcomes = await Promise.all([
      recorder.settled(alice.login({ username: 'alice', password: 'wonder' })),
      recorder.settled(bob.login({ username: 'bob', password: 'blunder' })),
    ])
    return { outcomes, states: [alice.getConnectionState(), bob.getConnectionState()] }
  }, guarded.url)
  assert.deepEqual(outcomes, {
    outcomes: [
      { resolved: USERS.alice.clientData },
      { rejected: { reason: 'INVALID_AUTHENTICATION_DETAILS' } },
    ],
    states: ['OPEN', 'AWAITING_AUTHENTICATION'],
  })
})

test('jsonTransportMode logs in at the JSON endpoint of the server', async (t) => {
  const page = await browser.open(t)
  await page.connect(`${guarded.url}/deepstream-json`, { socketOptions: { jsonTransportMode: true } })
  assert.deepEqual(await page.login(ALICE), { resolved: USERS.alice.clientData })
  assert.deepEqual(page.states, TO_OPEN)
})
