// Ten thousand events while the server dies twice: each arrives at most once and in order, and
// each that does not arrive is named by an `error` event.
//
// "Arrives" needs a witness who misses nothing. A subscriber is none: it loses its own connection
// with the server, and what the server had taken in and not handed on yet dies with it; no client can
// know of that. So the first test asks the real server itself, which writes down what it takes in, at
// once, into a file that outlives it: proven is what becomes of events between the page and the
// server, and that a subscriber is told nothing twice, nothing out of order, and nothing else. The
// second test has a fake server that survives and only kills its connections, some with much under
// way: proven is the same, with more losses at worse moments.

import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { launchBrowser } from '../support/browser.mjs'
import { Inbox, PROMPT, jsClient, pageSettled, settled } from '../support/peer.mjs'
import { startServer } from '../support/server.mjs'
import { fakeServer, realServer } from '../support/setting.mjs'
import { EVENT_ACTION, PRESENCE_ACTION, TOPIC } from '../support/wire.mjs'

const COUNT = 10_000
const BATCH = 50
const LOG_PLUGIN = fileURLToPath(new URL('../support/event-log.cjs', import.meta.url))
const SEED = Number(process.env.LOSSLESS_SEED ?? 1)

const browser = await launchBrowser()
after(() => browser.close())

/** Numbers from 0 up to 1, the same for the same seed (mulberry32). */
function random(seed) {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Emits numbers in small batches, with time in between, and notes each batch under `batch`. */
const emit = (page, from, to) =>
  page.run(([from, to, BATCH]) => {
    let n = from
    const step = () => {
      for (const end = Math.min(n + BATCH, to); n < end; n++) client.event.emit('numbers', n)
      recorder.note('batch', n)
      if (n < to) setTimeout(step, 1)
    }
    step()
  }, [from, to, BATCH])

const emitted = (page, n) => page.note('batch', { accepts: ({ args }) => args[0] >= n, limit: 20_000 })

/**
 * Makes a client that is logged in. Its losses are kept in the page: there may be thousands, which
 * need not travel one by one.
 */
async function open(page, url, options) {
  await page.run(([url, options]) => {
    window.client = deepstream(url, options)
    window.losses = []
    client.on('error', (meta, name) => name !== 'CONNECTION_ERROR' && losses.push([name, meta?.parsedData]))
    client.on('connectionStateChanged', (state) => recorder.note('connectionStateChanged', state))
    client.login()
  }, [url, options])
  await page.state('OPEN')
}

/** The numbers that `error` events name, each of which says that a message may be lost. */
async function reported(page) {
  const losses = await page.run(() => losses)
  assert.deepEqual(losses.filter(([name]) => name !== 'DELIVERY_UNCONFIRMED'), [])
  return losses.map(([, number]) => number)
}

function assertAccounted(arrived, reported) {
  const seed = `seed ${SEED}`
  assert.equal(new Set(arrived).size, arrived.length, `none arrived twice (${seed})`)
  assert.equal(new Set(reported).size, reported.length, `none was reported twice (${seed})`)
  assert.ok(arrived.every((n, at) => at === 0 || arrived[at - 1] < n), `all in order (${seed})`)
  const accounted = new Set([...arrived, ...reported])
  const missing = Array.from({ length: COUNT }, (_, n) => n).filter((n) => !accounted.has(n))
  assert.deepEqual(missing, [], `none was lost in silence (${seed})`)
  assert.equal(accounted.size, COUNT, 'and there were no others')
}

test('10 000 events while the real server is killed twice are taken in once, in order, or reported', async (t) => {
  const chance = random(SEED)
  const directory = await mkdtemp(join(tmpdir(), 'lossless-'))
  t.after(() => rm(directory, { recursive: true }))
  const file = join(directory, 'log')
  const config = { monitoring: { path: LOG_PLUGIN, options: { file, name: 'numbers' } } }
  let server = await realServer(t, { config })
  const subscriber = await jsClient(t, server.url)
  const inbox = new Inbox()
  subscriber.event.subscribe('numbers', inbox.put)
  await settled(subscriber)
  const page = await browser.open(t)
  await open(page, server.url, PROMPT)

  const third = Math.ceil(COUNT / 3)
  for (let outage = 0; outage < 2; outage++) {
    const from = outage * third
    await emit(page, from, from + third)
    await emitted(page, from + BATCH * (1 + Math.floor(chance() * (third / BATCH - 1))))
    await server.kill()
    server = await startServer({ config, port: server.port })
    const { kill } = server
    t.after(() => kill())
    await page.state('OPEN', { n: outage + 2 })
    await emitted(page, from + third)
  }
  await emit(page, 2 * third, COUNT)
  await emitted(page, COUNT)
  // The server works in order: what it answers now, it answers after all that it was sent before.
  await pageSettled(page)

  const log = (await readFile(file, 'utf8')).trimEnd().split('\n').map(Number)
  assertAccounted(log, await reported(page))
  assert.ok(log.length > COUNT / 2, `${log.length} arrived`)
  const taken = new Set(log)
  assert.ok(inbox.received.every((n, at) => taken.has(n) && (at === 0 || inbox.received[at - 1] < n)))
  assert.ok(inbox.received.length > 0)
})

test('10 000 events while a server kills its connections at random arrive once, in order, or are reported', async (t) => {
  const chance = random(SEED)
  const server = await fakeServer(t)
  const arrived = []
  let deaths = 0
  server.onConnection(async (peer) => {
    await peer.login()
    // Some die with everything unread that was sent since a while.
    const limit = 100 + Math.floor(chance() * 1_500)
    const isDeaf = chance() < 0.5
    let count = 0
    peer.on('frame', ({ name, message }) => {
      if (name === 'PRESENCE/QUERY_ALL') {
        peer.send({ topic: TOPIC.PRESENCE, action: PRESENCE_ACTION.QUERY_ALL_RESPONSE, names: [] })
      }
      if (name !== 'EVENT/EMIT') return
      arrived.push(message.parsedData)
      if (++count !== limit || deaths === 7) return
      deaths++
      if (isDeaf) {
        peer.stopReading()
        setTimeout(() => peer.drop(), 20)
      } else {
        peer.drop()
      }
    })
  })
  const page = await browser.open(t)
  await open(page, server.url, { ...PROMPT, reconnectIntervalIncrement: 1 })
  await emit(page, 0, COUNT)
  await emitted(page, COUNT)
  // Once a question that comes after all that is queued is answered, nothing is under way. The
  // connection may be killed around it, too.
  while (!(await page.run(() => client.presence.getAll().then(() => true, () => false))));
  const losses = await reported(page)
  assertAccounted(arrived, losses)
  assert.ok(deaths >= 3 && losses.length > 0, `${deaths} deaths, ${losses.length} reports`)
  assert.ok(arrived.length < COUNT, 'some were lost')
})

test('subscriptions come first on a new connection: a question asked during the loss is answered', async (t) => {
  const server = await fakeServer(t)
  server.onConnection(async (peer, n) => {
    await peer.login()
    if (n === 0) return
    const question = await peer.next('EVENT/EMIT')
    // A server that knows of no subscription sends nothing.
    const isSubscribed = peer.received.some(({ message }) => message.names?.includes('answer'))
    if (isSubscribed) {
      peer.send({ topic: TOPIC.EVENT, action: EVENT_ACTION.EMIT, name: 'answer', parsedData: question.parsedData })
    }
  })
  const page = await browser.open(t)
  // An interval that would come too late for the answer.
  await page.open(server.url, { ...PROMPT, subscriptionInterval: 2_000 })
  ;(await server.peer(0)).drop()
  await page.state('RECONNECTING')
  await page.run(() => {
    client.event.emit('question', 42)
    client.event.subscribe('answer', (data) => recorder.note('answer', data))
    client.event.listen('^a', () => {})
    client.rpc.provide('a', () => {})
    client.presence.subscribe('a', () => {})
    client.presence.subscribe(() => {})
  })
  assert.deepEqual((await page.note('answer')).args, [42])
  const names = (await server.peer(1)).received.map(({ name }) => name)
  const order = names.slice(names.indexOf('AUTH/REQUEST') + 1).filter((name) => name !== 'CONNECTION/PING')
  assert.deepEqual(order, [
    'EVENT/SUBSCRIBE',
    'EVENT/LISTEN',
    'RPC/PROVIDE',
    'PRESENCE/SUBSCRIBE',
    'PRESENCE/SUBSCRIBE_ALL',
    'EVENT/EMIT',
  ])
})
