// Writes of a page and of the official client that exclude each other, through the real server.

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { launchBrowser } from '../support/browser.mjs'
import { PROMPT, jsClient, settled } from '../support/peer.mjs'
import { agree, becomes, openBoth, openHere, openPage, openThere, permitting } from '../support/records.mjs'
import { startServer } from '../support/server.mjs'
import { realServer } from '../support/setting.mjs'

const browser = await launchBrowser()
const shared = await startServer()
after(() => Promise.all([browser.close(), shared.kill()]))

const noted = (page, kind) => page.of(kind).map(({ args }) => args)

/**
 * A page and the official client have a record; then the page writes while it is away from the server,
 * and so does the official client: a conflict for sure. `prepare` runs in the page before all.
 */
async function conflict(t, { prepare = () => {}, write, meanwhile, options }) {
  const page = await browser.open(t)
  await page.connect(shared.url, { ...PROMPT, ...options })
  await page.run(`(${prepare})(${JSON.stringify(t.name)}), undefined`)
  await page.login()
  const peer = await jsClient(t, shared.url)
  const record = await openBoth(page, peer, t.name)
  record.set({ field: 'old', here: 'old', there: 'old' })
  await agree(page, record, { field: 'old', here: 'old', there: 'old' })
  await page.run(() => {
    client.pause()
    record.subscribe('field', (value) => recorder.note('field', value))
  })
  await page.state('OFFLINE')
  await page.run(write)
  meanwhile(record)
  await settled(peer)
  await page.run(() => void client.resume())
  return { page, peer, record }
}

const bothWrite = {
  write: () => {
    record.set('field', 'here', (...args) => recorder.note('acknowledged', ...args))
    record.setWithAck('here', 'new').then(() => recorder.note('fulfilled'), (error) => recorder.note('rejected', error))
  },
  meanwhile: (record) => record.set('field', 'there'),
}

test('what another wrote wins by default, and the writers of what is dropped are told', async (t) => {
  const { page, record } = await conflict(t, bothWrite)
  await agree(page, record, { field: 'there', here: 'old', there: 'old' })
  await page.note('acknowledged')
  await page.note('rejected')
  assert.equal(noted(page, 'acknowledged')[0][0], 'VERSION_EXISTS')
  assert.deepEqual(noted(page, 'rejected'), [['VERSION_EXISTS']])
  assert.deepEqual(noted(page, 'field'), [['here'], ['there']])
  assert.deepEqual(noted(page, 'record error'), [])
})

test('a dropped write that nobody waits for is an error event of the record, or else of the client', async (t) => {
  const { page, record } = await conflict(t, {
    write: () => record.set('field', 'here'),
    meanwhile: (record) => record.set('field', 'there'),
  })
  await agree(page, record, { field: 'there', here: 'old', there: 'old' })
  await page.note('record error')
  assert.deepEqual(noted(page, 'record error'), [['VERSION_EXISTS', 'PATCH']])
  assert.deepEqual(page.errors, [])

  await page.run(() => {
    record.off('error')
    client.pause()
  })
  await page.state('OFFLINE', { n: 2 })
  await page.run(() => record.set('field', 'here'))
  record.set('field', 'there again')
  await page.run(() => void client.resume())
  const { args } = await page.error('VERSION_EXISTS')
  assert.deepEqual([args[0].recordName, args[2]], [t.name, 'RECORD'])
  await agree(page, record, { field: 'there again', here: 'old', there: 'old' })
})

const LOCAL = { field: 'here', here: 'new', there: 'old' }

test('LOCAL_WINS keeps what was written here, which both then have, and which is acknowledged', async (t) => {
  const { page, record } = await conflict(t, {
    ...bothWrite,
    prepare: (name) => client.record.setMergeStrategy(name, deepstream.LOCAL_WINS),
  })
  await agree(page, record, LOCAL)
  await page.note('acknowledged')
  await page.note('fulfilled')
  assert.deepEqual(noted(page, 'acknowledged'), [[null, t.name]])
  assert.deepEqual(noted(page, 'field'), [['here']])
  assert.deepEqual(noted(page, 'record error'), [])
})

/** A strategy, and how a page sets it, by where. */
const merge = (local, localVersion, remote, remoteVersion, done) => {
  recorder.note('asked', local, localVersion, remote, remoteVersion)
  const merged = { ...remote, field: `${local.field} and ${remote.field}`, here: local.here }
  if (local.here === 'new') setTimeout(() => done(null, merged))
  else done(null, merged)
}

const PLACES = {
  'of the record': (name, merge) => client.record.getRecord(name).setMergeStrategy(merge),
  'of the handler, by name': (name, merge) => client.record.setMergeStrategy(name, merge),
  'of the handler, by regular expression': (name, merge) => {
    client.record.setMergeStrategyRegExp(/^another$/, deepstream.LOCAL_WINS)
    client.record.setMergeStrategyRegExp(/expression/, merge)
    client.record.setMergeStrategyRegExp(/./, deepstream.LOCAL_WINS)
  },
}

for (const [place, set] of Object.entries(PLACES)) {
  test(`a strategy ${place} is asked with both states, and what it makes is what both have`, async (t) => {
    const { page, record } = await conflict(t, { ...bothWrite, prepare: `(name) => (${set})(name, ${merge})` })
    await agree(page, record, { field: 'here and there', here: 'new', there: 'old' })
    await page.note('asked')
    const { args } = page.of('asked')[0]
    assert.deepEqual([args[0], args[2]], [LOCAL, { field: 'there', here: 'old', there: 'old' }])
    assert.equal(args[3], 2)
    await page.note('fulfilled')
    assert.equal(page.of('asked').length, 1)
  })
}

test('a strategy of the client is asked where there is no nearer one', async (t) => {
  const page = await browser.open(t)
  await page.run(`recorder.connect(${JSON.stringify(shared.url)}, { ...${JSON.stringify(PROMPT)}, maxReconnectAttempts: Infinity, mergeStrategy: ${merge} }), undefined`)
  await page.login()
  const peer = await jsClient(t, shared.url)
  const record = await openBoth(page, peer, t.name)
  record.set({ field: 'old' })
  await agree(page, record, { field: 'old' })
  await page.run(() => client.pause())
  await page.state('OFFLINE')
  await page.run(() => record.set('field', 'here'))
  record.set('field', 'there')
  await settled(peer)
  await page.run(() => void client.resume())
  await agree(page, record, { field: 'here and there' })
})

const FAILING = {
  'calls back with an error': ['my reason', (a, b, c, d, done) => done('my reason')],
  'throws': ['thrown', () => { throw new Error('thrown') }],
  'gives no object': ['the merge strategy gave neither an object nor an array', (a, b, c, d, done) => done(null, 5)],
}

for (const [failing, [reason, strategy]] of Object.entries(FAILING)) {
  test(`a strategy that ${failing} gives up what was written, and tells`, async (t) => {
    const { page, record } = await conflict(t, {
      ...bothWrite,
      prepare: `(name) => client.record.setMergeStrategy(name, ${strategy})`,
    })
    await agree(page, record, { field: 'there', here: 'old', there: 'old' })
    await page.note('acknowledged')
    await page.note('rejected')
    assert.deepEqual(noted(page, 'rejected'), [['VERSION_EXISTS']])
    assert.ok(page.errors.some(([meta, event, topic]) => meta === reason && event === 'VERSION_EXISTS' && topic === 'RECORD'))
    const uncaught = page.uncaught.splice(0).map(({ message }) => message)
    assert.deepEqual(uncaught, failing === 'throws' ? ['thrown'] : [])
    record.set('there', 'goes on')
    await agree(page, record, { field: 'there', here: 'old', there: 'goes on' })
  })
}

test('whatever the official client writes meanwhile, a page ends with what the server has, and all is answered', async (t) => {
  const page = await openPage(browser, t, shared.url)
  const peer = await jsClient(t, shared.url)
  const record = await openBoth(page, peer, t.name)
  const rounds = 30
  await page.run(() => {
    window.fulfilled = []
    window.rejected = []
  })
  for (let n = 0; n < rounds; n++) {
    record.set('shared', `there ${n}`)
    await page.run((n) => {
      for (const path of ['shared', `own.${n % 3}`]) {
        record.setWithAck(path, `here ${n}`).then(() => fulfilled.push(n), (error) => rejected.push(error))
      }
    }, n)
  }
  await becomes(() => page.run(() => fulfilled.length + rejected.length), 2 * rounds)
  await settled(peer)
  // The official client itself may end with something else.
  const other = await jsClient(t, shared.url)
  const onServer = async () => ({ data: await other.record.snapshot(t.name), version: await other.record.head(t.name) })
  const here = () => page.run(() => ({ data: record.get(), version: record.version }))
  await becomes(here, await onServer())
  assert.deepEqual(await here(), await onServer())
  assert.ok((await page.run(() => rejected)).every((error) => error === 'VERSION_EXISTS'))
  assert.ok(await page.run(() => fulfilled.length > 0))
})

test('two pages that change the same field over and over end with the same, whatever their strategies', async (t) => {
  const name = t.name
  const pages = [await openPage(browser, t, shared.url), await openPage(browser, t, shared.url)]
  await pages[1].run((name) => client.record.setMergeStrategy(name, deepstream.LOCAL_WINS), name)
  for (const page of pages) await openHere(page, name)
  const peer = await jsClient(t, shared.url)
  await Promise.all(pages.map((page, who) =>
    page.run(async (who) => {
      const writes = []
      for (let n = 0; n < 50; n++) {
        writes.push(record.setWithAck('field', `${who} ${n}`).catch((error) => recorder.note('dropped', error)))
        if (n % 5 === 0) await new Promise((resolve) => setTimeout(resolve))
      }
      await Promise.all(writes)
    }, who)))
  const read = () => Promise.all(pages.map((page) => page.run(() => [record.get(), record.version])))
  const [data, version] = (await read())[0]
  await becomes(read, [[data, version], [data, version]])
  assert.deepEqual([await peer.record.snapshot(name), await peer.record.head(name)], [data, version])
  assert.ok(pages.flatMap((page) => noted(page, 'dropped')).every(([error]) => error === 'VERSION_EXISTS'))
})

// --- refusals

const RULES = permitting({
  'no write/*': { create: true, write: false, read: true, delete: false, listen: true, notify: true },
  'some writes/*': { create: true, write: 'data.field !== "forbidden"', read: true, delete: false, listen: true, notify: true },
  'no read/*': { create: true, write: true, read: false, delete: true, listen: true, notify: true },
})

test('a write that the server refuses rejects, and the record goes back to what the server has', async (t) => {
  const server = await realServer(t, { config: RULES })
  const page = await openPage(browser, t, server.url)
  const peer = await jsClient(t, server.url)
  const record = await openBoth(page, peer, 'some writes/1')
  record.set({ field: 'allowed' })
  await agree(page, record, { field: 'allowed' })
  const outcome = await page.run(async () => {
    record.subscribe('field', (value) => recorder.note('field', value))
    record.set({ field: 'forbidden' }, (...args) => recorder.note('acknowledged', ...args))
    return recorder.settled(record.setWithAck({ field: 'forbidden', other: 1 }))
  })
  assert.deepEqual(outcome, { rejected: 'MESSAGE_DENIED' })
  await page.note('acknowledged')
  assert.equal(noted(page, 'acknowledged')[0][0], 'MESSAGE_DENIED')
  await agree(page, record, { field: 'allowed' })
  await page.note('field', { n: 2 })
  assert.deepEqual(noted(page, 'field'), [['forbidden'], ['allowed']])

  await page.run(() => record.set({ field: 'forbidden' }))
  await page.note('record error')
  assert.deepEqual(noted(page, 'record error'), [['MESSAGE_DENIED', 'UPDATE']])
  await agree(page, record, { field: 'allowed' })
  await page.run(() => record.set({ field: 'allowed again' }))
  await agree(page, record, { field: 'allowed again' })
  record.set({ field: 'from there' })
  await agree(page, record, { field: 'from there' })
})

// Of this server: after a version too high, which the one behind a denied write may be, it refuses each.
test('a write behind one that the server denies is delivered, or given up and told', async (t) => {
  const server = await realServer(t, { config: RULES })
  const page = await openPage(browser, t, server.url)
  const peer = await jsClient(t, server.url)
  const record = await openBoth(page, peer, 'some writes/2')
  await page.run(() => {
    for (const field of ['one', 'forbidden', 'two']) {
      record.setWithAck({ field }).then(() => recorder.note(field, 'fulfilled'), (error) => recorder.note(field, error))
    }
  })
  const outcome = async (field) => (await page.note(field, { limit: 30_000 })).args[0]
  assert.deepEqual([await outcome('one'), await outcome('forbidden')], ['fulfilled', 'MESSAGE_DENIED'])
  const last = await outcome('two')
  assert.ok(['fulfilled', 'VERSION_EXISTS'].includes(last), last)
  await agree(page, record, { field: last === 'fulfilled' ? 'two' : 'one' })
})

test('what the server does not permit otherwise is told to whoever asks', async (t) => {
  const server = await realServer(t, { config: RULES })
  const page = await openPage(browser, t, server.url)
  const outcomes = await page.run(async () => {
    const { settled } = recorder
    const unreadable = client.record.getRecord('no read/1')
    unreadable.on('error', (...args) => recorder.note('record error', ...args))
    const ready = await settled(unreadable.whenReady())
    const closed = client.record.getRecord('no write/1')
    await closed.whenReady()
    return [
      ready,
      await settled(client.record.snapshot('no read/2')),
      await settled(client.record.has('no read/2')),
      await settled(closed.delete()),
      await settled(closed.setWithAck({ a: 1 })),
      await settled(client.record.setDataWithAck('no write/2', { a: 1 })),
    ]
  })
  const denied = { rejected: 'MESSAGE_DENIED' }
  assert.deepEqual(outcomes, Array(6).fill(denied))
  await page.note('record error')
  assert.equal(noted(page, 'record error')[0][0], 'MESSAGE_DENIED')
})

test('a page that may only read is refused at once, and told twice', async (t) => {
  const peer = await jsClient(t, shared.url)
  const record = await openThere(peer, t.name)
  record.set({ a: 1 })
  await settled(peer)
  const page = await openPage(browser, t, shared.url, { recordReadOnlyMode: true, recordPrefixWriteWhitelist: ['mine/'] })
  await openHere(page, t.name)
  assert.deepEqual(await page.run(() => recorder.settled(record.setWithAck('a', 2))), { rejected: 'RECORD_READ_ONLY_MODE' })
  await page.error('RECORD_READ_ONLY_MODE')
  await page.run(() => record.set('a', 2))
  await page.error('RECORD_READ_ONLY_MODE', { n: 2 })
  assert.deepEqual(await page.run(() => record.get()), { a: 1 })
  record.set('a', 3)
  await agree(page, record, { a: 3 })
  await openHere(page, 'mine/1')
  assert.deepEqual(await page.run(() => recorder.settled(record.setWithAck('a', 2))), { resolved: undefined })
})
