// Each kind of callback of records throws, calls every method, or closes the client, through the real
// server.

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { launchBrowser } from '../support/browser.mjs'
import { PROMPT, jsClient } from '../support/peer.mjs'
import { agree, becomes, openBoth } from '../support/records.mjs'
import { startServer } from '../support/server.mjs'

const browser = await launchBrowser()
const shared = await startServer({
  config: {
    // Who is slow, because the machine is busy, is not passed over.
    listen: { shuffleProviders: false, responseTimeout: 10_000, rematchInterval: 60_000, matchCooldown: 10_000 },
  },
})
after(() => Promise.all([browser.close(), shared.kill()]))

/**
 * How a callback of each kind is called, once at least. `other` is another client.
 */
function kinds(client, name, callback, other) {
  const { record: records } = client
  const open = (opener = 'getRecord') => records[opener](name)
  return {
    subscriber: () => {
      const record = open()
      record.subscribe(callback)
      record.set('a', 1)
    },
    'subscriber of a path': () => {
      const record = open()
      record.subscribe('a', callback)
      record.whenReady(() => record.set('a', 1))
    },
    'subscriber called at once': () => open().subscribe('a', callback, true),
    'subscriber told from elsewhere': () => {
      const record = open()
      record.subscribe('a', callback)
      record.whenReady(() => other.record.setData(name, 'a', 1))
    },
    whenReady: () => open().whenReady(callback),
    'ready event': () => open().on('ready', callback),
    acknowledgement: () => open().set('a', 1, callback),
    'acknowledgement of several': () => open().setMulti([{ path: 'a', data: 1 }], callback),
    'acknowledgement of setData': () => records.setDataWithAck(name, { a: 1 }, callback),
    snapshot: () => records.snapshot(name, callback),
    has: () => records.has(name, callback),
    head: () => records.head(name, callback),
    'delete event': () => {
      const record = open()
      record.on('delete', callback)
      record.whenReady(() => record.delete(() => {}))
    },
    'callback of delete': () => {
      const record = open()
      record.whenReady(() => record.delete(callback))
    },
    'discard event': () => {
      const record = open()
      record.on('discard', callback)
      record.whenReady(() => record.discard())
    },
    'error event': () => {
      const record = records.getRecord(`forbidden ${name}`)
      record.on('error', callback)
      record.whenReady(() => record.emit('error', 'MESSAGE_DENIED', 'UPDATE'))
    },
    'entry-added': () => {
      const list = open('getList')
      list.on('entry-added', callback)
      list.whenReady(() => list.addEntry('a'))
    },
    'subscriber of a list': () => {
      const list = open('getList')
      list.subscribe(callback)
      list.whenReady(() => list.addEntry('a'))
    },
    'subscriber of a dequeue': () => {
      const queue = open('getDq')
      queue.subscribe('first', callback)
      queue.whenReady(() => queue.push('a'))
    },
    'callback of setName': () => records.getAnonymousRecord().setName(name, callback),
    nameChanged: () => {
      const record = records.getAnonymousRecord()
      record.on('nameChanged', callback)
      record.setName(name)
    },
    listener: () => {
      records.listen(`^${name}$`, callback)
      other.record.getRecord(name)
    },
    onStop: () => {
      records.listen(`^${name}$`, (found, response) => {
        response.onStop(callback)
        response.accept()
      })
      const gone = other.record.getRecord(name)
      gone.on('hasProviderChanged', () => gone.discard())
    },
    hasProviderChanged: () => {
      const record = open()
      record.on('hasProviderChanged', callback)
      other.record.listen(`^${name}$`, (found, response) => response.accept())
    },
    'merge strategy': () => {
      const record = open()
      record.setMergeStrategy((local, localVersion, remote, remoteVersion, done) => {
        callback()
        done(null, remote)
      })
      record.whenReady(async () => {
        await record.setWithAck('a', 0)
        client.pause()
        record.set('a', 1)
        await other.record.setDataWithAck(name, 'a', 2)
        client.resume()
      })
    },
  }
}

const KINDS = Object.keys(kinds({}))

/** For each kind makes a client whose callback does `act(client, name)` the first time it is called. */
async function actInEach(page, t, act) {
  await page.run(`window.kinds = ${kinds}; window.act = ${act}; undefined`)
  await page.run(async ([url, options, names, title]) => {
    window.clients = {}
    window.other = deepstream(url, { ...options, recordDiscardTimeout: 0 })
    await other.login()
    for (const kind of names) {
      const client = recorder.watch(deepstream(url, { ...options, recordDiscardTimeout: 0 }), kind)
      clients[kind] = client
      const name = `${title} ${kind}`
      let isFirst = true
      const callback = () => {
        if (!isFirst) return
        isFirst = false
        recorder.note('called', kind)
        act(client, name)
      }
      client.login({}, () => kinds(client, name, callback, other)[kind]())
    }
  }, [shared.url, PROMPT, KINDS, t.name])
  for (const kind of KINDS) {
    await page.note('called', { accepts: ({ args }) => args[0] === kind }).catch(() => assert.fail(`no call: ${kind}`))
  }
}

/** Each client still does all that a client does. */
async function assertAllWork(page, t) {
  const outcomes = await page.run((title) =>
    Promise.all(Object.entries(clients).map(async ([kind, client]) => {
      while (client.getConnectionState() !== 'OPEN') await new Promise((resolve) => setTimeout(resolve, 10))
      const record = client.record.getRecord(`${title} afterwards ${kind}`)
      const told = new Promise((resolve) => record.subscribe('told', resolve))
      await record.setWithAck('a', kind)
      await other.record.setDataWithAck(record.name, 'told', kind)
      return [kind, await told, await client.record.snapshot(record.name)]
    })), t.name)
  assert.deepEqual(outcomes, KINDS.map((kind) => [kind, kind, { a: kind, told: kind }]))
}

test('every method may be called from within every callback', async (t) => {
  const page = await browser.open(t)
  await actInEach(page, t, (client, name) => {
    const { record: records } = client
    const ignore = () => {}
    for (const it of [name, `${name} 2`]) {
      const record = records.getRecord(it)
      record.subscribe('x', ignore, true)
      record.set('x', 1)
      record.set({ x: 2, y: 3 }, ignore)
      record.setWithAck('x', 3).catch(ignore)
      record.setMulti([{ path: 'y', data: 4 }, { path: 'z', data: 5 }])
      record.erase('z')
      record.get('x')
      record.whenReady(() => record.set('w', 1))
      record.unsubscribe('x', ignore)
      record.setMergeStrategy(ignore)
      record.setMergeStrategy((local, localVersion, remote, remoteVersion, done) => done(null, remote))
      records.snapshot(it, ignore)
      records.has(it, ignore)
      records.head(it, ignore)
      records.setData(it, 'v', 1)
      records.setDataWithAck(it, 'u', 1).catch(ignore)
      records.getAnonymousRecord().setName(it, ignore)
      records.notify([it]).catch(ignore)
    }
    records.listen('^never$', ignore)
    records.unlisten('^never$')
    const list = records.getList(`${name} list`)
    list.on('entry-added', ignore)
    list.setEntries(['a'])
    list.addEntry('b')
    list.removeEntry('a')
    const queue = records.getDq(`${name} queue`)
    queue.push('a')
    queue.whenReady(() => queue.shift())
    records.names()
    records.saveToOfflineStorage()
    const third = records.getRecord(name)
    third.discard()
    records.getRecord(`${name} 2`).delete(ignore)
  })
  await assertAllWork(page, t)
})

test('what a callback throws is an uncaught error of the page, and stops nothing', async (t) => {
  const page = await browser.open(t)
  await actInEach(page, t, (client, name) => {
    throw new Error(`thrown in ${name}`)
  })
  await page.until(() => page.uncaught.length >= KINDS.length, 'all uncaught errors')
  const thrown = page.uncaught.map(({ message }) => message).toSorted()
  page.uncaught.length = 0
  assert.deepEqual(thrown, KINDS.map((kind) => `thrown in ${t.name} ${kind}`).toSorted())
  await assertAllWork(page, t)
})

test('the client may be closed from within every callback', async (t) => {
  const page = await browser.open(t)
  await actInEach(page, t, (client) => client.close())
  const states = () => page.run(() => Object.values(clients).map((client) => client.getConnectionState()))
  await becomes(states, KINDS.map(() => 'CLOSED'))
})

test('a subscriber that discards its record is called no more, the others of that handle once more', async (t) => {
  const page = await browser.open(t)
  await page.open(shared.url, PROMPT)
  const peer = await jsClient(t, shared.url)
  const record = await openBoth(page, peer, t.name)
  await page.run((name) => {
    window.discarded = record
    record.subscribe('a', (value) => {
      recorder.note('told', value)
      discarded.discard()
    })
    record.subscribe('a', () => recorder.note('told once more'))
    window.record = client.record.getRecord(name)
    record.subscribe('a', (value) => recorder.note('other told', value))
  }, t.name)
  record.set('a', 1)
  record.set('a', 2)
  await page.note('other told', { n: 2 })
  assert.deepEqual(page.of('told').map(({ args }) => args), [[1]])
  assert.equal(page.of('told once more').length, 1)
})

test('a subscriber that writes what it is told of ends, and all agree', async (t) => {
  const page = await browser.open(t)
  await page.open(shared.url, PROMPT)
  const peer = await jsClient(t, shared.url)
  const record = await openBoth(page, peer, t.name)
  await page.run(() => {
    record.subscribe('n', (n) => n < 50 && record.set('n', n + 1))
    record.subscribe('n', (n) => recorder.note('n', n))
    record.set('n', 1)
  })
  await agree(page, record, { n: 50 })
  assert.equal(page.of('n').length, 50)
})
