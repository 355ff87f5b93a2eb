// A page and the official client on the same lists and dequeues, through the real server.

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { launchBrowser } from '../support/browser.mjs'
import { PROMPT, jsClient, settled } from '../support/peer.mjs'
import { agree, becomes, openBoth, openPage, openThere } from '../support/records.mjs'
import { startServer } from '../support/server.mjs'

const browser = await launchBrowser()
const shared = await startServer()
after(() => Promise.all([browser.close(), shared.kill()]))

const EVENTS = ['entry-added', 'entry-removed', 'entry-moved']

/** A page and the official client with the same list open, and all events of both. */
async function setting(t, kind) {
  const page = await openPage(browser, t, shared.url)
  const peer = await jsClient(t, shared.url)
  const list = await openBoth(page, peer, t.name, kind)
  const there = []
  for (const event of EVENTS) list.on(event, (...args) => there.push([event, ...args]))
  await page.run((events) => {
    for (const event of events) record.on(event, (...args) => recorder.note('entries', event, ...args))
  }, EVENTS)
  return { page, peer, list, there, here: () => page.of('entries').map(({ args }) => args) }
}

const LIST_STEPS = [
  ['setEntries', ['a', 'b', 'c']],
  ['addEntry', 'd'],
  ['addEntry', 'e', 0],
  ['addEntry', 'f', 5],
  ['addEntry', 'a', 2],
  ['removeEntry', 'a'],
  ['addEntry', 'b', 1],
  ['removeEntry', 'b', 2],
  ['removeEntry', 'absent'],
  ['setEntries', ['f', 'e', 'new', 'f']],
  ['setEntries', []],
]

const DEQUEUE_STEPS = [
  ['setEntries', ['a', 'b', 'c', 'd']],
  ['push', 'e'],
  ['unshift', 'f'],
  ['insertEntry', 'g', 2],
  ['insertEntry', 'h', 0],
  ['removeEntry', 'c'],
  ['push', 'b'],
  ['removeEntry', 'b', 4],
  ['removeEntry', 'h'],
  ['removeEntry', 'e'],
  ['pop'],
  ['shift'],
  ['pop'],
  ['shift'],
  ['pop'],
  ['pop'],
  ['push', 'again'],
  ['unshift', 'before'],
]

/** What a step makes of an array. */
const MODEL = {
  setEntries: (list, entries) => entries,
  addEntry: (list, entry, index = list.length) => list.toSpliced(index, 0, entry),
  push: (list, entry) => [...list, entry],
  unshift: (list, entry) => [entry, ...list],
  insertEntry: (list, entry, index) => list.toSpliced(index, 0, entry),
  removeEntry: (list, entry, index) => list.filter((it, at) => it !== entry || (index !== undefined && at !== index)),
  pop: (list) => list.slice(0, -1),
  shift: (list) => list.slice(1),
}

function missed(method, entries) {
  if (method === 'pop') return entries.slice(-1).map((entry) => ['entry-removed', entry, entries.length - 1])
  if (method !== 'shift') return []
  return entries.map((entry, at) => (at === 0 ? ['entry-removed', entry, 0] : ['entry-moved', entry, at - 1]))
}

const MAKERS = {
  'the page': (page, list, [method, ...args]) => page.run(([method, args]) => record[method](...args), [method, args]),
  'the official client': (page, list, [method, ...args]) => list[method](...args),
}

for (const [kind, steps] of [['getList', LIST_STEPS], ['getDq', DEQUEUE_STEPS]]) {
  for (const [maker, make] of Object.entries(MAKERS)) {
    test(`entries and events of ${kind} are the same for both, when ${maker} changes them`, async (t) => {
      const { page, list, here, there } = await setting(t, kind)
      let entries = []
      for (const step of steps) {
        const [method, ...args] = step
        const returned = await make(page, list, step)
        if (method === 'pop') assert.equal(returned, entries.at(-1) ?? '')
        if (method === 'shift') assert.equal(returned, entries[0] ?? '')
        // The official client changes the very array that it then compares with, and sees no change.
        if (entries.length < 3 && maker !== 'the page') there.push(...missed(method, entries))
        entries = MODEL[method](entries, ...args)
        await agree(page, list, entries)
        await becomes(here, there, `events of ${step}`)
      }
      assert.ok(EVENTS.every((event) => there.some(([name]) => name === event)))
      assert.deepEqual(page.errors, [])
    })
  }
}

test('what getList tells by its methods', async (t) => {
  const { page, list } = await setting(t, 'getList')
  const outcome = await page.run(async () => {
    const seen = []
    const note = (entries) => seen.push(entries.join())
    record.subscribe(note)
    const empty = record.isEmpty()
    const acknowledged = [await recorder.settled(record.setEntriesWithAck(['a', 'b']))]
    acknowledged.push(await new Promise((resolve) => record.setEntriesWithAck(['b'], (...args) => resolve(args))))
    acknowledged.push(await new Promise((resolve) => record.addEntry('c', 0, (...args) => resolve(args))))
    acknowledged.push(await new Promise((resolve) => record.removeEntry('c', undefined, (...args) => resolve(args))))
    record.unsubscribe(note)
    record.addEntry('d')
    // What is given out is a copy.
    record.getEntries().push('e')
    return { seen, empty, acknowledged, entries: record.getEntries(), isEmpty: record.isEmpty() }
  })
  const called = [null, t.name]
  assert.deepEqual(outcome, {
    seen: ['a,b', 'b', 'c,b', 'b'],
    empty: true,
    acknowledged: [{ resolved: undefined }, called, called, called],
    entries: ['b', 'd'],
    isEmpty: false,
  })
  await agree(page, list, ['b', 'd'])
})

test('what getDq tells by its methods', async (t) => {
  const { page, list } = await setting(t, 'getDq')
  const outcome = await page.run(async () => {
    const seen = []
    record.subscribe((entries) => seen.push(`all ${entries}`))
    record.subscribe('first', (entry) => seen.push(`first ${entry}`))
    record.subscribe('last', (entry) => seen.push(`last ${entry}`))
    const before = [record.isEmpty(), record.getFirst(), record.getLast()]
    const acknowledged = [
      await recorder.settled(record.setEntriesWithAck(['a', 'b'])),
      await recorder.settled(record.pushWithAck('c')),
      await recorder.settled(record.unshiftWithAck('0')),
      await new Promise((resolve) => record.push('d', (...args) => resolve(args))),
    ]
    return { before, acknowledged, seen, after: [record.isEmpty(), record.getFirst(), record.getLast()] }
  })
  const done = { resolved: undefined }
  assert.deepEqual(outcome, {
    before: [true, '', ''],
    acknowledged: [done, done, done, [null, t.name]],
    seen: [
      'all a,b', 'first a', 'last b',
      'all a,b,c', 'last c',
      'all 0,a,b,c', 'first 0',
      'all 0,a,b,c,d', 'last d',
    ],
    after: [false, '0', 'd'],
  })
  await agree(page, list, ['0', 'a', 'b', 'c', 'd'])
})

test('entries of a dequeue may be of any kind, and a page reads what the official client stored', async (t) => {
  const { page, peer, list } = await setting(t, 'getDq')
  const values = [1, null, { a: ['ünï'] }, false, 'text', [[]]]
  list.setEntries(values)
  await agree(page, list, values)
  await page.run((value) => record.push(value), { b: 2 })
  await agree(page, list, [...values, { b: 2 }])
  const { data } = await agree(page, list)
  const stored = await peer.record.snapshot(t.name)
  assert.deepEqual(stored.h, { p: '6', n: '0' })
  assert.deepEqual(stored[6], { d: { b: 2 }, p: '5', n: '' })
  assert.equal(data.length, 7)
})

test('entries added by both at once to a dequeue are all there, in one order for both', async (t) => {
  const { page, list } = await setting(t, 'getDq')
  for (let n = 0; n < 5; n++) {
    await page.run((n) => record.push(`here ${n}`), n)
    await agree(page, list)
    list.push(`there ${n}`)
    await agree(page, list)
  }
  const { data } = await agree(page, list)
  assert.deepEqual(data, [0, 1, 2, 3, 4].flatMap((n) => [`here ${n}`, `there ${n}`]))
})

test('entries added and taken out before a list is ready change the list that there is', async (t) => {
  const peer = await jsClient(t, shared.url)
  const [list, dequeue] = [await openThere(peer, t.name, 'getList'), await openThere(peer, `${t.name} dq`, 'getDq')]
  list.setEntries(['a', 'b', 'c'])
  dequeue.setEntries(['a', 'b', 'c'])
  await settled(peer)
  const page = await browser.open(t)
  await page.connect(shared.url, PROMPT)
  await page.run((name) => {
    window.record = client.record.getList(name)
    record.addEntry('new')
    record.addEntry('first', 0)
    record.removeEntry('b')
    window.dequeue = client.record.getDq(`${name} dq`)
    dequeue.push('new')
    dequeue.unshift('first')
    if (dequeue.pop() !== '' || dequeue.shift() !== '') throw new Error('there is nothing yet')
  }, t.name)
  await page.login()
  await agree(page, list, ['first', 'a', 'c', 'new'])
  await page.run(() => {
    window.record = dequeue
  })
  await agree(page, dequeue, ['first', 'a', 'b', 'c', 'new'])
  assert.deepEqual(page.errors, [])
})

for (const kind of ['getList', 'getDq']) {
  test(`discard and delete of ${kind} are told with it`, async (t) => {
    const page = await openPage(browser, t, shared.url, { recordDiscardTimeout: 0 })
    const peer = await jsClient(t, shared.url)
    const list = await openBoth(page, peer, t.name, kind)
    list.setEntries(['a'])
    await agree(page, list, ['a'])
    await page.run((kind) => {
      window.other = client.record[kind]('discarded')
      for (const event of ['discard', 'delete']) {
        for (const it of [record, other]) it.on(event, (given) => recorder.note(event, given === it, it === other))
      }
      other.whenReady(() => other.discard())
    }, kind)
    await page.note('discard')
    await list.delete()
    await page.note('delete')
    assert.deepEqual(page.of('discard').map(({ args }) => args), [[true, true]])
    assert.deepEqual(page.of('delete').map(({ args }) => args), [[true, false]])
  })
}

test('a record that is no list is an empty one', async (t) => {
  const page = await openPage(browser, t, shared.url)
  const peer = await jsClient(t, shared.url)
  const record = await openThere(peer, t.name)
  record.set({ a: 1 })
  const list = await openThere(peer, `${t.name} list`, 'getList')
  list.setEntries(['a', 'b'])
  await settled(peer)
  const seen = await page.run(async (name) => {
    const list = client.record.getList(name)
    await list.whenReady()
    const plain = client.record.getRecord(`${name} list`)
    await plain.whenReady()
    return [list.getEntries(), list.isEmpty(), plain.get(), plain.get('[1]') ?? null]
  }, t.name)
  assert.deepEqual(seen.slice(0, 3), [[], true, ['a', 'b']])
})
