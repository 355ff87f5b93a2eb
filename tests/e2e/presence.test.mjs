// Presence: who is online, asked and told, with users that are pages and users that are official clients.

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { launchBrowser } from '../support/browser.mjs'
import { PROMPT, jsClient, pageSettled } from '../support/peer.mjs'
import { startServer } from '../support/server.mjs'
import { fakeServer, quietFor, realServer } from '../support/setting.mjs'
import { PRESENCE_ACTION, TOPIC } from '../support/wire.mjs'

const browser = await launchBrowser()
const shared = await startServer()
after(() => Promise.all([browser.close(), shared.kill()]))

async function openPage(t, url = shared.url, username = undefined, options = {}) {
  const page = await browser.open(t)
  await page.open(url, { ...PROMPT, ...options }, username && { username })
  return page
}

const ask = (page, ...args) => page.run((args) => recorder.settled(client.presence.getAll(...args)), args)
const askWithCallback = (page, ...args) =>
  page.run((args) => new Promise((resolve) => {
    const returned = client.presence.getAll(...args, (...result) => resolve([returned, ...result]))
  }), args)

/** Subscribes to all and to some users; what the page is told is noted under `all` and `one`. */
async function watch(page, ...users) {
  await page.run((users) => {
    window.onAll = (...args) => recorder.note('all', ...args)
    window.onOne = (...args) => recorder.note('one', ...args)
    client.presence.subscribe(onAll)
    for (const user of users) client.presence.subscribe(user, onOne)
  }, users)
  await pageSettled(page)
}

const told = (page, kind) => page.of(kind).map(({ args }) => args)

/** Closes an official client, and waits until the server has noticed. */
async function leave(client, page, user) {
  client.close()
  await page.note('all', { accepts: ({ args }) => args[0] === user && !args[1] })
}

for (const [transport, options] of [
  ['binary', {}],
  ['JSON', { path: '/deepstream-json', socketOptions: { jsonTransportMode: true } }],
]) {
  test(`getAll tells all users but oneself, or which of some are online (${transport})`, async (t) => {
    const server = await realServer(t)
    const page = await openPage(t, server.url, 'page', options)
    assert.deepEqual(await ask(page), { resolved: [] })
    await jsClient(t, server.url, { username: 'node' })
    const other = await openPage(t, server.url, 'ünï \u{1F600}', options)
    const users = ({ resolved }) => resolved.toSorted()
    assert.deepEqual(users(await ask(page)), ['node', 'ünï \u{1F600}'])
    assert.deepEqual(users(await ask(other)), ['node', 'page'])
    const some = ['node', 'nobody', 'page', 'ünï \u{1F600}']
    const online = { node: true, nobody: false, page: true, 'ünï \u{1F600}': true }
    assert.deepEqual(await ask(page, some), { resolved: online })

    const [returned, error, all] = await askWithCallback(page)
    assert.deepEqual([returned, error, all.toSorted()], [undefined, null, ['node', 'ünï \u{1F600}']])
    assert.deepEqual(await askWithCallback(page, some), [undefined, null, online])
    assert.deepEqual([page.errors, other.errors], [[], []])
  })
}

test('several questions in flight each get their own answer', async (t) => {
  const page = await openPage(t)
  await jsClient(t, shared.url, { username: 'several' })
  const answers = await page.run(() => Promise.all([
    client.presence.getAll(['several']),
    client.presence.getAll().then((users) => users.includes('several')),
    client.presence.getAll(['nobody']),
    client.presence.getAll().then((users) => users.includes('several')),
    client.presence.getAll(['several', 'nobody']),
    new Promise((resolve) => client.presence.getAll(['nobody'], (error, users) => resolve(users))),
  ]))
  assert.deepEqual(answers, [
    { several: true },
    true,
    { nobody: false },
    true,
    { several: true, nobody: false },
    { nobody: false },
  ])
  assert.deepEqual(page.errors, [])
})

test('who comes and goes is told, of all and of one, whether a page or an official client', async (t) => {
  const page = await openPage(t)
  await watch(page, 'page user', 'node user')
  const node = await jsClient(t, shared.url, { username: 'node user' })
  const other = await openPage(t, shared.url, 'page user')
  await page.note('all', { n: 2 })
  await jsClient(t, shared.url, { username: 'somebody else' })
  await page.note('all', { n: 3 })
  await other.run(() => client.close())
  await page.note('all', { n: 4 })
  await leave(node, page, 'node user')
  await page.note('one', { n: 4 })
  const common = [['node user', true], ['page user', true]]
  const gone = [['page user', false], ['node user', false]]
  const mine = ['node user', 'page user', 'somebody else']
  assert.deepEqual(told(page, 'all').filter(([user]) => mine.includes(user)).slice(0, 5), [
    ...common,
    ['somebody else', true],
    ...gone,
  ])
  assert.deepEqual(told(page, 'one'), [...common, ...gone])
})

test('a user with two connections comes with the first and goes with the last', async (t) => {
  const page = await openPage(t)
  await watch(page, 'twofold')
  const [one, two] = [
    await jsClient(t, shared.url, { username: 'twofold' }),
    await jsClient(t, shared.url, { username: 'twofold' }),
  ]
  one.close()
  await jsClient(t, shared.url, { username: 'after twofold' })
  await page.note('all', { accepts: ({ args }) => args[0] === 'after twofold' })
  assert.deepEqual(told(page, 'one'), [['twofold', true]])
  await leave(two, page, 'twofold')
  await page.note('one', { n: 2 })
})

test('the official client is told of pages', async (t) => {
  const node = await jsClient(t, shared.url, { username: 'watcher' })
  const told = []
  const left = new Promise((resolve) => {
    node.presence.subscribe('watched page', (user, isOnline) => {
      told.push([user, isOnline])
      if (!isOnline) resolve()
    })
  })
  await node.presence.getAll()
  const page = await openPage(t, shared.url, 'watched page')
  assert.deepEqual(await node.presence.getAll(['watched page']), { 'watched page': true })
  await page.run(() => client.pause())
  await left
  assert.deepEqual(told, [['watched page', true], ['watched page', false]])
})

const COME_AND_GO = 2
for (const [form, unsubscribe, left] of [
  ['()', () => client.presence.unsubscribe(), []],
  ['(callback)', () => client.presence.unsubscribe(onAll), ['one', 'second']],
  ['(user)', () => client.presence.unsubscribe('unsubscribed'), ['all']],
  ['(user, callback)', () => client.presence.unsubscribe('unsubscribed', onOne), ['all', 'second']],
]) {
  test(`unsubscribe${form} ends that and nothing else`, async (t) => {
    const page = await openPage(t)
    await watch(page, 'unsubscribed')
    await page.run(() => {
      client.presence.subscribe('unsubscribed', (...args) => recorder.note('second', ...args))
    })
    await page.run(unsubscribe)
    // Told of in any case, and after the user in question.
    await page.run(() => client.presence.subscribe('fence', () => recorder.note('fence')))
    await pageSettled(page)
    const user = await jsClient(t, shared.url, { username: 'unsubscribed' })
    await page.run(() => client.presence.getAll(['unsubscribed']))
    user.close()
    const watcher = await jsClient(t, shared.url, { username: 'watches' })
    while ((await watcher.presence.getAll(['unsubscribed'])).unsubscribed) await quietFor(10)
    await jsClient(t, shared.url, { username: 'fence' })
    await page.note('fence')
    for (const kind of ['all', 'one', 'second']) {
      const calls = told(page, kind).filter(([user]) => user === 'unsubscribed')
      assert.equal(calls.length, left.includes(kind) ? COME_AND_GO : 0, kind)
    }
    assert.deepEqual([page.errors, page.warnings], [[], []])
  })
}

test('unsubscribing what is not subscribed does nothing', async (t) => {
  const page = await openPage(t)
  await page.run(() => {
    client.presence.unsubscribe()
    client.presence.unsubscribe('nobody')
    client.presence.unsubscribe('nobody', () => {})
    client.presence.unsubscribe(() => {})
  })
  await pageSettled(page)
  assert.deepEqual(page.errors, [])
})

test('subscriptions made before the login, and after a restart, are told of', async (t) => {
  const server = await realServer(t)
  const page = await browser.open(t)
  await page.connect(server.url, PROMPT)
  await page.run(() => {
    client.presence.subscribe((...args) => recorder.note('all', ...args))
    client.presence.subscribe('friend', (...args) => recorder.note('one', ...args))
    recorder.settled(client.presence.getAll(['friend'])).then((it) => recorder.note('early', it))
  })
  await page.login({ username: 'early' })
  assert.deepEqual((await page.note('early')).args, [{ resolved: { friend: false } }])
  await jsClient(t, server.url, { username: 'friend' })
  await page.note('one')
  await server.kill()
  await page.state('RECONNECTING')
  const restarted = await startServer({ port: server.port })
  t.after(() => restarted.kill())
  await page.state('OPEN', { n: 2 })
  await pageSettled(page)
  await jsClient(t, server.url, { username: 'newcomer' })
  await page.note('all', { accepts: ({ args }) => args[0] === 'newcomer' })
  const friend = await jsClient(t, server.url, { username: 'friend 2' })
  await page.run(() => client.presence.subscribe('friend 2', (...args) => recorder.note('late', ...args)))
  await pageSettled(page)
  friend.close()
  assert.deepEqual((await page.note('late')).args, ['friend 2', false])
})

test('a question that finds no connection in time is refused, later ones a moment after the call', async (t) => {
  const server = await realServer(t)
  const page = await openPage(t, server.url, undefined, { offlineBufferTimeout: 200 })
  await server.kill()
  await page.state('RECONNECTING')
  const refused = { rejected: 'client offline' }
  assert.deepEqual(await ask(page), refused)
  assert.deepEqual(await ask(page, ['somebody']), refused)
  assert.deepEqual(await askWithCallback(page), [undefined, 'client offline'])
  const order = await page.run(() => new Promise((resolve) => {
    const order = []
    client.presence.getAll(() => resolve([...order, 'called']))
    order.push('returned')
  }))
  assert.deepEqual(order, ['returned', 'called'])
  assert.deepEqual(page.errors.filter(([, name]) => name !== 'CONNECTION_ERROR'), [])
})

test('a question asked during a short loss is answered after it', async (t) => {
  const server = await realServer(t)
  const page = await openPage(t, server.url, undefined, { offlineBufferTimeout: 20_000 })
  await server.kill()
  await page.state('RECONNECTING')
  await page.run(() => {
    recorder.settled(client.presence.getAll(['nobody'])).then((it) => recorder.note('answer', it))
    recorder.settled(client.presence.getAll()).then((it) => recorder.note('answer', it))
  })
  const restarted = await startServer({ port: server.port })
  t.after(() => restarted.kill())
  await page.note('answer', { n: 2 })
  assert.deepEqual(told(page, 'answer'), [[{ resolved: { nobody: false } }], [{ resolved: [] }]])
})

for (const [end, state] of [['pause', 'OFFLINE'], ['close', 'CLOSED']]) {
  test(`${end}() refuses questions in flight, and later ones`, async (t) => {
    const server = await fakeServer(t)
    server.onConnection((peer) => peer.login())
    const page = await openPage(t, server.url)
    await page.run(() => {
      recorder.settled(client.presence.getAll()).then((it) => recorder.note('before', it))
      recorder.settled(client.presence.getAll(['a'])).then((it) => recorder.note('before', it))
    })
    await (await server.peer(0)).next('PRESENCE/QUERY')
    await page.run((end) => client[end](), end)
    await page.state(state)
    await page.note('before', { n: 2 })
    const refused = { rejected: 'client offline' }
    assert.deepEqual(told(page, 'before'), [[refused], [refused]])
    assert.deepEqual(await ask(page), refused)
    assert.deepEqual(page.errors, [])
  })
}

test('a question that the server never answers is refused in the end', async (t) => {
  const server = await fakeServer(t)
  server.onConnection((peer) => peer.login())
  const page = await openPage(t, server.url, undefined, { subscriptionTimeout: 50 })
  assert.deepEqual(await ask(page), { rejected: 'ACK_TIMEOUT' })
  // An answer that comes later still is nobody's.
  const peer = await server.peer(0)
  peer.send({ topic: TOPIC.PRESENCE, action: PRESENCE_ACTION.QUERY_ALL_RESPONSE, names: ['late'] })
  const again = ask(page, ['somebody'])
  const { correlationId } = await peer.next('PRESENCE/QUERY')
  peer.send({ topic: TOPIC.PRESENCE, action: PRESENCE_ACTION.QUERY_RESPONSE, correlationId, parsedData: { somebody: true } })
  assert.deepEqual(await again, { resolved: { somebody: true } })
  assert.deepEqual(page.errors, [])
})

test('what the server does not permit is a refused question, or an error event', async (t) => {
  const all = { publish: true, subscribe: true, listen: true }
  const permissions = {
    presence: { '*': { allow: true }, hidden: { allow: false } },
    record: { '*': { create: true, write: true, read: true, delete: true, listen: true, notify: true } },
    event: { '*': all },
    rpc: { '*': { provide: true, request: true } },
  }
  const permission = { type: 'config', options: { permissions, maxRuleIterations: 3, cacheEvacuationInterval: 60_000 } }
  const server = await realServer(t, { config: { permission } })
  const page = await openPage(t, server.url, undefined, { subscriptionTimeout: 300 })
  assert.deepEqual(await ask(page, ['hidden']), { rejected: 'MESSAGE_DENIED' })
  assert.deepEqual(await ask(page, ['seen']), { resolved: { seen: false } })
  assert.deepEqual(page.errors, [])
  await page.run(() => client.presence.subscribe('hidden', () => {}))
  const { args } = await page.error('MESSAGE_DENIED')
  assert.deepEqual([args[0].name, args[0].originalAction, args[2]], ['hidden', PRESENCE_ACTION.SUBSCRIBE, 'PRESENCE'])
  await page.run(() => client.presence.unsubscribe('hidden'))
  await quietFor(400)
  assert.equal(page.errors.length, 1, 'a refusal is an answer: nothing has timed out')
})
