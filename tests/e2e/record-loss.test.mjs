// What is written to records while the connection is down, or goes down, is delivered: the real server
// is killed and started again, or the network between it and the page breaks.

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { launchBrowser } from '../support/browser.mjs'
import { brokenLink } from '../support/link.mjs'
import { PROMPT, jsClient, settled } from '../support/peer.mjs'
import { agree, becomes, lasting, openBoth, openHere, openPage, openThere } from '../support/records.mjs'
import { startServer } from '../support/server.mjs'
import { realServer } from '../support/setting.mjs'

const browser = await launchBrowser()
const shared = await startServer()
after(() => Promise.all([browser.close(), shared.kill()]))

const DONE = { resolved: undefined }
// Longer than a server takes to start on a busy machine.
const PATIENT = { offlineBufferTimeout: 60_000 }

const noted = (page, kind) => page.of(kind).map(({ args }) => args)

const otherErrors = (page) => page.errors.filter(([, name]) => name !== 'CONNECTION_ERROR')

async function restart(t, server, options) {
  const restarted = await startServer({ ...options, port: server.port })
  t.after(() => restarted.kill())
  return restarted
}

/** A page behind a link, and the official client that has the same record without it. */
async function linked(t, options) {
  const link = await brokenLink(t, shared.port)
  const page = await openPage(browser, t, link.url, { ...PATIENT, ...options })
  const peer = await jsClient(t, shared.url)
  const record = await openBoth(page, peer, t.name)
  record.set({ old: true })
  await agree(page, record, { old: true })
  return { link, page, peer, record, name: t.name }
}

test('what is written while the server is dead is there after its restart, and is acknowledged', async (t) => {
  const config = lasting(t)
  const server = await realServer(t, { config })
  const page = await openPage(browser, t, server.url, PATIENT)
  await openHere(page, 'known')
  await page.run(async () => {
    await record.setWithAck({ old: true, gone: true })
    window.list = client.record.getList('list')
    await list.whenReady()
    await list.setEntriesWithAck(['a', 'b'])
    record.subscribe((data) => recorder.note('told', data))
  })
  await server.kill()
  await page.state('RECONNECTING')
  await page.run(() => {
    const { settled } = recorder
    record.set('a.b', 1)
    record.erase('gone')
    list.addEntry('c')
    window.fresh = client.record.getRecord('fresh')
    fresh.set('made', 'offline')
    window.queue = client.record.getDq('queue')
    queue.push('one')
    queue.push('two')
    client.record.setData('closed', { written: true })
    window.outcomes = Promise.all([
      settled(record.setWithAck('c', 2)),
      settled(record.setMultiWithAck([{ path: 'd', data: 3 }, { path: 'e', data: 4 }])),
      settled(fresh.setWithAck('more', 5)),
      settled(client.record.setDataWithAck('closed too', { written: true })),
    ])
  })
  await restart(t, server, { config })
  await page.state('OPEN', { n: 2 })
  assert.deepEqual(await page.run(() => outcomes), Array(4).fill(DONE))
  const peer = await jsClient(t, server.url)
  const expected = {
    known: { old: true, a: { b: 1 }, c: 2, d: 3, e: 4 },
    list: ['a', 'b', 'c'],
    fresh: { made: 'offline', more: 5 },
    closed: { written: true },
    'closed too': { written: true },
  }
  for (const [name, data] of Object.entries(expected)) {
    await becomes(() => peer.record.snapshot(name).catch((error) => error), data, name)
  }
  const queue = await openThere(peer, 'queue', 'getDq')
  await becomes(() => queue.getEntries(), ['one', 'two'])
  assert.equal(noted(page, 'told').length, 4, 'told of each write when it was made, and not again')
  assert.deepEqual(otherErrors(page), [])
})

test('records that died with the server are made anew with what was written, the others are deleted', async (t) => {
  const server = await realServer(t)
  const page = await openPage(browser, t, server.url, PATIENT)
  await openHere(page, 'written')
  await page.run(async () => {
    window.clean = client.record.getRecord('clean')
    await clean.setWithAck({ a: 1 })
    await record.setWithAck({ a: 1 })
    for (const it of [record, clean]) it.on('delete', () => recorder.note('delete', it.name))
  })
  await server.kill()
  await page.state('RECONNECTING')
  await page.run(() => {
    window.outcome = recorder.settled(record.setWithAck('b', 2))
  })
  await restart(t, server)
  assert.deepEqual(await page.run(() => outcome), DONE)
  await page.note('delete')
  const peer = await jsClient(t, server.url)
  await becomes(() => peer.record.snapshot('written').catch((error) => error), { a: 1, b: 2 })
  assert.deepEqual(noted(page, 'delete'), [['clean']])
  assert.equal(await peer.record.has('clean'), false)
  assert.deepEqual(otherErrors(page), [])
})

test('a server that is started long after the writes gets them', async (t) => {
  const server = await startServer()
  await server.kill()
  const page = await browser.open(t)
  await page.connect(server.url, { ...PROMPT, ...PATIENT })
  await page.run(() => {
    client.login()
    window.record = client.record.getRecord('early')
    record.set('a', 1)
    window.outcome = recorder.settled(record.setWithAck('b', 2))
  })
  await page.note('socket-close', { n: 3 })
  await restart(t, server)
  assert.deepEqual(await page.run(() => outcome), DONE)
  const peer = await jsClient(t, server.url)
  assert.deepEqual(await peer.record.snapshot('early'), { a: 1, b: 2 })
})

test('a record made when there is no hope for the server is there at once, and delivered in the end', async (t) => {
  const server = await startServer()
  await server.kill()
  const page = await browser.open(t)
  await page.connect(server.url, { ...PROMPT, offlineBufferTimeout: 100 })
  await page.run(async () => {
    client.login()
    window.record = client.record.getRecord('hopeless')
    await record.whenReady()
    recorder.note('ready', record.get(), record.version)
    record.set('a', 1)
  })
  assert.deepEqual(noted(page, 'ready'), [[{}, 1]])
  const restarted = await restart(t, server)
  await page.state('OPEN')
  const peer = await jsClient(t, restarted.url)
  await becomes(() => peer.record.snapshot('hopeless').catch((error) => error), { a: 1 })
})

for (const [what, breakLink] of [
  ['did not reach the server', 'mute'],
  ['reached the server, but whose acknowledgement did not come back', 'deafen'],
]) {
  test(`a write in flight that ${what} is made once`, async (t) => {
    const { link, page, peer, record, name } = await linked(t)
    await page.run(async (name) => {
      window.queue = client.record.getDq(`${name} queue`)
      await queue.whenReady()
      await queue.setEntriesWithAck(['a', 'b'])
    }, name)
    const queue = await openThere(peer, `${name} queue`, 'getDq')
    link[breakLink]()
    await page.run(() => {
      window.outcomes = Promise.all([record.setWithAck('in flight', 1), queue.pushWithAck('c')].map(recorder.settled))
    })
    if (breakLink === 'deafen') await becomes(() => record.get('in flight'), 1)
    link.cut()
    assert.deepEqual(await page.run(() => outcomes), [DONE, DONE])
    assert.equal((await agree(page, record, { old: true, 'in flight': 1 })).version, 2)
    await becomes(() => queue.getEntries(), ['a', 'b', 'c'])
    assert.deepEqual(otherErrors(page), [])
  })
}

test('hundreds of writes over a network that breaks again and again all arrive, once each', async (t) => {
  const { link, page, record, name } = await linked(t)
  const count = 300
  await page.run(([name, count]) => {
    window.list = client.record.getList(`${name} list`)
    const writes = []
    for (let n = 0; n < count; n++) {
      const write = new Promise((resolve) => setTimeout(resolve, n * 5))
        .then(() => Promise.all([
          record.setWithAck(`n${n}`, n),
          new Promise((resolve, reject) => list.addEntry(`n${n}`, undefined, (error) => (error ? reject(error) : resolve()))),
        ]))
      writes.push(write)
    }
    Promise.all(writes).then(() => recorder.note('done'), (error) => recorder.note('failed', error))
  }, [name, count])
  for (let n = 2; n < 7; n++) {
    await page.state('OPEN', { n: n - 1 })
    await becomes(() => page.run(([n, count]) => Object.keys(record.get()).length > n * 40 || record.get(`n${count - 1}`) !== undefined, [n - 1, count]), true)
    link.cut()
  }
  await page.until(() => page.of('done').length + page.of('failed').length > 0, 'an answer to each write', 30_000)
  assert.deepEqual(noted(page, 'failed'), [])
  const expected = Object.fromEntries(Array.from({ length: count }, (_, n) => [`n${n}`, n]))
  await agree(page, record, { old: true, ...expected })
  const peer = await jsClient(t, shared.url)
  assert.deepEqual(await peer.record.snapshot(`${name} list`), Object.keys(expected))
  assert.deepEqual(otherErrors(page), [])
})

test('what is written while the client is paused is delivered by resume(), as one change', async (t) => {
  const { page, record } = await linked(t)
  await page.run(() => client.pause())
  await page.state('OFFLINE')
  await page.run(() => {
    record.set('a', 1)
    record.set('b', 2, (...args) => recorder.note('acknowledged', ...args))
    window.outcome = recorder.settled(record.eraseWithAck('old'))
    recorder.note('ready', record.isReady, record.get())
    client.resume()
  })
  assert.deepEqual(await page.run(() => outcome), DONE)
  assert.equal((await agree(page, record, { a: 1, b: 2 })).version, 2)
  await page.note('acknowledged')
  assert.deepEqual(noted(page, 'acknowledged'), [[null, t.name]])
})

test('what changes elsewhere meanwhile is told once, and no strategy is asked where nothing was written', async (t) => {
  const { link, page, record } = await linked(t)
  await page.run(() => {
    record.setMergeStrategy(() => recorder.note('asked'))
    record.subscribe('a', (value) => recorder.note('a', value))
    record.subscribe('old', (value) => recorder.note('old', value))
    record.subscribe((data) => recorder.note('told', data))
  })
  link.break()
  await page.state('RECONNECTING')
  record.set('a', 1)
  record.set('a', 2)
  record.set('b', 3)
  link.restore()
  await agree(page, record, { old: true, a: 2, b: 3 })
  await page.note('told')
  assert.deepEqual([noted(page, 'a'), noted(page, 'old'), noted(page, 'told').length], [[[2]], [], 1])
  link.cut()
  await page.state('OPEN', { n: 3 })
  record.set('c', 4)
  await agree(page, record, { old: true, a: 2, b: 3, c: 4 })
  assert.equal(noted(page, 'told').length, 2)
  assert.deepEqual(noted(page, 'asked'), [])
})

test('a record deleted elsewhere meanwhile is deleted here, unless something was written to it', async (t) => {
  const { link, page, peer, record, name } = await linked(t)
  const written = await openThere(peer, `${name} written`)
  await page.run(async (name) => {
    window.written = client.record.getRecord(`${name} written`)
    await written.setWithAck('a', 1)
    for (const it of [record, written]) it.on('delete', () => recorder.note('delete', it.name))
  }, name)
  link.break()
  await page.state('RECONNECTING')
  await Promise.all([record.delete(), written.delete()])
  await page.run(() => written.set('b', 2))
  link.restore()
  await page.note('delete')
  await becomes(() => peer.record.snapshot(`${name} written`).catch((error) => error), { a: 1, b: 2 })
  assert.deepEqual(noted(page, 'delete'), [[name]])
})

test('deleting needs a connection, and one that is lost meanwhile is told', async (t) => {
  const { link, page } = await linked(t)
  link.mute()
  await page.run(() => {
    window.outcome = recorder.settled(record.delete())
  })
  link.break()
  assert.deepEqual(await page.run(() => outcome), { rejected: 'client offline' })
  const outcomes = await page.run(async () => [
    await recorder.settled(record.delete()),
    await new Promise((resolve) => record.delete((...args) => resolve(args[0]))),
  ])
  const offline = 'Deleting while offline is not supported'
  assert.deepEqual(outcomes, [{ rejected: offline }, offline])
})

test('questions wait for the connection for as long as there is hope, and then are refused', async (t) => {
  const { link, page, peer, name } = await linked(t)
  await peer.record.setDataWithAck(`${name} closed`, { a: 1 })
  const ask = () => page.run((name) => {
    const { settled } = recorder
    const other = `${name} closed`
    window.outcomes = Promise.all([
      settled(client.record.snapshot(other)),
      settled(client.record.has(other)),
      settled(client.record.head(other)),
      settled(client.record.snapshot(name)),
    ])
  }, name)
  link.break()
  await page.state('RECONNECTING')
  await ask()
  link.restore()
  assert.deepEqual(await page.run(() => outcomes), [{ a: 1 }, true, 1, { old: true }].map((resolved) => ({ resolved })))

  await page.run(() => client.pause())
  await page.state('OFFLINE')
  await ask()
  const offline = { rejected: 'client offline' }
  assert.deepEqual(await page.run(() => outcomes), [offline, offline, offline, { resolved: { old: true } }])
})

test('close() tells of what was not delivered', async (t) => {
  const { link, page, name } = await linked(t)
  link.break()
  await page.state('RECONNECTING')
  await page.run(() => {
    record.set('a', 1)
    record.set('b', 1, (...args) => recorder.note('acknowledged', ...args))
    window.outcome = recorder.settled(record.setWithAck('c', 1))
    client.close()
  })
  assert.deepEqual(await page.run(() => outcome), { rejected: 'client offline' })
  await page.note('acknowledged')
  assert.equal(noted(page, 'acknowledged')[0][0], 'client offline')
  await page.state('CLOSED')
  const told = otherErrors(page).map(([meta, event, topic]) => [meta?.name, event, topic])
  assert.deepEqual(told, [[name, 'IS_CLOSED', 'RECORD']])
})

test('close() with everything delivered tells of nothing', async (t) => {
  const { page } = await linked(t)
  await page.run(async () => {
    await record.setWithAck('a', 1)
    client.close()
  })
  await page.state('CLOSED')
  assert.deepEqual(page.errors, [])
})

test('ERROR tells of what was not delivered, and resume() delivers it after all', async (t) => {
  const { link, page, record, name } = await linked(t, { maxReconnectAttempts: 1 })
  link.break()
  await page.state('RECONNECTING')
  await page.run(() => {
    window.outcome = recorder.settled(record.setWithAck('a', 1))
  })
  await page.state('ERROR')
  assert.deepEqual(await page.run(() => outcome), { rejected: 'client offline' })
  await page.error('IS_CLOSED')
  link.restore()
  await page.run(() => void client.resume())
  await page.state('OPEN', { n: 2 })
  await agree(page, record, { old: true, a: 1 })
  assert.equal(otherErrors(page).filter(([, event]) => event === 'IS_CLOSED').length, 1)
  assert.ok(name)
})

test('a write that was waited for and crosses with the loss of setData is told of', async (t) => {
  const { link, page, peer, name } = await linked(t)
  link.mute()
  await page.run((name) => {
    window.outcome = recorder.settled(client.record.setDataWithAck(`${name} closed`, { a: 1 }))
  }, name)
  link.cut()
  assert.deepEqual(await page.run(() => outcome), { rejected: 'client offline' })
  await settled(peer)
})

test('what the server finds too large is told, is not sent again, and keeps nothing else from it', async (t) => {
  const page = await openPage(browser, t, shared.url, PATIENT)
  const peer = await jsClient(t, shared.url)
  const record = await openBoth(page, peer, t.name)
  const told = await page.run(async () => {
    const { settled } = recorder
    const tooLarge = 'x'.repeat(2 * 1_024 * 1_024)
    const first = settled(record.setWithAck('large', tooLarge))
    const behind = settled(record.setWithAck('small', 1))
    const outcomes = [await first, await behind]
    record.set('again', tooLarge + tooLarge)
    client.event.emit('too large', tooLarge + tooLarge)
    return [...outcomes, await settled(record.setWithAck('last', 2))]
  })
  assert.deepEqual(told, [{ rejected: 'MESSAGE_TOO_LARGE' }, DONE, DONE])
  await agree(page, record, { small: 1, last: 2 })
  assert.equal(page.states.filter((state) => state === 'OPEN').length, 2, 'one reconnection')
  assert.deepEqual(noted(page, 'record error'), [['MESSAGE_TOO_LARGE', 'PATCH']])
  assert.deepEqual(otherErrors(page).map(([message, name]) => [message.name, name]), [['too large', 'MESSAGE_TOO_LARGE']])
})
