// Events between two pages, and between a page and the official client, through the real server.

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
import { EVENT_ACTION, TOPIC } from '../support/wire.mjs'

const browser = await launchBrowser()
const shared = await startServer()
after(() => Promise.all([browser.close(), shared.kill()]))

const TRANSPORTS = [
  ['binary', {}],
  ['JSON', { path: '/deepstream-json', socketOptions: { jsonTransportMode: true } }],
]

/** A page that is logged in and subscribes at once. */
async function openPage(t, url = shared.url, options = {}) {
  const page = await browser.open(t)
  await page.open(url, { ...PROMPT, ...options })
  return page
}

/** Subscribes in the page: what arrives is noted under the event's name, as a text. */
async function subscribe(page, ...names) {
  await page.run(`window.asText = ${asText}`)
  await page.run((names) => {
    for (const name of names) client.event.subscribe(name, (data) => recorder.note(name, asText(data)))
  }, names)
  await pageSettled(page)
}

const arrivals = (page, name) => page.of(name).map(({ args }) => args[0])

for (const [transport, options] of TRANSPORTS) {
  test(`every kind of value arrives at the official client as it would from itself (${transport})`, async (t) => {
    const page = await openPage(t, shared.url, options)
    const peer = await jsClient(t, shared.url)
    const inbox = new Inbox()
    peer.event.subscribe(`values out ${transport}`, inbox.put)
    await settled(peer)
    await bringValues(page)
    await page.run((name) => {
      for (const value of values) client.event.emit(name, value)
    }, `values out ${transport}`)
    const received = await inbox.has(SAMPLE_TEXTS.length)
    assert.deepEqual(received.map(asText), SAMPLE_TEXTS)
    assert.deepEqual(page.errors, [])
  })

  test(`every kind of value arrives from the official client (${transport})`, async (t) => {
    const page = await openPage(t, shared.url, options)
    const peer = await jsClient(t, shared.url)
    const name = `values in ${transport}`
    await subscribe(page, name)
    for (const value of sampleValues()) peer.event.emit(name, value)
    await page.note(name, { n: SAMPLE_TEXTS.length })
    assert.deepEqual(arrivals(page, name), SAMPLE_TEXTS)
    assert.deepEqual(page.errors, [])
  })
}

test('every kind of value arrives in another page, and is there what it was here', async (t) => {
  const [sender, receiver] = [await openPage(t), await openPage(t)]
  await subscribe(receiver, 'between pages')
  await bringValues(receiver)
  await receiver.run(() => {
    let n = 0
    client.event.subscribe('between pages', (data) => {
      const expected = values[n++]
      // A key like __proto__ is a property like any other.
      const keys = (value) => Object.keys(JSON.parse(asText(value) ?? 'null') ?? {}).join()
      if (typeof expected === 'object' && keys(data) !== keys(expected)) recorder.note('other keys', n)
      if (Object.getPrototypeOf(data ?? {}) === null || data?.a === 1) recorder.note('odd prototype', n)
    })
  })
  await bringValues(sender)
  await sender.run(() => {
    for (const value of values) client.event.emit('between pages', value)
  })
  await receiver.note('between pages', { n: SAMPLE_TEXTS.length })
  assert.deepEqual(arrivals(receiver, 'between pages'), SAMPLE_TEXTS)
  assert.deepEqual([receiver.of('other keys'), receiver.of('odd prototype')], [[], []])
})

test('names of every kind lead to their own subscribers, both ways', async (t) => {
  const page = await openPage(t)
  const peer = await jsClient(t, shared.url)
  await subscribe(page, ...NAMES)
  assert.deepEqual(await page.run(() => client.event.eventNames()), NAMES)
  for (const name of NAMES) peer.event.emit(name, name)
  for (const name of NAMES) await page.note(name)
  for (const name of NAMES) assert.deepEqual(arrivals(page, name), [asText(name)])

  const inbox = new Inbox()
  for (const name of NAMES) peer.event.subscribe(name, (data) => inbox.put([name, data]))
  await settled(peer)
  await page.run((names) => names.forEach((name) => client.event.emit(name, `to ${name}`)), NAMES)
  assert.deepEqual(await inbox.has(NAMES.length), NAMES.map((name) => [name, `to ${name}`]))
})

test('all callbacks of a name are called in order, also one that was given twice', async (t) => {
  const page = await openPage(t)
  const peer = await jsClient(t, shared.url)
  await page.run(() => {
    const twice = () => recorder.note('call', 'twice')
    client.event.subscribe('several', () => recorder.note('call', 'first'))
    client.event.subscribe('several', twice)
    client.event.subscribe('several', twice)
    client.event.subscribe('several', () => recorder.note('call', 'last'))
  })
  await pageSettled(page)
  peer.event.emit('several')
  await page.note('call', { n: 4 })
  assert.deepEqual(arrivals(page, 'call'), ['first', 'twice', 'twice', 'last'])
})

test('unsubscribe takes one callback, or all, and the server is asked no more', async (t) => {
  const page = await openPage(t)
  const peer = await jsClient(t, shared.url)
  await page.run(() => {
    window.one = () => recorder.note('call', 'one')
    client.event.subscribe('unsubscribed', one)
    client.event.subscribe('unsubscribed', () => recorder.note('call', 'two'))
    client.event.subscribe('fence', () => recorder.note('fence'))
    client.event.unsubscribe('unsubscribed', one)
  })
  await pageSettled(page)
  peer.event.emit('unsubscribed')
  await page.note('call')
  assert.deepEqual(arrivals(page, 'call'), ['two'])

  await page.run(() => {
    client.event.subscribe('unsubscribed', one)
    client.event.unsubscribe('unsubscribed')
  })
  await pageSettled(page)
  assert.deepEqual(await page.run(() => client.event.eventNames()), ['fence'])
  peer.event.emit('unsubscribed')
  peer.event.emit('fence')
  await page.note('fence')
  assert.equal(page.of('call').length, 1)

  // The server knows of nothing: so a callback that is not there is warned of, and that is all.
  await page.run(() => {
    client.event.unsubscribe('unsubscribed')
    client.event.unsubscribe('never subscribed', one)
  })
  const warning = 'Warning: EVENT (NOT_SUBSCRIBED)'
  assert.deepEqual(page.warnings, [warning, warning])
  assert.deepEqual(page.errors, [])
})

test('unsubscribing a callback that is not subscribed leaves the others', async (t) => {
  const page = await openPage(t)
  const peer = await jsClient(t, shared.url)
  await subscribe(page, 'left alone')
  await page.run(() => client.event.unsubscribe('left alone', () => {}))
  await pageSettled(page)
  peer.event.emit('left alone', 1)
  await page.note('left alone')
})

test('the sender gets its own event once, at once, and the very same object', async (t) => {
  const page = await openPage(t)
  const peer = await jsClient(t, shared.url)
  await subscribe(page, 'fence')
  const calls = await page.run(() => {
    const calls = []
    const data = { n: 1 }
    client.event.subscribe('own', (received) => calls.push(received === data))
    client.event.emit('own', data)
    client.event.emit('own')
    return calls
  })
  assert.deepEqual(calls, [true, false])
  await page.run(() => client.event.subscribe('own', () => recorder.note('echo')))
  peer.event.emit('fence')
  await page.note('fence')
  assert.deepEqual(page.of('echo'), [], 'the server sends nothing back')
})

test('a value without a text is refused with an error, and neither sent nor told', async (t) => {
  const page = await openPage(t)
  const peer = await jsClient(t, shared.url)
  const inbox = new Inbox()
  peer.event.subscribe('no text', inbox.put)
  await settled(peer)
  const thrown = await page.run(() => {
    const own = []
    client.event.subscribe('no text', (data) => own.push(data))
    const circle = {}
    circle.circle = circle
    const throwing = { toJSON() { throw new RangeError('mine') } }
    const names = [1n, circle, throwing].map((value) => {
      try {
        return client.event.emit('no text', value)
      } catch (error) {
        return error.name
      }
    })
    client.event.emit('no text', 'after')
    return [names, own]
  })
  assert.deepEqual(thrown, [['TypeError', 'TypeError', 'TypeError'], ['after']])
  assert.deepEqual(await inbox.has(1), ['after'])
})

test('subscriptions and events made before the login count from it on', async (t) => {
  const page = await browser.open(t)
  const peer = await jsClient(t, shared.url)
  const inbox = new Inbox()
  peer.event.subscribe('early out', inbox.put)
  await settled(peer)
  await page.connect(shared.url, PROMPT)
  await page.run(() => {
    client.event.subscribe('early', (data) => recorder.note('early', data))
    client.event.subscribe('early but gone', (data) => recorder.note('early', data))
    client.event.unsubscribe('early but gone')
    client.event.emit('early out', 'emitted early')
  })
  await page.state('AWAITING_AUTHENTICATION')
  await page.login()
  assert.deepEqual(await inbox.has(1), ['emitted early'])
  peer.event.emit('early but gone', 0)
  peer.event.emit('early', 1)
  await page.note('early')
  assert.deepEqual(arrivals(page, 'early'), [1])
})

test('after the server was killed and started again the events of both sides arrive again', async (t) => {
  const server = await realServer(t)
  const page = await openPage(t, server.url)
  const peer = await jsClient(t, server.url)
  const inbox = new Inbox()
  peer.event.subscribe('from page', inbox.put)
  await subscribe(page, 'from peer', 'given up')
  await server.kill()
  await page.state('RECONNECTING')
  await page.run(() => {
    client.event.unsubscribe('given up')
    client.event.subscribe('taken up', (data) => recorder.note('taken up', data))
  })
  const restarted = await startServer({ port: server.port })
  t.after(() => restarted.kill())
  await page.state('OPEN', { n: 2 })
  await pageSettled(page)
  while (peer.getConnectionState() !== 'OPEN') await quietFor(20)
  await settled(peer)

  peer.event.emit('given up', 0)
  peer.event.emit('taken up', 1)
  peer.event.emit('from peer', 2)
  await page.note('from peer')
  assert.deepEqual([arrivals(page, 'given up'), arrivals(page, 'taken up')], [[], [1]])
  await page.run(() => client.event.emit('from page', 'again'))
  assert.deepEqual(await inbox.has(1), ['again'])
  assert.deepEqual(page.errors.filter(([, name]) => name !== 'CONNECTION_ERROR'), [])
})

test('what comes and goes within one interval is not told, the rest in one message', async (t) => {
  const server = await fakeServer(t)
  server.onConnection((peer) => peer.login())
  const page = await browser.open(t)
  await page.open(server.url, { subscriptionInterval: 50 })
  await page.run(() => {
    const nothing = () => {}
    for (const name of ['a', 'b', 'c']) client.event.subscribe(name, nothing)
    client.event.unsubscribe('b')
  })
  const peer = await server.peer(0)
  const { names, correlationId } = await peer.next('EVENT/SUBSCRIBE')
  assert.deepEqual(names, ['a', 'c'])
  peer.send({ topic: TOPIC.EVENT, action: EVENT_ACTION.SUBSCRIBE, isAck: true, correlationId })

  await page.run(() => {
    const nothing = () => {}
    client.event.unsubscribe('a')
    client.event.subscribe('a', nothing)
    client.event.unsubscribe('c')
    client.event.subscribe('d', nothing)
  })
  assert.deepEqual((await peer.next('EVENT/SUBSCRIBE')).names, ['d'])
  assert.deepEqual((await peer.next('EVENT/UNSUBSCRIBE')).names, ['c'])
})

const PERMISSIONS = {
  presence: { '*': { allow: true } },
  record: { '*': { create: true, write: true, read: true, delete: true, listen: true, notify: true } },
  rpc: { '*': { provide: true, request: true } },
  event: {
    '*': { publish: true, subscribe: true, listen: true },
    secret: { publish: false, subscribe: false, listen: false },
    // A rule has the server take the data apart and put it together again.
    weighed: { publish: 'data !== "forbidden"', subscribe: true, listen: true },
  },
}

const CONFIG = {
  permission: {
    type: 'config',
    options: { permissions: PERMISSIONS, maxRuleIterations: 3, cacheEvacuationInterval: 60_000 },
  },
}

test('what the server does not permit is an error event, and takes nothing else along', async (t) => {
  const server = await realServer(t, { config: CONFIG })
  const page = await openPage(t, server.url, { subscriptionTimeout: 300 })
  const peer = await jsClient(t, server.url)
  const inbox = new Inbox()
  peer.event.subscribe('open', inbox.put)
  peer.event.subscribe('weighed', inbox.put)
  await settled(peer)

  await page.run(() => {
    client.event.subscribe('open', (data) => recorder.note('open', data))
    client.event.subscribe('secret', () => {})
    client.event.subscribe('secret', () => {})
  })
  const denied = ({ args: [, event, topic] }) => [event, topic]
  assert.deepEqual(denied(await page.error('MESSAGE_DENIED')), ['MESSAGE_DENIED', 'EVENT'])
  assert.equal(page.errors[0][0].name, 'secret')
  assert.deepEqual(await page.run(() => client.event.eventNames()), ['open'], 'as if never subscribed')

  await page.run(() => client.event.emit('secret', 'told nobody'))
  await page.error('MESSAGE_DENIED', { n: 2 })
  await page.run(() => client.event.listen('secret', () => {}))
  await page.error('MESSAGE_DENIED', { n: 3 })
  assert.deepEqual(page.errors.map(([meta]) => meta.originalAction), [
    EVENT_ACTION.SUBSCRIBE,
    EVENT_ACTION.EMIT,
    EVENT_ACTION.LISTEN,
  ])

  await page.run(() => {
    for (const data of ['forbidden', { a: [1, 'ünï'] }, null, false, 0, '']) client.event.emit('weighed', data)
    client.event.emit('open', 'still')
  })
  await page.error('MESSAGE_DENIED', { n: 4 })
  assert.deepEqual(await inbox.has(6), [{ a: [1, 'ünï'] }, null, false, 0, '', 'still'])
  peer.event.emit('open', 'to page')
  await page.note('open')
  await page.run(() => {
    client.event.unlisten('secret')
    client.event.unsubscribe('secret')
  })
  await quietFor(400)
  assert.equal(page.errors.length, 4, 'a refusal is an answer: nothing has timed out')
})

test('a subscription that the server forgets over the denial of another is made up for', async (t) => {
  const server = await realServer(t, { config: CONFIG })
  const page = await openPage(t, server.url)
  const peer = await jsClient(t, server.url)
  // Of several names in one message the server takes out the last one instead of the denied.
  await page.run(() => {
    for (const name of ['secret', 'open', 'also open']) {
      client.event.subscribe(name, (data) => recorder.note(name, data))
    }
  })
  await page.error('MESSAGE_DENIED')
  // It is told again after an interval, and the server works in order.
  await quietFor(300)
  peer.event.emit('also open', 1)
  peer.event.emit('open', 2)
  await page.note('open')
  assert.deepEqual(page.of('also open').map(({ args }) => args), [[1]])
})

test('a subscription that nobody answers is an error event and a warning, and stays', async (t) => {
  const server = await fakeServer(t)
  server.onConnection((peer) => peer.login())
  const page = await browser.open(t)
  await page.open(server.url, { ...PROMPT, subscriptionTimeout: 100 })
  await page.run(() => {
    client.event.subscribe('unanswered', (data) => recorder.note('unanswered', data))
    client.event.listen('^un', () => {})
  })
  await page.error('ACK_TIMEOUT', { n: 2 })
  const told = page.errors.map(([meta, event, topic]) => [meta.action, meta.names ?? meta.name, event, topic])
  assert.deepEqual(told, [
    [EVENT_ACTION.SUBSCRIBE, ['unanswered'], 'ACK_TIMEOUT', 'EVENT'],
    [EVENT_ACTION.LISTEN, '^un', 'ACK_TIMEOUT', 'EVENT'],
  ])
  assert.deepEqual(page.warnings, ['Warning: EVENT (SUBSCRIBE): ACK_TIMEOUT', 'Warning: EVENT (LISTEN): ACK_TIMEOUT'])

  const peer = await server.peer(0)
  peer.send({ topic: TOPIC.EVENT, action: EVENT_ACTION.EMIT, name: 'unanswered', parsedData: 'all the same' })
  await page.note('unanswered')
})

test('an event whose data is no JSON is an error event, and the next one arrives', async (t) => {
  const server = await fakeServer(t)
  server.onConnection((peer) => peer.login())
  const page = await browser.open(t)
  await page.open(server.url, PROMPT)
  await page.run(() => client.event.subscribe('news', (data) => recorder.note('news', data)))
  const peer = await server.peer(0)
  const emit = { topic: TOPIC.EVENT, action: EVENT_ACTION.EMIT, name: 'news' }
  peer.send({ ...emit, data: '{' })
  peer.send({ ...emit, name: 'nobody subscribes', data: '{' })
  peer.send({ ...emit, data: '"fine"' })
  await page.note('news')
  assert.deepEqual(page.errors, [['{', 'MESSAGE_PARSE_ERROR', 'PARSER']])
  assert.deepEqual(arrivals(page, 'news'), ['fine'])
})
