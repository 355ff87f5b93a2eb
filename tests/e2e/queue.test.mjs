// What is sent while the client is not OPEN waits, and arrives at a JavaScript client.

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { launchBrowser } from '../support/browser.mjs'
import { Inbox, jsClient, settled } from '../support/peer.mjs'
import { startServer } from '../support/server.mjs'
import { fakeServer, quietFor, realServer } from '../support/setting.mjs'

const browser = await launchBrowser()
after(() => browser.close())

/** What arrives at the official client in Node, subscribed to an event. */
async function subscriber(t, url, name) {
  const client = await jsClient(t, url, { username: 'subscriber' })
  const inbox = new Inbox()
  client.event.subscribe(name, inbox.put)
  await settled(client)
  return inbox
}

const upTo = (count) => Array.from({ length: count }, (_, n) => n)
const emitAll = (page, count) =>
  page.run((count) => {
    for (let n = 0; n < count; n++) client.event.emit('news', n)
  }, count)

test('events emitted before the first login arrive after it, in order', async (t) => {
  const server = await realServer(t)
  const news = await subscriber(t, server.url, 'news')
  const page = await browser.open(t)
  await page.run((url) => {
    recorder.connect(url)
    for (let n = 0; n < 50; n++) client.event.emit('news', n)
  }, server.url)
  await page.state('AWAITING_AUTHENTICATION')
  for (let n = 50; n < 100; n++) await page.run((n) => client.event.emit('news', n), n)
  assert.equal((await page.info()).queuedMessages, 100)
  assert.deepEqual(news.received, [])

  await page.login()
  await news.has(100)
  assert.deepEqual(news.received, upTo(100))
  assert.equal((await page.info()).queuedMessages, 0)
  assert.deepEqual(page.errors, [])
})

test('events emitted while the server is dead arrive after its restart, in order, once each', async (t) => {
  const server = await realServer(t)
  const page = await browser.open(t)
  // The second attempt comes late enough for the subscriber to be there first.
  await page.open(server.url, { reconnectIntervalIncrement: 4_000 })
  await server.kill()
  await page.state('RECONNECTING')
  await page.note('socket-close', { n: 2 })
  await emitAll(page, 1_000)

  const restarted = await startServer({ port: server.port })
  t.after(() => restarted.kill())
  const news = await subscriber(t, server.url, 'news')
  await page.state('OPEN', { n: 2 })
  await news.has(1_000)
  await page.run(() => client.event.emit('news', 'last'))
  await news.has(1_001)
  assert.deepEqual(news.received, [...upTo(1_000), 'last'])
})

test('events emitted while paused arrive after resume(), however long the pause', async (t) => {
  const server = await realServer(t)
  const news = await subscriber(t, server.url, 'news')
  const page = await browser.open(t)
  // The JavaScript client drops what comes after this time.
  await page.open(server.url, { offlineBufferTimeout: 100 })
  await page.run(() => client.pause())
  await page.state('OFFLINE')
  await emitAll(page, 5)
  await quietFor(300)
  await emitAll(page, 5)
  await page.run(() => void client.resume())
  await news.has(10)
  assert.deepEqual(news.received, [...upTo(5), ...upTo(5)])
})

test('what is queued is sent before what is emitted by a listener of OPEN', async (t) => {
  const server = await realServer(t)
  const news = await subscriber(t, server.url, 'news')
  const page = await browser.open(t)
  await page.run((url) => {
    recorder.connect(url)
    client.on('connectionStateChanged', (state) => state === 'OPEN' && client.event.emit('news', 'opened'))
    client.event.emit('news', 'queued')
    client.login()
  }, server.url)
  await news.has(2)
  assert.deepEqual(news.received, ['queued', 'opened'])
})

test('every kind of JSON value survives the queue', async (t) => {
  const values = [0, -1.5, 'text', '', 'ünï\u{1F600}', true, false, null, [1, [2]], { a: { b: [] } }]
  const server = await realServer(t)
  const news = await subscriber(t, server.url, 'news')
  const page = await browser.open(t)
  await page.connect(server.url)
  await page.run((values) => {
    for (const value of values) client.event.emit('news', value)
    client.event.emit('news')
  }, values)
  await page.login()
  await news.has(values.length + 1)
  assert.deepEqual(news.received, [...values, undefined])
})

test('past maxQueuedMessages each event is refused with an error, and the earlier ones arrive', async (t) => {
  const server = await realServer(t)
  const news = await subscriber(t, server.url, 'news')
  const page = await browser.open(t)
  await page.connect(server.url, { maxQueuedMessages: 3 })
  await emitAll(page, 5)
  assert.deepEqual(page.errors.map(([, event, topic]) => [event, topic]), [
    ['OUTGOING_QUEUE_FULL', 'EVENT'],
    ['OUTGOING_QUEUE_FULL', 'EVENT'],
  ])
  assert.deepEqual(page.errors.map(([meta]) => [meta.name, meta.data]), [['news', '3'], ['news', '4']])

  await page.login()
  await page.run(() => client.event.emit('news', 'room again'))
  await news.has(4)
  assert.deepEqual(news.received, [0, 1, 2, 'room again'])
  assert.equal(page.errors.length, 2)
})

test('past maxQueuedBytes an event is refused with an error, and a smaller one still fits', async (t) => {
  const server = await realServer(t)
  const news = await subscriber(t, server.url, 'news')
  const page = await browser.open(t)
  await page.connect(server.url, { maxQueuedBytes: 1_000 })
  const big = 'x'.repeat(700)
  for (const data of [big, big, 'small']) await page.run((data) => client.event.emit('news', data), data)
  assert.deepEqual(page.errors.map(([, event, topic]) => [event, topic]), [['OUTGOING_QUEUE_FULL', 'EVENT']])
  const { queuedMessages, queuedBytes } = await page.info()
  assert.equal(queuedMessages, 2)
  assert.ok(queuedBytes > 700 && queuedBytes <= 1_000, `${queuedBytes} bytes`)

  await page.login()
  await news.has(2)
  assert.deepEqual(news.received, [big, 'small'])
})

test('what is queued when the client is closed is reported, not lost in silence', async (t) => {
  const server = await fakeServer(t)
  const page = await browser.open(t)
  await page.connect(server.url)
  await emitAll(page, 2)
  await page.run(() => client.close())
  await page.state('CLOSED')
  assert.deepEqual(page.errors.map(([, event]) => event), ['IS_CLOSED', 'IS_CLOSED'])
})

test('a login that takes two attempts keeps the queue', async (t) => {
  const server = await fakeServer(t)
  server.onConnection(async (peer, n) => {
    await peer.challenge()
    peer.accept()
    await peer.authRequest()
    if (n === 0) peer.drop()
    else peer.authSuccessful()
  })
  const page = await browser.open(t)
  await page.connect(server.url)
  await emitAll(page, 3)
  await page.run(() => void client.login())
  const peer = await server.peer(1)
  const arrived = []
  for (let n = 0; n < 3; n++) arrived.push((await peer.next('EVENT/EMIT')).parsedData)
  assert.deepEqual(arrived, [0, 1, 2])
  const early = server.peers[0].received.filter(({ name }) => name === 'EVENT/EMIT')
  assert.deepEqual(early, [], 'nothing is sent to a server that has not accepted the login')
})

/** The names of the events that a fake server received, connection after connection. */
const eventsAt = async (server, connections) => {
  const peers = await Promise.all(upTo(connections).map((n) => server.peer(n)))
  return peers.map((peer) => peer.received.filter(({ name }) => name === 'EVENT/EMIT').map(({ message }) => message.parsedData.n))
}

const emitNumbered = (page, from, to, payload = '') =>
  page.run(([from, to, payload]) => {
    for (let n = from; n < to; n++) client.event.emit('news', { n, payload })
  }, [from, to, payload])

const doubted = (page) =>
  page.errors.filter(([, name]) => name === 'DELIVERY_UNCONFIRMED').map(([message]) => message.parsedData.n)

/** Every number arrived or was reported, in order, and none twice. */
function assertAccounted(connections, reported, count) {
  const arrived = connections.flat()
  assert.equal(new Set(arrived).size, arrived.length, 'none arrived twice')
  const missing = upTo(count).filter((n) => !arrived.includes(n) && !reported.includes(n))
  assert.deepEqual(missing, [], 'none was lost in silence')
  for (const numbers of connections) assert.deepEqual(numbers, numbers.toSorted((a, b) => a - b), 'in order')
}

test('events under way while the connection breaks arrive once, or are reported', async (t) => {
  const server = await fakeServer(t)
  server.onConnection((peer) => peer.login())
  const page = await browser.open(t)
  await page.open(server.url)
  await emitNumbered(page, 0, 1_000)
  const first = await server.peer(0)
  // A ping that came while there was more to emit confirms only what was before it.
  const isEnd = ({ name, message }) => name === 'EVENT/EMIT' && message.parsedData.n === 999
  const isConfirmed = () => {
    const end = first.received.findIndex(isEnd)
    return end >= 0 && first.received.slice(end).some(({ name }) => name === 'CONNECTION/PING')
  }
  for (let n = 1; !isConfirmed(); n++) await first.ping(n)
  for (let n = 1_000; n < 2_000; n += 100) {
    await emitNumbered(page, n, n + 100)
    if (n === 1_500) first.drop()
  }
  await page.state('OPEN', { n: 2 })
  await emitNumbered(page, 2_000, 2_001)
  const second = await server.peer(1)
  while ((await second.next('EVENT/EMIT')).parsedData.n < 2_000);
  const reported = doubted(page)
  assert.ok(reported.every((n) => n >= 1_000), 'what was confirmed raises no doubt')
  assertAccounted(await eventsAt(server, 2), reported, 2_001)
})

test('events that had not left when the connection broke are sent again, and the others reported', async (t) => {
  const server = await fakeServer(t)
  server.onConnection((peer) => peer.login())
  const page = await browser.open(t)
  await page.open(server.url, { heartbeatInterval: 60_000 })
  const first = await server.peer(0)
  first.stopReading()
  const count = 300
  await emitNumbered(page, 0, count, 'x'.repeat(50_000))
  // Until no more fits between here and there, and the client holds the rest back.
  await page.run(() => new Promise((resolve) => {
    const look = () => {
      const { bufferedAmount, queuedMessages } = client.getConnectionInfo()
      if (bufferedAmount > 500_000 && queuedMessages > 0) resolve()
      else setTimeout(look, 20)
    }
    look()
  }))
  await quietFor(200)
  const waiting = (await page.info()).queuedMessages
  first.drop()
  await page.state('OPEN', { n: 2 })
  const second = await server.peer(1)
  while ((await second.next('EVENT/EMIT')).parsedData.n < count - 1);
  const connections = await eventsAt(server, 2)
  assertAccounted(connections, doubted(page), count)
  assert.ok(connections[1].length > waiting, `${connections[1].length} were sent after the loss, ${waiting} of them had waited`)
})

test('events that were confirmed raise no doubt', async (t) => {
  const server = await realServer(t)
  const page = await browser.open(t)
  await page.open(server.url)
  await emitAll(page, 100)
  // A ping follows at once, another a quarter of a second later if there was more to emit.
  await quietFor(600)
  await server.kill()
  await page.state('RECONNECTING')
  await page.error('CONNECTION_ERROR')
  assert.deepEqual(page.errors.map(([, name]) => name).filter((name) => name !== 'CONNECTION_ERROR'), [])
})

test('what a listener emits before it closes the client arrives', async (t) => {
  const server = await fakeServer(t)
  server.onConnection((peer) => peer.login())
  const page = await browser.open(t)
  await page.run((url) => {
    recorder.connect(url)
    client.login({}, () => {
      client.event.emit('last words', 1)
      client.close()
    })
  }, server.url)
  await page.state('CLOSED')
  const { name } = await (await server.peer(0)).next('EVENT/EMIT')
  assert.equal(name, 'last words')
  assert.deepEqual(page.errors, [])
})
