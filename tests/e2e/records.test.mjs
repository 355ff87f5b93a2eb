// A page and the official client on the same records, through the real server.

import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { launchBrowser } from '../support/browser.mjs'
import { Inbox, NAMES, PROMPT, asText, bringValues, jsClient, pageSettled, sampleValues, settled } from '../support/peer.mjs'
import { agree, becomes, lasting, openBoth, openHere, openPage, openThere, until } from '../support/records.mjs'
import { startServer } from '../support/server.mjs'
import { realServer } from '../support/setting.mjs'

const browser = await launchBrowser()
const shared = await startServer({
  maxMessageSize: 8_000_000,
  config: {
    listen: { shuffleProviders: false, responseTimeout: 10_000, rematchInterval: 60_000, matchCooldown: 10_000 },
  },
})
after(() => Promise.all([browser.close(), shared.kill()]))

/** A page, the official client, and a record that both have open. */
async function setting(t, options) {
  const page = await openPage(browser, t, shared.url, options)
  const peer = await jsClient(t, shared.url)
  const record = await openBoth(page, peer, t.name)
  return { page, peer, record, name: t.name }
}

const noted = (page, kind) => page.of(kind).map(({ args }) => args)

/** Calls a method of the page's record. What it returns stays there. */
const call = (page, method, ...args) => page.run(([method, args]) => void record[method](...args), [method, args])

const settledCall = (page, method, ...args) =>
  page.run(([method, args]) => recorder.settled(record[method](...args)), [method, args])

const DONE = { resolved: undefined }

// --- reading

test('what was there before is read, as a whole and by path, and as copies', async (t) => {
  const page = await openPage(browser, t, shared.url)
  const peer = await jsClient(t, shared.url)
  const record = await openThere(peer, t.name)
  record.set({ a: { b: [1, { c: 'd' }] }, e: null })
  await settled(peer)
  await openHere(page, t.name)
  const seen = await page.run(() => {
    record.get().a = 'changed'
    record.get('a.b').push('changed')
    return {
      all: record.get(),
      paths: ['a.b[1].c', 'a.b', 'e', 'a.none', 'none', 'a.b[7]', 'a.b.none'].map((path) => record.get(path) ?? String(record.get(path))),
      name: record.name,
      isReady: record.isReady,
      version: record.version,
      hasProvider: record.hasProvider,
    }
  })
  assert.deepEqual(seen, {
    all: { a: { b: [1, { c: 'd' }] }, e: null },
    paths: ['d', [1, { c: 'd' }], 'null', 'undefined', 'undefined', 'undefined', 'undefined'],
    name: t.name,
    isReady: true,
    version: 1,
    hasProvider: false,
  })
})

test('reading sees each change at once, whoever makes it, and in each record that there is', async (t) => {
  const { page, peer, record: theirs, name } = await setting(t)
  const seen = await page.run((name) => {
    const anonymous = client.record.getAnonymousRecord()
    const read = () => [record, anonymous].map((it) => it.get('a') ?? null)
    const seen = [read()]
    record.set('a', 1)
    seen.push(read())
    anonymous.setName(name)
    seen.push(read(), read())
    record.subscribe('a', (a) => seen.push([a, ...read()]))
    record.set('a', 2)
    record.set({ a: 3 })
    seen.push(read())
    record.erase('a')
    seen.push(read())
    record.set('a', 4)
    anonymous.setName(`${name}, another`)
    seen.push(read())
    // The memory grows, and with it all views of it are gone.
    record.set('b', 'b'.repeat(4_000_000))
    seen.push([...read(), record.get('b').length, record.get().b.length])
    record.set({ a: 5 })
    seen.push(read())
    return seen
  }, name)
  assert.deepEqual(seen, [
    [null, null],
    [1, null],
    [1, 1],
    [1, 1],
    [2, 2, 2],
    [3, 3, 3],
    [3, 3],
    [undefined, null, null],
    [null, null],
    [4, 4, 4],
    [4, null],
    [4, null, 4_000_000, 4_000_000],
    [5, 5, null],
    [5, null],
  ])
  await settled(peer)
  theirs.set('a', 6)
  await becomes(() => page.run(() => record.get('a')), 6)
  const thrown = await page.run(() => {
    try {
      record.get.call(Object.create(Object.getPrototypeOf(record)), 'a')
    } catch (error) {
      return String(error)
    }
  })
  assert.match(thrown, /TypeError: .*: get was called on something else than its object/)
})

test('a new record is an empty object of version 0, and names of every kind are their own records', async (t) => {
  const page = await openPage(browser, t, shared.url)
  const peer = await jsClient(t, shared.url)
  for (const name of NAMES) {
    await openHere(page, name)
    assert.deepEqual(await page.run(() => [record.get(), record.version]), [{}, 0])
    await call(page, 'set', { name })
  }
  await pageSettled(page)
  for (const name of NAMES) assert.deepEqual(await peer.record.snapshot(name), { name })
  assert.deepEqual(await page.run(() => client.record.names()), NAMES)
})

test('whenReady tells with a promise and with a callback, before and after, and of the record itself', async (t) => {
  const page = await openPage(browser, t, shared.url)
  const outcome = await page.run(async (name) => {
    const calls = []
    const record = client.record.getRecord(name)
    const before = record.isReady
    record.on('ready', () => calls.push('event'))
    record.whenReady(function (it) {
      calls.push(['callback', it === record, this === record])
    })
    const is = (await record.whenReady()) === record
    record.whenReady((it) => calls.push(['at once', it === record]))
    return { before, after: record.isReady, is, calls: calls.map(String).toSorted() }
  }, t.name)
  assert.deepEqual(outcome, {
    before: false,
    after: true,
    is: true,
    calls: ['at once,true', 'callback,true,true', 'event'],
  })
})

// --- writing

/** What is called on a record, and what it then holds. */
const STEPS = [
  [['set', { a: 1, b: { c: 2 } }], { a: 1, b: { c: 2 } }],
  [['set', 'a', 2], { a: 2, b: { c: 2 } }],
  [['set', 'b.c', { d: [] }], { a: 2, b: { c: { d: [] } } }],
  [['set', 'b.c.d[2].e', true], { a: 2, b: { c: { d: [null, null, { e: true }] } } }],
  [['set', 'a.f', null], { a: { f: null }, b: { c: { d: [null, null, { e: true }] } } }],
  [['erase', 'b.c.d'], { a: { f: null }, b: { c: {} } }],
  [['set', 'b', 'ünï'], { a: { f: null }, b: 'ünï' }],
  [['erase', 'a'], { b: 'ünï' }],
  [['set', 'with blank.漢字', [[1], [{}]]], { b: 'ünï', 'with blank': { 漢字: [[1], [{}]] } }],
  [['set', 'with blank.漢字[1]', 5], { b: 'ünï', 'with blank': { 漢字: [[1], 5] } }],
  [['set', {}], {}],
  [['set', [1, 2]], [1, 2]],
  [['set', { last: { a: [] } }], { last: { a: [] } }],
]

test('patches, erasures and whole data are the same on both sides, whoever writes', async (t) => {
  const { page, record } = await setting(t)
  for (const [[method, ...args], expected] of STEPS) {
    await call(page, method, ...args)
    await agree(page, record, expected)
  }
  record.set({})
  for (const [[method, ...args], expected] of STEPS) {
    record[method](...args)
    await agree(page, record, expected)
  }
  const { version } = await agree(page, record)
  assert.equal(version, 2 * STEPS.length + 1, 'each write is one version')
  assert.deepEqual(page.errors, [])
})

test('a write shows at once here, one that changes nothing is no version', async (t) => {
  const { page, record } = await setting(t)
  const seen = await page.run(() => {
    record.set('a', 1)
    record.set('a', 1)
    record.set({ a: 1 })
    return [record.get('a'), record.version]
  })
  assert.deepEqual(seen, [1, 1])
  assert.equal((await agree(page, record, { a: 1 })).version, 1)
})

for (const [transport, options] of [
  ['binary', {}],
  ['JSON', { path: '/deepstream-json', socketOptions: { jsonTransportMode: true } }],
]) {
  test(`values of every JSON kind arrive as they would from the official client (${transport})`, async (t) => {
    const { page, record } = await setting(t, options)
    const values = sampleValues().slice(1)
    const expected = values.map(asText)
    await bringValues(page)
    await page.run(() => values.slice(1).forEach((value, n) => record.set(`here.v${n}`, value)))
    const textsThere = (side) => values.map((_, n) => asText(record.get(`${side}.v${n}`)))
    const textsHere = (side) =>
      page.run((side) => values.slice(1).map((_, n) => asText(record.get(`${side}.v${n}`))), side)
    await becomes(() => textsThere('here'), expected)
    values.forEach((value, n) => record.set(`there.v${n}`, value))
    await becomes(() => textsHere('there'), expected)
    assert.deepEqual([await textsHere('here'), textsThere('there')], [expected, expected])
  })
}

test('a root value that is changed after set changes nothing in the record', async (t) => {
  const { page, record } = await setting(t)
  const data = await page.run(() => {
    const data = { list: [1] }
    record.set(data)
    data.list.push(2)
    return record.get()
  })
  assert.deepEqual(data, { list: [1] })
  await agree(page, record, { list: [1] })
})

test('subscriptions tell of changes at their path only, from here and from there', async (t) => {
  const { page, record } = await setting(t)
  await page.run(() => {
    window.one = (value) => recorder.note('a.b', value)
    record.subscribe('a.b', one)
    record.subscribe('a', (value) => recorder.note('a', value))
    record.subscribe((value) => recorder.note('all', value))
    record.subscribe('list[1]', (value) => recorder.note('list[1]', value))
    record.subscribe('now', (value) => recorder.note('now', value), true)
  })
  await page.note('now')
  assert.deepEqual(noted(page, 'now'), [[undefined]])
  record.set('a.b', 1)
  record.set('a.c', 2)
  record.set('list', [1, 2])
  record.set('list[0]', 3)
  record.erase('a')
  record.set({ now: 0 })
  await page.note('now', { n: 2 })
  assert.deepEqual(noted(page, 'a.b'), [[1], [undefined]])
  assert.deepEqual(noted(page, 'a'), [[{ b: 1 }], [{ b: 1, c: 2 }], [undefined]])
  assert.deepEqual(noted(page, 'list[1]'), [[2], [undefined]])
  assert.deepEqual(noted(page, 'now'), [[undefined], [0]])
  assert.equal(page.of('all').length, 6)

  const inbox = new Inbox()
  record.subscribe('a.b', inbox.put)
  await page.run(() => {
    const calls = []
    record.subscribe('a.b', (value) => calls.push(value))
    record.set('a.b', 'here')
    record.unsubscribe('a.b', one)
    record.set('a.b', 'later')
    if (String(calls) !== 'here,later') throw new Error(`not told at once: ${calls}`)
  })
  assert.deepEqual(await inbox.has(2), ['here', 'later'])
  await page.note('a', { n: 5 })
  assert.deepEqual(noted(page, 'a.b'), [[1], [undefined], ['here']])
})

test('setMulti is one change, also for a server that does not know PATCH_MULTI', async (t) => {
  const { page, peer, record, name } = await setting(t)
  record.set({ gone: 1, list: [1] })
  await agree(page, record, { gone: 1, list: [1] })
  await page.run(() => record.subscribe((data) => recorder.note('told', data)))
  const multi = [{ path: 'a.b', data: 1 }, { path: 'list[1]', data: { c: 2 } }, { path: 'gone' }]
  const expected = { list: [1, { c: 2 }], a: { b: 1 } }
  await page.run((multi) => record.setMulti(multi, (...args) => recorder.note('acknowledged', ...args)), multi)
  await page.note('acknowledged')
  assert.deepEqual(noted(page, 'acknowledged'), [[null, name]])
  assert.deepEqual(noted(page, 'told'), [[expected]])
  await becomes(() => peer.record.snapshot(name), expected)
  await agree(page, record, expected)

  assert.deepEqual(await settledCall(page, 'setMultiWithAck', [{ path: 'a', data: 1 }, { path: 'b', data: 2 }]), DONE)
  await call(page, 'setMulti', [{ path: 'a', data: 3 }])
  await call(page, 'set', 'after', true)
  await agree(page, record, { list: [1, { c: 2 }], a: 3, b: 2, after: true })
  record.set('there', true)
  await agree(page, record, { list: [1, { c: 2 }], a: 3, b: 2, after: true, there: true })
  assert.deepEqual(page.errors, [])
})

test('setMulti while the official client writes elsewhere loses nothing of the page', async (t) => {
  const { page, record } = await setting(t)
  for (let n = 0; n < 5; n++) {
    record.set(`there${n}`, n)
    await page.run((n) => {
      record.setMergeStrategy((local, localVersion, remote, remoteVersion, done) => done(null, { ...remote, ...local }))
      record.setMulti([{ path: `a${n}`, data: 1 }, { path: `b${n}`, data: 2 }])
      record.set(`c${n}`, 3)
    }, n)
  }
  // The official client drops its own writes in a conflict: that is how it is, and not ours to mend.
  const all = [0, 1, 2, 3, 4].map((n) => ({ [`a${n}`]: 1, [`b${n}`]: 2, [`c${n}`]: 3 }))
  const ours = (data) => Object.entries({ ...data }).filter(([key]) => !key.startsWith('there'))
  const sorted = (data) => Object.fromEntries(ours(data).toSorted())
  await becomes(() => sorted(record.get()), sorted(Object.assign({}, ...all)))
  await agree(page, record)
})

test('an acknowledged write is on the server, by promise and by callback', async (t) => {
  const { page, peer, name } = await setting(t)
  const there = () => peer.record.snapshot(name)
  // Else the official client answers from its own copy, which may be older.
  const other = await jsClient(t, shared.url)
  const onServer = () => other.record.snapshot(name)
  assert.deepEqual(await settledCall(page, 'setWithAck', { a: 1 }), DONE)
  assert.deepEqual(await onServer(), { a: 1 })
  assert.deepEqual(await settledCall(page, 'setWithAck', 'b.c', [2]), DONE)
  assert.deepEqual(await onServer(), { a: 1, b: { c: [2] } })
  assert.deepEqual(await settledCall(page, 'eraseWithAck', 'a'), DONE)
  assert.deepEqual(await onServer(), { b: { c: [2] } })
  await page.run(() => {
    const note = (...args) => recorder.note('acknowledged', ...args)
    record.set('d', 1, note)
    record.set({ e: 2 }, note)
    record.setWithAck('f', 3, note)
    record.eraseWithAck('f', note)
    record.set('e', 2, note)
  })
  await page.note('acknowledged', { n: 5 })
  assert.deepEqual(noted(page, 'acknowledged'), Array(5).fill([null, name]))
  assert.deepEqual(await onServer(), { e: 2 })
  await becomes(there, { e: 2 })
})

// --- the end of a record

test('a record that the page deletes is gone for the official client, and may be made anew', async (t) => {
  const { page, peer, record, name } = await setting(t)
  const inbox = new Inbox()
  record.on('delete', inbox.put)
  await call(page, 'set', 'a', 1)
  await agree(page, record, { a: 1 })
  await page.run(() => record.on('delete', (...args) => recorder.note('delete', ...args)))
  assert.deepEqual(await settledCall(page, 'delete'), DONE)
  await inbox.has(1)
  await page.note('delete')
  assert.deepEqual(await page.run(() => [client.record.names(), record.isReady]), [[], false])
  assert.equal(await peer.record.has(name), false)
  const again = await openBoth(page, peer, name)
  await call(page, 'set', 'b', 2)
  await agree(page, again, { b: 2 })
})

test('a record that the official client deletes is gone for the page, and may be made anew', async (t) => {
  const { page, peer, record, name } = await setting(t)
  await page.run(() => {
    record.set('a', 1)
    record.on('delete', (...args) => recorder.note('delete', ...args))
    client.record.getRecord(record.name).on('delete', () => recorder.note('delete of the other'))
  })
  await agree(page, record, { a: 1 })
  await record.delete()
  await page.note('delete')
  await page.note('delete of the other')
  assert.deepEqual(await page.run((name) => client.record.has(name), name), false)
  const again = await openBoth(page, peer, name)
  again.set('b', 2)
  await agree(page, again, { b: 2 })
  assert.deepEqual(page.errors, [])
})

test('a record used after its deletion is an error event, and nothing is thrown', async (t) => {
  const { page } = await setting(t)
  await settledCall(page, 'delete')
  await page.run(() => {
    record.set('a', 1)
    record.subscribe('a', () => {})
    record.unsubscribe('a')
    record.discard()
    record.delete()?.catch(() => {})
  })
  await page.error('RECORD_ALREADY_DESTROYED', { n: 5 })
  const methods = page.errors.map(([meta, event, topic]) => [meta.methodName, event, topic])
  assert.deepEqual(methods.map(([method]) => method), ['set', 'subscribe', 'unsubscribe', 'discard', 'delete'])
})

test('a record that is discarded is given up after the time-out, unless it is opened meanwhile', async (t) => {
  const { page, peer, name } = await setting(t, { recordDiscardTimeout: 300 })
  const inbox = new Inbox()
  const provider = await jsClient(t, shared.url)
  provider.record.listen(`^kept by ${name}`, (subscription, { accept, onStop }) => {
    onStop((stopped) => inbox.put(stopped))
    accept()
  })
  await settled(provider)
  const kept = `kept by ${name}`
  await openHere(page, kept)
  await page.run(async (kept) => {
    record.on('discard', () => recorder.note('discard', 'first'))
    record.discard()
    window.second = client.record.getRecord(kept)
    await second.whenReady()
    second.on('discard', () => recorder.note('discard', 'second'))
    await new Promise((resolve) => setTimeout(resolve, 500))
    second.set('a', 1)
  }, kept)
  await becomes(() => peer.record.snapshot(kept), { a: 1 })
  assert.deepEqual([noted(page, 'discard'), inbox.received], [[], []])
  await page.run(() => second.discard())
  await page.until(() => page.of('discard').length > 0, 'the end')
  await inbox.has(1)
  assert.deepEqual(inbox.received, [kept])
  assert.deepEqual(await page.run(() => client.record.names()), [name])
})

test('one handle that is discarded leaves the others and their subscriptions', async (t) => {
  const { page, record, name } = await setting(t, { recordDiscardTimeout: 0 })
  await page.run(async (name) => {
    const other = client.record.getRecord(name)
    await other.whenReady()
    other.subscribe('a', () => recorder.note('discarded handle'))
    record.subscribe('a', (value) => recorder.note('a', value))
    record.on('delete', () => recorder.note('delete'))
    other.discard()
  }, name)
  record.set('a', 1)
  await page.note('a')
  assert.deepEqual(noted(page, 'discarded handle'), [])
  await record.delete()
  await page.note('delete')
})

// --- the handler

test('snapshot, has and head ask for records that are open and that are not', async (t) => {
  const { page, peer, record, name } = await setting(t)
  record.set({ a: 1 })
  await agree(page, record, { a: 1 })
  await page.run(() => client.record.getRecord('unrelated').discard())
  const closed = await openThere(peer, `${name} elsewhere`)
  closed.set({ b: [2] })
  await settled(peer)
  const outcomes = await page.run(async (name) => {
    const { settled } = recorder
    const called = (method, name) => new Promise((resolve) => client.record[method](name, (error, value) => resolve(error ? [error] : [error, value])))
    const outcomes = {}
    for (const it of [name, `${name} elsewhere`, `${name} nowhere`]) {
      for (const method of ['snapshot', 'has', 'head']) {
        outcomes[`${method} ${it.slice(name.length)}`] = [await settled(client.record[method](it)), await called(method, it)]
      }
    }
    return outcomes
  }, name)
  const both = (value) => [{ resolved: value }, [null, value]]
  assert.deepEqual(outcomes, {
    'snapshot ': both({ a: 1 }),
    'has ': both(true),
    'head ': both(1),
    'snapshot  elsewhere': both({ b: [2] }),
    'has  elsewhere': both(true),
    'head  elsewhere': both(1),
    'snapshot  nowhere': [{ rejected: 'RECORD_NOT_FOUND' }, ['RECORD_NOT_FOUND']],
    'has  nowhere': both(false),
    'head  nowhere': both(-1),
  })
})

test('setData writes records that are open and that are not, with and without acknowledgement', async (t) => {
  const { page, peer, record, name } = await setting(t)
  const elsewhere = `${name} elsewhere`
  const read = (name) => peer.record.snapshot(name).catch((error) => error)
  const write = (...args) =>
    page.run((args) => recorder.settled(client.record.setDataWithAck(...args)), args)
  for (const it of [name, elsewhere]) {
    assert.deepEqual(await write(it, { a: 1 }), DONE)
    await becomes(() => read(it), { a: 1 })
    assert.deepEqual(await write(it, 'b.c', [1]), DONE)
    await becomes(() => read(it), { a: 1, b: { c: [1] } })
    await page.run((it) => {
      client.record.setData(it, 'a', undefined)
      client.record.setData(it, 'd', 1, (...args) => recorder.note(it, ...args))
    }, it)
    await page.note(it)
    assert.deepEqual(noted(page, it), [[null, it]])
    await becomes(() => read(it), { b: { c: [1] }, d: 1 })
    await page.run((it) => client.record.setData(it, { e: 1 }), it)
    await becomes(() => read(it), { e: 1 })
  }
  await agree(page, record, { e: 1 })
  assert.deepEqual(await page.run(() => client.record.names()), [name])
})

test('what another wrote with setData to a record that is open here arrives', async (t) => {
  const { page, peer, record, name } = await setting(t)
  await page.run((name) => {
    record.set('a', 1)
    return recorder.settled(client.record.setDataWithAck(`${name} 2`, { b: 1 }))
  }, name)
  const other = await jsClient(t, shared.url)
  await other.record.setDataWithAck(name, { c: 1 })
  await other.record.setDataWithAck(name, 'd', 2)
  await agree(page, record, { c: 1, d: 2 })
  await openHere(page, `${name} 2`)
  const second = await openThere(peer, `${name} 2`)
  await page.run((name) => client.record.setData(name, 'e', 1), `${name} 2`)
  await agree(page, second, { b: 1, e: 1 })
})

test('notify has the server read again what was changed in its database', async (t) => {
  const config = lasting(t)
  const server = await realServer(t, { config })
  const page = await openPage(browser, t, server.url)
  await openHere(page, 'notified')
  await page.run(() => record.set('a', 1))
  const file = join(config.storage.options.folder, 'notified.json')
  await until(() => page.run(() => recorder.settled(record.setWithAck('b', 1))))
  writeFileSync(file, JSON.stringify({ version: 7, data: { changed: true } }))
  const outcome = await page.run(async () => [
    await recorder.settled(client.record.notify(['notified'])),
    await new Promise((resolve) => client.record.notify(['notified'], (...args) => resolve(args))),
  ])
  assert.deepEqual(outcome, [DONE, [null]])
  await becomes(() => page.run(() => [record.get(), record.version]), [{ changed: true }, 7])
})

test('records asked for and written to before the login are read and written after it', async (t) => {
  const peer = await jsClient(t, shared.url)
  const known = await openThere(peer, `${t.name} known`)
  known.set({ there: 1, both: 'there' })
  known.set('more', 2)
  await settled(peer)
  const page = await browser.open(t)
  await page.connect(shared.url, PROMPT)
  await page.run((name) => {
    window.record = client.record.getRecord(`${name} known`)
    window.fresh = client.record.getRecord(`${name} fresh`)
    record.set('both', 'here')
    record.set('here', 1)
    fresh.set({ a: 1 })
    fresh.set('b', 2, (...args) => recorder.note('acknowledged', ...args))
    record.whenReady(() => recorder.note('ready', record.get()))
    client.record.setData(`${name} data`, { d: 1 })
  }, t.name)
  await page.state('AWAITING_AUTHENTICATION')
  assert.deepEqual(page.of('ready'), [], 'nothing is known of it yet')
  await page.login()
  const merged = { there: 1, both: 'here', more: 2, here: 1 }
  await page.note('ready')
  assert.deepEqual(noted(page, 'ready'), [[merged]])
  await agree(page, known, merged)
  await page.note('acknowledged')
  assert.deepEqual(noted(page, 'acknowledged'), [[null, `${t.name} fresh`]])
  assert.deepEqual(await peer.record.snapshot(`${t.name} fresh`), { a: 1, b: 2 })
  await becomes(() => peer.record.snapshot(`${t.name} data`).catch((error) => error), { d: 1 })
  assert.deepEqual(page.errors, [])
})

// --- large ones

test('a document of 1 MB goes both ways, and is patched', async (t) => {
  const { page, record } = await setting(t)
  const rows = (from) => Array.from({ length: 10_000 }, (_, n) => ({ n, text: `${from} ${n} `.padEnd(80, 'ü') }))
  await page.run(`(window.rows = ${rows}, record.set({ rows: rows('here') }), undefined)`)
  const isSame = () => record.get('rows')?.length === 10_000 && asText(record.get()) === asText({ rows: rows('here') })
  await until(isSame)
  record.set('rows[5000].text', 'patched there')
  await becomes(() => page.run(() => record.get('rows[5000].text')), 'patched there')
  await page.run(() => record.set('rows[5001].text', 'patched here'))
  await becomes(() => record.get('rows[5001].text'), 'patched here')
  record.set({ rows: rows('there') })
  await becomes(() => page.run(`JSON.stringify(record.get()) === JSON.stringify({ rows: rows('there') })`), true)
  assert.deepEqual(page.errors, [])
})

test('10 000 records are opened, written and read at once', async (t) => {
  const count = 10_000
  const page = await openPage(browser, t, shared.url, { subscriptionInterval: 100, subscriptionTimeout: 60_000 })
  const peer = await jsClient(t, shared.url, { subscriptionInterval: 100, subscriptionTimeout: 60_000 })
  await page.run(([name, count]) => {
    window.records = Array.from({ length: count }, (_, n) => client.record.getRecord(`${name} ${n}`))
    const writes = records.map((record, n) => record.setWithAck('n', n))
    Promise.all([...writes, ...records.map((record) => record.whenReady())])
      .then(() => recorder.note('done'), (error) => recorder.note('failed', error))
  }, [t.name, count])
  await page.note('done', { limit: 60_000 })
  for (let n = 0; n < count; n += 499) assert.deepEqual(await peer.record.snapshot(`${t.name} ${n}`), { n })
  for (let n = 0; n < count; n++) peer.record.setData(`${t.name} ${n}`, { n: -n })
  await until(() => page.run(() => records.every((record, n) => record.get('n') === -n)), Boolean, 60_000)
  assert.deepEqual(page.errors, [])
})

// --- anonymous records

test('an anonymous record is one record after the other, and its subscriptions go along', async (t) => {
  const page = await openPage(browser, t, shared.url)
  const peer = await jsClient(t, shared.url)
  const { name } = t
  const [record, second] = [await openThere(peer, name), await openThere(peer, `${name} 2`)]
  record.set({ a: 1 })
  second.set({ a: 2, b: 3 })
  await settled(peer)
  const before = await page.run(() => {
    window.anonymous = client.record.getAnonymousRecord()
    anonymous.subscribe('a', (value) => recorder.note('a', value))
    anonymous.on('nameChanged', (name) => recorder.note('nameChanged', name))
    return [anonymous.name, anonymous.isReady, anonymous.version, anonymous.get() ?? 'undefined']
  })
  assert.deepEqual(before, ['', false, -1, 'undefined'])
  const rename = (to) =>
    page.run(async (to) => {
      const is = (await anonymous.setName(to)) === anonymous
      return [is, anonymous.name, anonymous.isReady, anonymous.get()]
    }, to)
  assert.deepEqual(await rename(name), [true, name, true, { a: 1 }])
  assert.deepEqual(await rename(`${name} 2`), [true, `${name} 2`, true, { a: 2, b: 3 }])
  record.set('a', 'of no interest any more')
  second.set('a', 4)
  await page.note('a', { n: 3 })
  assert.deepEqual(noted(page, 'a'), [[1], [2], [4]])
  assert.deepEqual(noted(page, 'nameChanged'), [[name], [`${name} 2`]])
  await page.run(async () => {
    await anonymous.setWithAck('c', 5)
    await anonymous.eraseWithAck('b')
  })
  await becomes(() => second.get(), { a: 4, c: 5 })
  await page.run(() => anonymous.on('delete', () => recorder.note('delete')))
  await second.delete()
  await page.note('delete')
})

// --- providers

test('a page provides records that the official client opens, and is told of the end', async (t) => {
  const page = await openPage(browser, t, shared.url)
  const peer = await jsClient(t, shared.url, { recordDiscardTimeout: 0 })
  await page.run(() => {
    client.record.listen('^provided here/', (name, response) => {
      recorder.note('asked', name)
      response.onStop((stopped) => recorder.note('stopped', stopped))
      if (name.endsWith('no')) return response.reject()
      response.accept()
      client.record.setData(name, { from: 'page' })
    })
  })
  await pageSettled(page)
  const record = await openThere(peer, 'provided here/1')
  await becomes(() => [record.get(), record.hasProvider], [{ from: 'page' }, true])
  const refused = await openThere(peer, 'provided here/no')
  await page.note('asked', { n: 2 })
  await pageSettled(page)
  assert.equal(refused.hasProvider, false)
  record.discard()
  await page.note('stopped')
  await page.run(() => client.record.unlisten('^provided here/'))
  await pageSettled(page)
  await openThere(peer, 'provided here/2')
  await settled(peer)
  await pageSettled(page)
  assert.deepEqual(noted(page, 'asked'), [['provided here/1'], ['provided here/no']])
  assert.deepEqual(noted(page, 'stopped'), [['provided here/1']])
})

test('the official client provides a record that a page opens, which hears of it', async (t) => {
  const page = await openPage(browser, t, shared.url, { recordDiscardTimeout: 0 })
  const peer = await jsClient(t, shared.url)
  const inbox = new Inbox()
  peer.record.listen('^provided there/', (name, response) => {
    inbox.put(`asked ${name}`)
    response.onStop((stopped) => inbox.put(`stopped ${stopped}`))
    response.accept()
    peer.record.setData(name, { from: 'peer' })
  })
  await settled(peer)
  await openHere(page, 'provided there/1')
  await page.run(() => record.on('hasProviderChanged', (has) => recorder.note('hasProviderChanged', has)))
  await becomes(() => page.run(() => [record.get(), record.hasProvider]), [{ from: 'peer' }, true])
  peer.record.unlisten('^provided there/')
  await becomes(() => page.run(() => record.hasProvider), false)
  assert.deepEqual(noted(page, 'hasProviderChanged').at(-1), [false])
  peer.record.listen('^provided there/', (name, response) => {
    response.onStop((stopped) => inbox.put(`stopped ${stopped}`))
    response.accept()
    inbox.put(`asked again ${name}`)
  })
  await inbox.has(2)
  await page.run(() => record.discard())
  await inbox.has(3)
  assert.deepEqual(inbox.received.toSorted(), ['asked again provided there/1', 'asked provided there/1', 'stopped provided there/1'])
})
