// Listening to who subscribes: a page listens and the official client subscribes, and the other way
// round, through the real server.

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { launchBrowser } from '../support/browser.mjs'
import { Inbox, PROMPT, jsClient, pageSettled, settled } from '../support/peer.mjs'
import { startServer } from '../support/server.mjs'
import { fakeServer, quietFor, realServer } from '../support/setting.mjs'
import { EVENT_ACTION, TOPIC } from '../support/wire.mjs'

// In the order in which they came, so that a test may know who is asked first.
const IN_ORDER = {
  listen: { shuffleProviders: false, responseTimeout: 500, rematchInterval: 60_000, matchCooldown: 10_000 },
}

const browser = await launchBrowser()
const shared = await startServer({ config: IN_ORDER })
after(() => Promise.all([browser.close(), shared.kill()]))

async function openPage(t, url = shared.url) {
  const page = await browser.open(t)
  await page.open(url, { ...PROMPT, subscriptionTimeout: 500 })
  return page
}

/** Listens in the page; what is asked and what ends is noted under `label`. */
const listen = (page, pattern, answer, label = 'page') =>
  page.run(([pattern, answer, label]) => {
    client.event.listen(pattern, (name, response) => {
      recorder.note(label, 'asked', name)
      response.onStop((stopped) => recorder.note(label, 'stopped', stopped))
      if (answer !== 'nothing') response[answer]()
    })
    return client.presence.getAll().then(() => {})
  }, [pattern, answer, label])

const story = (page, label = 'page') => page.of(label).map(({ args }) => args.join(' '))

test('a page that listens is asked once for a name, and told when the last subscriber is gone', async (t) => {
  const page = await openPage(t)
  const [one, two] = [await jsClient(t, shared.url), await jsClient(t, shared.url)]
  await listen(page, '^weather/.*$', 'accept')
  const inbox = new Inbox()
  one.event.subscribe('weather/rome', inbox.put)
  await page.note('page')
  two.event.subscribe('weather/rome', inbox.put)
  await settled(two)
  await page.run(() => client.event.emit('weather/rome', 'sunny'))
  assert.deepEqual(await inbox.has(2), ['sunny', 'sunny'])

  one.event.unsubscribe('weather/rome')
  await settled(one)
  one.event.subscribe('other/rome', () => {})
  await settled(one)
  assert.deepEqual(story(page), ['asked weather/rome'])
  two.event.unsubscribe('weather/rome')
  await page.note('page', { n: 2 })
  two.event.subscribe('weather/rome', () => {})
  await page.note('page', { n: 3 })
  assert.deepEqual(story(page), ['asked weather/rome', 'stopped weather/rome', 'asked weather/rome'])
  assert.deepEqual(page.errors, [])
})

test('a name that is subscribed to already is found, also one that the page itself subscribes to', async (t) => {
  const page = await openPage(t)
  const peer = await jsClient(t, shared.url)
  peer.event.subscribe('before/1', () => {})
  await settled(peer)
  await page.run(() => client.event.subscribe('before/2', () => {}))
  await pageSettled(page)
  await listen(page, '^before/', 'accept')
  await page.note('page', { n: 2 })
  assert.deepEqual(story(page).toSorted(), ['asked before/1', 'asked before/2'])
  await page.run(() => client.event.unsubscribe('before/2'))
  await page.note('page', { n: 3 })
  assert.equal(story(page)[2], 'stopped before/2')
})

test('the official client that listens is asked for what a page subscribes to, and told of its end', async (t) => {
  const page = await openPage(t)
  const peer = await jsClient(t, shared.url)
  const inbox = new Inbox()
  peer.event.listen('^from page/', (name, response) => {
    inbox.put(`asked ${name}`)
    response.onStop((stopped) => inbox.put(`stopped ${stopped}`))
    response.accept()
    peer.event.emit(name, 'provided')
  })
  await settled(peer)
  await page.run(() => client.event.subscribe('from page/1', (data) => recorder.note('provided', data)))
  await page.note('provided')
  await page.run(() => client.event.unsubscribe('from page/1'))
  assert.deepEqual(await inbox.has(2), ['asked from page/1', 'stopped from page/1'])
})

for (const first of ['page', 'official client']) {
  test(`who rejects a name is passed over for the next, the ${first} first`, async (t) => {
    const page = await openPage(t)
    const peer = await jsClient(t, shared.url)
    const subscriber = await jsClient(t, shared.url)
    const pattern = `^${first} first/`
    const inbox = new Inbox()
    const listeners = [
      () => listen(page, pattern, first === 'page' ? 'reject' : 'accept'),
      async () => {
        peer.event.listen(pattern, (name, response) => {
          inbox.put(name)
          if (first === 'page') response.accept()
          else response.reject()
        })
        await settled(peer)
      },
    ]
    for (const start of first === 'page' ? listeners : listeners.reverse()) await start()
    const name = `${first} first/1`
    subscriber.event.subscribe(name, () => {})
    await page.note('page')
    assert.deepEqual(await inbox.has(1), [name])
    // Now the answers have arrived.
    await pageSettled(page)
    await settled(peer)
    subscriber.event.unsubscribe(name)
    await settled(subscriber)
    await pageSettled(page)
    const asked = [`asked ${name}`]
    assert.deepEqual(story(page), first === 'page' ? asked : [...asked, `stopped ${name}`])
  })
}

test('who does not answer in time is told so by an error event, and passed over', async (t) => {
  const page = await openPage(t)
  const peer = await jsClient(t, shared.url)
  const inbox = new Inbox()
  await listen(page, '^silent/', 'nothing')
  peer.event.listen('^silent/', (name, response) => {
    inbox.put(name)
    response.accept()
  })
  await settled(peer)
  peer.event.subscribe('silent/1', () => {})
  await page.error('LISTEN_RESPONSE_TIMEOUT')
  assert.deepEqual(await inbox.has(1), ['silent/1'])
  assert.equal(page.errors[0][0].subscription, 'silent/1')
})

test('accept, reject and onStop work when taken out of the response', async (t) => {
  const page = await openPage(t)
  const peer = await jsClient(t, shared.url)
  await page.run(() => {
    client.event.listen('^taken/', (name, { accept, reject, onStop }) => {
      onStop((stopped) => recorder.note('stopped', stopped))
      if (name === 'taken/no') reject('a reason')
      else accept()
      recorder.note('asked', name)
    })
  })
  await pageSettled(page)
  peer.event.subscribe('taken/no', () => {})
  peer.event.subscribe('taken/yes', () => {})
  await page.note('asked', { n: 2 })
  await pageSettled(page)
  peer.event.unsubscribe('taken/no')
  peer.event.unsubscribe('taken/yes')
  await page.note('stopped')
  assert.deepEqual(page.of('stopped').map(({ args }) => args), [['taken/yes']])
})

test('a lost connection stops what is provided, and the name is found again after it', async (t) => {
  const server = await realServer(t)
  const page = await openPage(t, server.url)
  const peer = await jsClient(t, server.url)
  await listen(page, '^lasting/', 'accept')
  peer.event.subscribe('lasting/1', () => {})
  await page.note('page')
  await server.kill()
  await page.note('page', { n: 2 })
  const restarted = await startServer({ port: server.port })
  t.after(() => restarted.kill())
  await page.note('page', { n: 3 })
  await pageSettled(page)
  peer.event.unsubscribe('lasting/1')
  await page.note('page', { n: 4 })
  const once = ['asked lasting/1', 'stopped lasting/1']
  assert.deepEqual(story(page), [...once, ...once])
})

for (const end of ['pause', 'close']) {
  test(`${end}() stops what is provided`, async (t) => {
    const page = await openPage(t)
    const peer = await jsClient(t, shared.url)
    await listen(page, `^until ${end}/`, 'accept')
    peer.event.subscribe(`until ${end}/1`, () => {})
    await page.note('page')
    await page.run((end) => client[end](), end)
    await page.note('page', { n: 2 })
    assert.deepEqual(story(page), [`asked until ${end}/1`, `stopped until ${end}/1`])
  })
}

test('a pattern that is no regular expression is an error event, and no time-out', async (t) => {
  const page = await openPage(t)
  await page.run(() => client.event.listen('(', () => {}))
  const { args } = await page.error('INVALID_LISTEN_REGEX')
  assert.deepEqual([args[0].name, args[2]], ['(', 'EVENT'])
  await quietFor(700)
  assert.equal(page.errors.length, 1)
  assert.deepEqual(page.warnings, [])
})

test('a pattern is listened to once: a second listener is warned of and ignored', async (t) => {
  const server = await fakeServer(t)
  server.onConnection((peer) => peer.login())
  const page = await openPage(t, server.url)
  await page.run(() => {
    client.event.listen('^twice', (name) => recorder.note('first', name))
    client.event.listen('^twice', (name) => recorder.note('second', name))
    client.event.listen('^fence', () => {})
  })
  assert.deepEqual(page.warnings, ['Warning: EVENT (LISTEN): LISTENER_EXISTS'])
  const peer = await server.peer(0)
  const patterns = [await peer.next('EVENT/LISTEN'), await peer.next('EVENT/LISTEN')].map(({ name }) => name)
  assert.deepEqual(patterns, ['^twice', '^fence'])
  const found = { topic: TOPIC.EVENT, action: EVENT_ACTION.SUBSCRIPTION_FOR_PATTERN_FOUND }
  peer.send({ ...found, name: '^twice', subscription: 'twice/1' })
  await page.note('first')
  assert.deepEqual(page.of('second'), [])
})

test('unlisten ends it: nobody is asked any more, what was provided is given to another', async (t) => {
  const page = await openPage(t)
  const peer = await jsClient(t, shared.url)
  const inbox = new Inbox()
  await listen(page, '^given up/', 'accept')
  peer.event.subscribe('given up/1', () => {})
  await page.note('page')
  peer.event.listen('^given up/', (name, response) => {
    inbox.put(name)
    response.accept()
  })
  await settled(peer)
  await page.run(() => client.event.unlisten('^given up/'))
  assert.deepEqual(await inbox.has(1), ['given up/1'])
  peer.event.subscribe('given up/2', () => {})
  assert.deepEqual(await inbox.has(2), ['given up/1', 'given up/2'])
  await pageSettled(page)
  assert.equal(page.of('page').filter(({ args }) => args[0] === 'asked').length, 1)

  await page.run(() => client.event.unlisten('^given up/'))
  assert.deepEqual(page.warnings, ['Warning: EVENT (UNLISTEN): NOT_LISTENING'])
  await quietFor(700)
  assert.deepEqual(page.errors, [], 'the end of the listening was acknowledged')
})

// The server does not answer to the end of what it did not take.
test('unlisten of a pattern that the server refused is no time-out, and it may be listened to again', async (t) => {
  const page = await openPage(t)
  await page.run(() => client.event.listen('[', () => {}))
  await page.error('INVALID_LISTEN_REGEX')
  await page.run(() => {
    client.event.unlisten('[')
    client.event.listen('[', () => {})
  })
  await page.error('INVALID_LISTEN_REGEX', { n: 2 })
  await page.run(() => client.event.unlisten('['))
  await quietFor(700)
  assert.equal(page.errors.length, 2)
})

test('a name that crosses with the end of the listening is rejected, so that the next is asked', async (t) => {
  const server = await fakeServer(t)
  server.onConnection((peer) => peer.login())
  const page = await openPage(t, server.url)
  await page.run(() => {
    client.event.listen('^crossing', () => recorder.note('asked'))
    client.event.unlisten('^crossing')
  })
  const peer = await server.peer(0)
  await peer.next('EVENT/UNLISTEN')
  peer.send({
    topic: TOPIC.EVENT,
    action: EVENT_ACTION.SUBSCRIPTION_FOR_PATTERN_FOUND,
    name: '^crossing',
    subscription: 'crossing/1',
  })
  const { name, subscription } = await peer.next('EVENT/LISTEN_REJECT')
  assert.deepEqual([name, subscription], ['^crossing', 'crossing/1'])
  assert.deepEqual(page.of('asked'), [])
})
