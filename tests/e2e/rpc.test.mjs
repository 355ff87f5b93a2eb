// RPC: a page calls the official client, and the official client calls a page, through the real server.

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { launchBrowser } from '../support/browser.mjs'
import {
  Inbox,
  NAMES,
  PROMPT,
  SAMPLE_TEXTS,
  asText,
  bringValues,
  jsClient,
  pageSettled,
  sampleValues,
  settled,
} from '../support/peer.mjs'
import { startServer } from '../support/server.mjs'
import { fakeServer, quietFor, realServer } from '../support/setting.mjs'
import { RPC_ACTION, TOPIC } from '../support/wire.mjs'

const browser = await launchBrowser()
const shared = await startServer()
const hasty = await startServer({
  config: { rpc: { ackTimeout: 600, responseTimeout: 1_000, provideRequestorName: false, provideRequestorData: false } },
})
after(() => Promise.all([browser.close(), shared.kill(), hasty.kill()]))

async function openPage(t, url = shared.url, options = {}, details) {
  const page = await browser.open(t)
  await page.open(url, { ...PROMPT, ...options }, details)
  return page
}

/** A provider in Node; `name` counts from when this returns. */
async function provide(peer, name, provider) {
  peer.rpc.provide(name, provider)
  await settled(peer)
}

/** A provider in the page, whose function travels as its source. */
async function pageProvides(page, name, provider) {
  await page.run(`client.rpc.provide(${JSON.stringify(name)}, ${provider})`)
  await pageSettled(page)
}

/** What becomes of a call in the page, as a promise. */
const make = (page, name, data) =>
  page.run(([name, data]) => recorder.settled(client.rpc.make(name, data)), [name, data])

/** What a callback in the page is called with. */
const makeWithCallback = (page, name, data) =>
  page.run(([name, data]) => new Promise((resolve) => {
    const returned = client.rpc.make(name, data, (...args) => resolve([returned, ...args]))
  }), [name, data])

/** What becomes of a call in Node. */
const outcome = (promise) => promise.then((resolved) => ({ resolved }), (rejected) => ({ rejected }))

test('a page calls the official client, with a promise and with a callback', async (t) => {
  const page = await openPage(t)
  const peer = await jsClient(t, shared.url)
  await provide(peer, 'double', (data, response) => response.send(data.n * 2))
  assert.deepEqual(await make(page, 'double', { n: 21 }), { resolved: 42 })
  assert.deepEqual(await makeWithCallback(page, 'double', { n: 4 }), [undefined, null, 8])
  assert.deepEqual(page.errors, [])
})

test('the official client calls a page, with a promise and with a callback', async (t) => {
  const page = await openPage(t)
  const peer = await jsClient(t, shared.url)
  await pageProvides(page, 'treble', (data, response) => response.send(data.n * 3))
  assert.deepEqual(await page.run(() => client.rpc.providerNames()), ['treble'])
  assert.equal(await peer.rpc.make('treble', { n: 5 }), 15)
  const called = await new Promise((resolve) => peer.rpc.make('treble', { n: 2 }, (...args) => resolve(args)))
  assert.deepEqual(called, [null, 6])

  await page.run(() => client.rpc.unprovide('treble'))
  await pageSettled(page)
  assert.deepEqual(await outcome(peer.rpc.make('treble', {})), { rejected: 'NO_RPC_PROVIDER' })
  await page.run(() => client.rpc.unprovide('treble'))
  assert.deepEqual(page.warnings, ['Warning: RPC (NOT_PROVIDED)'])
  assert.deepEqual(page.errors, [])
})

test('a page answers its own calls, and those of another page', async (t) => {
  const [one, two] = [await openPage(t), await openPage(t)]
  await pageProvides(one, 'between pages', (data, response) => response.send(`${data}!`))
  assert.deepEqual(await make(two, 'between pages', 'two'), { resolved: 'two!' })
  assert.deepEqual(await make(one, 'between pages', 'one'), { resolved: 'one!' })
})

for (const [transport, options] of [
  ['binary', {}],
  ['JSON', { path: '/deepstream-json', socketOptions: { jsonTransportMode: true } }],
]) {
  test(`every kind of value is an argument and a result of the page's calls (${transport})`, async (t) => {
    const page = await openPage(t, shared.url, options)
    const peer = await jsClient(t, shared.url)
    const inbox = new Inbox()
    await provide(peer, `echo ${transport}`, (data, response) => {
      inbox.put(asText(data))
      response.send(data)
    })
    await bringValues(page)
    const results = await page.run(async (name) => {
      const results = []
      for (const value of values) results.push(asText(await client.rpc.make(name, value)))
      return results
    }, `echo ${transport}`)
    assert.deepEqual(inbox.received, SAMPLE_TEXTS)
    assert.deepEqual(results, SAMPLE_TEXTS)
    assert.deepEqual(page.errors, [])
  })

  test(`every kind of value is an argument and a result of calls that the page answers (${transport})`, async (t) => {
    const page = await openPage(t, shared.url, options)
    const peer = await jsClient(t, shared.url)
    await page.run(`window.asText = ${asText}`)
    await pageProvides(page, `page echo ${transport}`, (data, response) => {
      recorder.note('argument', asText(data))
      response.send(data)
    })
    const results = []
    for (const value of sampleValues()) results.push(asText(await peer.rpc.make(`page echo ${transport}`, value)))
    assert.deepEqual(results, SAMPLE_TEXTS)
    await page.note('argument', { n: SAMPLE_TEXTS.length })
    assert.deepEqual(page.of('argument').map(({ args }) => args[0]), SAMPLE_TEXTS)
    assert.deepEqual(page.errors, [])
  })
}

test('names of every kind find their provider, both ways', async (t) => {
  const page = await openPage(t)
  const peer = await jsClient(t, shared.url)
  for (const name of NAMES) peer.rpc.provide(`node ${name}`, (data, response) => response.send(name))
  await settled(peer)
  await page.run((names) => {
    for (const name of names) client.rpc.provide(`page ${name}`, (data, response) => response.send(name))
  }, NAMES)
  await pageSettled(page)
  for (const name of NAMES) {
    assert.deepEqual(await make(page, `node ${name}`), { resolved: name })
    assert.equal(await peer.rpc.make(`page ${name}`), name)
  }
})

const ERRORS = ['text', { code: 1 }, ['list'], 1.5, true, '', 0, false]

test('what a provider fails with is what the page is refused with, falsy values too', async (t) => {
  const page = await openPage(t)
  const peer = await jsClient(t, shared.url)
  await provide(peer, 'fails', (data, response) => response.error(data))
  for (const error of ERRORS) {
    assert.deepEqual(await make(page, 'fails', error), { rejected: error })
    assert.deepEqual(await makeWithCallback(page, 'fails', error), [undefined, error])
  }
  // No error value at all would look like success to a callback.
  for (const nothing of [null, undefined]) {
    assert.deepEqual(await make(page, 'fails', nothing), { rejected: 'REQUEST_ERROR' })
    assert.deepEqual(await makeWithCallback(page, 'fails', nothing), [undefined, 'REQUEST_ERROR'])
  }
})

test('what a page fails with is what the official client is refused with', async (t) => {
  const page = await openPage(t)
  const peer = await jsClient(t, shared.url)
  await pageProvides(page, 'page fails', (data, response) => response.error(data))
  for (const error of ERRORS) {
    // The official client takes a falsy error for success.
    const expected = error ? { rejected: error } : { resolved: undefined }
    assert.deepEqual(await outcome(peer.rpc.make('page fails', error)), expected)
  }
})

test('a provider that rejects is passed over for another', async (t) => {
  const page = await openPage(t)
  const peer = await jsClient(t, shared.url)
  await pageProvides(page, 'choosy page', (data, response) => {
    recorder.note('asked')
    response.reject()
  })
  await provide(peer, 'choosy page', (data, response) => response.send('official'))
  // The server asks in random order: the page was first among so many.
  for (let n = 0; n < 30; n++) assert.deepEqual(await make(page, 'choosy page'), { resolved: 'official' })
  assert.ok(page.of('asked').length > 0)

  const inbox = new Inbox()
  await provide(peer, 'choosy both', (data, response) => {
    inbox.put(data)
    response.reject()
  })
  await pageProvides(page, 'choosy both', (data, response) => {
    recorder.note('both', data)
    response.reject()
  })
  assert.deepEqual(await make(page, 'choosy both', 1), { rejected: 'NO_RPC_PROVIDER' })
  assert.deepEqual([inbox.received, page.of('both').map(({ args }) => args)], [[1], [[1]]])
  assert.deepEqual(page.errors, [])
})

test('a call that nobody provides is refused with NO_RPC_PROVIDER', async (t) => {
  const page = await openPage(t)
  assert.deepEqual(await make(page, 'nobody'), { rejected: 'NO_RPC_PROVIDER' })
  assert.deepEqual(await makeWithCallback(page, 'nobody'), [undefined, 'NO_RPC_PROVIDER'])
})

test('providers that do not accept, or do not answer, in time', async (t) => {
  const page = await openPage(t, hasty.url)
  const peer = await jsClient(t, hasty.url)
  peer.rpc.provide('node deaf', (data, response) => (response.autoAccept = false))
  peer.rpc.provide('node slow', () => {})
  await settled(peer)
  await pageProvides(page, 'page deaf', (data, response) => {
    response.autoAccept = false
    recorder.note('autoAccept', response.autoAccept)
  })
  await pageProvides(page, 'page slow', () => {})
  await pageProvides(page, 'page patient', (data, response) => {
    response.autoAccept = false
    setTimeout(() => response.accept(), 100)
    setTimeout(() => response.send('late'), 700)
  })
  const outcomes = await Promise.all([
    make(page, 'node deaf'),
    make(page, 'node slow'),
    outcome(peer.rpc.make('page deaf')),
    outcome(peer.rpc.make('page slow')),
    outcome(peer.rpc.make('page patient')),
  ])
  const [deaf, slow] = [{ rejected: 'ACCEPT_TIMEOUT' }, { rejected: 'RESPONSE_TIMEOUT' }]
  assert.deepEqual(outcomes, [deaf, slow, deaf, slow, { resolved: 'late' }])
  assert.deepEqual(page.of('autoAccept').map(({ args }) => args), [[false]])
  assert.deepEqual(page.errors, [])
})

test('an answer that comes after the time is over is an error event of the provider', async (t) => {
  const page = await openPage(t, hasty.url)
  const peer = await jsClient(t, hasty.url)
  await pageProvides(page, 'too slow', (data, response) => (window.response = response))
  assert.deepEqual(await outcome(peer.rpc.make('too slow')), { rejected: 'RESPONSE_TIMEOUT' })
  await page.run(() => response.send('too late'))
  const { args } = await page.error('UNKNOWN_CORRELATION_ID')
  assert.deepEqual([args[0].name, args[2]], ['too slow', 'RPC'])
})

test('what the server does not permit', async (t) => {
  const all = { publish: true, subscribe: true, listen: true }
  const permissions = {
    presence: { '*': { allow: true } },
    record: { '*': { create: true, write: true, read: true, delete: true, listen: true, notify: true } },
    event: { '*': all },
    rpc: {
      '*': { provide: true, request: true },
      'not provided': { provide: false, request: true },
      'not requested': { provide: true, request: false },
    },
  }
  const permission = { type: 'config', options: { permissions, maxRuleIterations: 3, cacheEvacuationInterval: 60_000 } }
  const server = await realServer(t, { config: { permission } })
  const page = await openPage(t, server.url, { subscriptionTimeout: 300 })
  const peer = await jsClient(t, server.url)
  await provide(peer, 'not requested', (data, response) => response.send('never'))
  assert.deepEqual(await make(page, 'not requested'), { rejected: 'MESSAGE_DENIED' })
  assert.deepEqual(page.errors, [], 'the caller knows')

  await page.run(() => client.rpc.provide('not provided', () => {}))
  const { args } = await page.error('MESSAGE_DENIED')
  assert.deepEqual([args[0].name, args[0].originalAction, args[2]], ['not provided', RPC_ACTION.PROVIDE, 'RPC'])
  assert.deepEqual(await page.run(() => client.rpc.providerNames()), [])
  await page.run(() => client.rpc.provide('not provided', () => {}))
  await page.error('MESSAGE_DENIED', { n: 2 })
  await quietFor(400)
  assert.equal(page.errors.length, 2, 'a refusal is an answer: nothing has timed out')
})

const USERS = {
  alice: { password: 'a', clientData: { colour: 'blue', list: [1] } },
  bob: { password: 'b' },
}

for (const [transport, options] of [
  ['binary', {}],
  ['JSON', { path: '/deepstream-json', socketOptions: { jsonTransportMode: true } }],
]) {
  test(`a provider is told who calls, where the server tells (${transport})`, async (t) => {
    const rpc = { ackTimeout: 1_000, responseTimeout: 1_000, provideRequestorName: true, provideRequestorData: true }
    const server = await realServer(t, { users: USERS, config: { rpc } })
    const alice = { username: 'alice', password: 'a' }
    const page = await openPage(t, server.url, options, alice)
    const bob = await openPage(t, server.url, options, { username: 'bob', password: 'b' })
    await pageProvides(page, 'who', (data, response, requestor) => response.send(requestor))
    assert.deepEqual(await make(page, 'who'), {
      resolved: { requestorName: 'alice', requestorData: USERS.alice.clientData },
    })
    const { resolved } = await make(bob, 'who')
    assert.equal(resolved.requestorName, 'bob')
    assert.ok(resolved.requestorData == null, JSON.stringify(resolved))
  })
}

test('a provider is told nothing of the caller where the server does not tell', async (t) => {
  const page = await openPage(t)
  await pageProvides(page, 'told', (...args) => args[1].send(args.length))
  assert.deepEqual(await make(page, 'told'), { resolved: 2 })
})

test('answering twice throws, in every combination, and the first answer counts', async (t) => {
  const page = await openPage(t)
  await pageProvides(page, 'twice', ([first, second], response) => {
    response[first]('first')
    try {
      response[second]('second')
    } catch (error) {
      recorder.note('thrown', `${error.name}: ${error.message}`)
    }
    response.accept()
  })
  const outcomes = { send: { resolved: 'first' }, error: { rejected: 'first' }, reject: { rejected: 'NO_RPC_PROVIDER' } }
  const methods = Object.keys(outcomes)
  for (const first of methods) {
    for (const second of methods) assert.deepEqual(await make(page, 'twice', [first, second]), outcomes[first])
  }
  const thrown = page.of('thrown').map(({ args }) => args[0])
  assert.deepEqual(thrown, Array(9).fill('Error: Rpc twice already completed'))
  assert.deepEqual(page.errors, [], 'the server heard of no second answer')
})

test('200 calls in flight that are answered out of order each get their own answer, both ways', async (t) => {
  const page = await openPage(t)
  const peer = await jsClient(t, shared.url)
  const shuffled = (count) => Array.from({ length: count }, (_, n) => (n * 77) % count)
  const open = []
  await provide(peer, 'node shuffles', (n, response) => {
    open[n] = response
    if (Object.keys(open).length === 200) for (const n of shuffled(200)) open[n].send(`answer ${n}`)
  })
  const results = await page.run(() =>
    Promise.all(Array.from({ length: 200 }, (_, n) => client.rpc.make('node shuffles', n))))
  assert.deepEqual(results, Array.from({ length: 200 }, (_, n) => `answer ${n}`))

  await page.run((order) => {
    const open = []
    client.rpc.provide('page shuffles', (n, response) => {
      open[n] = response
      if (Object.keys(open).length === 200) for (const n of order) open[n].send(`answer ${n}`)
    })
  }, shuffled(200))
  await pageSettled(page)
  const received = await Promise.all(Array.from({ length: 200 }, (_, n) => peer.rpc.make('page shuffles', n)))
  assert.deepEqual(received, Array.from({ length: 200 }, (_, n) => `answer ${n}`))
  assert.deepEqual(page.errors, [])
})

test('calls in flight when the connection is lost are refused, each once', async (t) => {
  const server = await realServer(t)
  const page = await openPage(t, server.url)
  const peer = await jsClient(t, server.url)
  const inbox = new Inbox()
  await provide(peer, 'never answers', (n) => inbox.put(n))
  await page.run(() => {
    for (let n = 0; n < 3; n++) {
      recorder.settled(client.rpc.make('never answers', n)).then((it) => recorder.note('promise', n, it))
      client.rpc.make('never answers', n, (...args) => recorder.note('callback', n, ...args))
    }
  })
  await inbox.has(6)
  await server.kill()
  await page.note('promise', { n: 3 })
  assert.deepEqual(page.of('promise').map(({ args }) => args), [0, 1, 2].map((n) => [n, { rejected: 'client offline' }]))
  assert.deepEqual(page.of('callback').map(({ args }) => args), [0, 1, 2].map((n) => [n, 'client offline']))
  assert.deepEqual(page.errors.filter(([, name]) => name !== 'CONNECTION_ERROR'), [], 'the callers know')
})

test('providers are there again after a restart, and so are calls made meanwhile', async (t) => {
  const server = await realServer(t)
  const page = await openPage(t, server.url, { offlineBufferTimeout: 20_000 })
  const peer = await jsClient(t, server.url)
  await pageProvides(page, 'lasting', (data, response) => response.send(`provided ${data}`))
  await server.kill()
  await page.state('RECONNECTING')
  await page.run(() => {
    client.rpc.provide('new', (data, response) => response.send(`new ${data}`))
    recorder.settled(client.rpc.make('lasting', 'meanwhile')).then((it) => recorder.note('meanwhile', it))
    client.rpc.make('new', 'callback', (...args) => recorder.note('meanwhile', args))
  })
  assert.equal(page.of('meanwhile').length, 0)
  const restarted = await startServer({ port: server.port })
  t.after(() => restarted.kill())
  await page.note('meanwhile', { n: 2 })
  const answers = page.of('meanwhile').map(({ args }) => args[0])
  assert.deepEqual(answers, [{ resolved: 'provided meanwhile' }, [null, 'new callback']])
  while (peer.getConnectionState() !== 'OPEN') await quietFor(20)
  assert.equal(await peer.rpc.make('lasting', 'again'), 'provided again')
})

test('a call that finds no connection within offlineBufferTimeout is refused, later ones at once', async (t) => {
  const server = await realServer(t)
  const page = await openPage(t, server.url, { offlineBufferTimeout: 300 })
  await server.kill()
  await page.state('RECONNECTING')
  const waited = await page.run(async () => {
    const start = performance.now()
    const outcome = await recorder.settled(client.rpc.make('anything'))
    return [outcome, performance.now() - start]
  })
  assert.deepEqual(waited[0], { rejected: 'client offline' })
  assert.ok(waited[1] > 100, `waited for ${waited[1]} ms`)
  const called = await page.run(() => {
    let called
    client.rpc.make('anything', 1, (...args) => (called = args))
    return called
  })
  assert.deepEqual(called, ['client offline'], 'within the call')
  assert.deepEqual(page.errors.filter(([, name]) => name !== 'CONNECTION_ERROR'), [])

  // What was refused is not sent later.
  const restarted = await startServer({ port: server.port })
  t.after(() => restarted.kill())
  await page.state('OPEN', { n: 2 })
  assert.equal((await page.info()).queuedMessages, 0)
  assert.deepEqual(await make(page, 'anything'), { rejected: 'NO_RPC_PROVIDER' })
})

for (const [end, state] of [['pause', 'OFFLINE'], ['close', 'CLOSED']]) {
  test(`${end}() refuses the calls that are open, and those that follow`, async (t) => {
    const page = await openPage(t)
    const peer = await jsClient(t, shared.url)
    const inbox = new Inbox()
    await provide(peer, `open at ${end}`, inbox.put)
    await page.run((name) => {
      recorder.settled(client.rpc.make(name)).then((it) => recorder.note('before', it))
    }, `open at ${end}`)
    await inbox.has(1)
    await page.run(([end, name]) => {
      recorder.settled(client.rpc.make(name)).then((it) => recorder.note('before', it))
      client[end]()
      recorder.settled(client.rpc.make(name)).then((it) => recorder.note('after', it))
    }, [end, `open at ${end}`])
    await page.state(state)
    assert.deepEqual(await make(page, `open at ${end}`), { rejected: 'client offline' })
    const refused = { rejected: 'client offline' }
    assert.deepEqual(page.of('before').map(({ args }) => args[0]), [refused, refused])
    assert.deepEqual(page.of('after').map(({ args }) => args[0]), [refused])
    assert.deepEqual(page.errors, [])
  })
}

test('calls made before the login wait for it', async (t) => {
  const page = await browser.open(t)
  const peer = await jsClient(t, shared.url)
  await provide(peer, 'early', (data, response) => response.send(data))
  await page.connect(shared.url)
  await page.run(() => {
    recorder.settled(client.rpc.make('early', 1)).then((it) => recorder.note('early', it))
  })
  await page.state('AWAITING_AUTHENTICATION')
  assert.deepEqual(page.of('early'), [])
  await page.login()
  assert.deepEqual((await page.note('early')).args, [{ resolved: 1 }])
})

// The server has forgotten the call: it complains of the answer, and the provider hears of that.
for (const when of ['during', 'after']) {
  test(`an answer given ${when} the loss of its connection is an error event`, async (t) => {
    const server = await realServer(t)
    const page = await openPage(t, server.url)
    const peer = await jsClient(t, server.url)
    await pageProvides(page, 'answered late', (data, response) => {
      window.response = response
      recorder.note('asked')
    })
    const called = outcome(peer.rpc.make('answered late'))
    await page.note('asked')
    await server.kill()
    await page.state('RECONNECTING')
    assert.deepEqual(await called, { rejected: 'client offline' })
    if (when === 'during') await page.run(() => response.send('late'))
    const restarted = await startServer({ port: server.port })
    t.after(() => restarted.kill())
    await page.state('OPEN', { n: 2 })
    if (when === 'after') await page.run(() => response.send('late'))
    const { args } = await page.error('UNKNOWN_CORRELATION_ID')
    assert.deepEqual([args[0].name, args[0].originalAction, args[2]], ['answered late', RPC_ACTION.RESPONSE, 'RPC'])
  })
}

test('a request that crosses with the end of the providing is rejected, so that another is asked', async (t) => {
  const server = await fakeServer(t)
  server.onConnection((peer) => peer.login())
  const page = await openPage(t, server.url)
  await page.run(() => {
    client.rpc.provide('crossing', () => recorder.note('asked'))
    client.rpc.unprovide('crossing')
  })
  const peer = await server.peer(0)
  await peer.next('RPC/UNPROVIDE')
  peer.send({ topic: TOPIC.RPC, action: RPC_ACTION.REQUEST, name: 'crossing', correlationId: 'id' })
  const { name, correlationId } = await peer.next('RPC/REJECT')
  assert.deepEqual([name, correlationId], ['crossing', 'id'])
  assert.deepEqual(page.of('asked'), [])
})

test('what is no JSON is an error: of the caller as an answer, of both as an argument', async (t) => {
  const server = await fakeServer(t)
  server.onConnection((peer) => peer.login())
  const page = await openPage(t, server.url)
  const peer = await server.peer(0)
  const answered = make(page, 'unreadable')
  const { name, correlationId } = await peer.next('RPC/REQUEST')
  peer.send({ topic: TOPIC.RPC, action: RPC_ACTION.RESPONSE, name, correlationId, data: '{' })
  assert.deepEqual(await answered, { rejected: 'MESSAGE_PARSE_ERROR' })

  await page.run(() => client.rpc.provide('unreadable', () => recorder.note('asked')))
  await peer.next('RPC/PROVIDE')
  peer.send({ topic: TOPIC.RPC, action: RPC_ACTION.REQUEST, name, correlationId: 'id', data: '{' })
  assert.equal((await peer.next('RPC/REQUEST_ERROR')).parsedData, 'MESSAGE_PARSE_ERROR')
  await page.error('MESSAGE_PARSE_ERROR', { n: 2 })
  assert.deepEqual(page.of('asked'), [])
  assert.deepEqual(page.errors, Array(2).fill(['{', 'MESSAGE_PARSE_ERROR', 'PARSER']))
})
