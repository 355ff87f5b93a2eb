// Each kind of callback of events, RPC and presence throws, or calls back into the client.
//
// The fake server answers everything at once, so that each kind is called as soon as it is registered.

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { launchBrowser } from '../support/browser.mjs'
import { fakeServer } from '../support/setting.mjs'
import { EVENT_ACTION, PRESENCE_ACTION, RPC_ACTION, TOPIC } from '../support/wire.mjs'

const browser = await launchBrowser()
after(() => browser.close())

const event = (action, fields) => ({ topic: TOPIC.EVENT, action: EVENT_ACTION[action], ...fields })
const rpc = (action, fields) => ({ topic: TOPIC.RPC, action: RPC_ACTION[action], ...fields })
const presence = (action, fields) => ({ topic: TOPIC.PRESENCE, action: PRESENCE_ACTION[action], ...fields })

/** What follows from each message. Of a subscription it is twice what is subscribed to. */
const ANSWERS = {
  'EVENT/SUBSCRIBE': ({ names }) => names.flatMap((name) => Array(2).fill(event('EMIT', { name, parsedData: 1 }))),
  'EVENT/LISTEN': ({ name }) => [event('SUBSCRIPTION_FOR_PATTERN_FOUND', { name, subscription: `for ${name}` })],
  'EVENT/LISTEN_ACCEPT': ({ name, subscription }) => [event('SUBSCRIPTION_FOR_PATTERN_REMOVED', { name, subscription })],
  'RPC/PROVIDE': ({ names }) => names.flatMap((name) => [1, 2].map((n) => rpc('REQUEST', { name, correlationId: `${name} ${n}` }))),
  'RPC/REQUEST': ({ name, correlationId }) => [rpc('RESPONSE', { name, correlationId, parsedData: 'result' })],
  'PRESENCE/SUBSCRIBE': ({ names }) => names.flatMap((name) => Array(2).fill(presence('PRESENCE_JOIN', { name }))),
  'PRESENCE/SUBSCRIBE_ALL': () => Array(2).fill(presence('PRESENCE_JOIN_ALL', { name: 'anybody' })),
  'PRESENCE/QUERY_ALL': () => [presence('QUERY_ALL_RESPONSE', { names: [] })],
  'PRESENCE/QUERY': ({ correlationId }) => [presence('QUERY_RESPONSE', { correlationId, parsedData: {} })],
}

/**
 * How a callback of each kind is registered, which has it called. Where there may be several, `other`
 * is registered behind it.
 */
function kinds(client, callback, other) {
  return {
    subscriber: () => {
      client.event.subscribe('a', callback)
      client.event.subscribe('a', other)
    },
    'subscriber to an event of its own': () => {
      client.event.subscribe('own', callback)
      client.event.subscribe('own', other)
      client.event.emit('own')
    },
    provider: () => {
      client.rpc.provide('a', (data, response) => {
        response.send(1)
        callback()
      })
    },
    'callback of make': () => {
      client.rpc.make('a', 1, callback)
      client.rpc.make('a', 2, other)
    },
    'callback of getAll': () => {
      client.presence.getAll(callback)
      client.presence.getAll(other)
    },
    'callback of getAll for some': () => {
      client.presence.getAll(['a'], callback)
      client.presence.getAll(['a'], other)
    },
    'subscriber to a user': () => {
      client.presence.subscribe('a', callback)
      client.presence.subscribe('a', other)
    },
    'subscriber to all users': () => {
      client.presence.subscribe(callback)
      client.presence.subscribe(other)
    },
    listener: () => client.event.listen('^a', callback),
    onStop: () => {
      client.event.listen('^b', (name, response) => {
        response.onStop(callback)
        response.accept()
      })
    },
    'onStop of a lost connection': () => {
      let wasLost = false
      client.event.listen('^lost', (name, response) => {
        response.onStop(callback)
        if (!wasLost) client.event.emit('drop me')
        wasLost = true
      })
    },
  }
}

const KINDS = Object.keys(kinds())
/** There is one callback only. */
const SINGLE = ['provider', 'listener', 'onStop', 'onStop of a lost connection']

async function setting(t) {
  // The page first: hooks run in order, and callbacks that throw must not see the server go.
  const page = await browser.open(t)
  const server = await fakeServer(t)
  server.onConnection(async (peer) => {
    peer.on('frame', ({ name, message }) => {
      if (message.name === 'drop me') peer.drop()
      for (const answer of ANSWERS[name]?.(message) ?? []) peer.send(answer)
    })
    await peer.login()
  })
  await page.run(`window.kinds = ${kinds}`)
  return { page, url: server.url }
}

/**
 * For each kind makes a client whose callback does `act(client, kind)`, and notes its calls as `called`,
 * those of the other callback as `other`.
 */
async function actInEach(page, url, act) {
  await page.run(`window.act = ${act}`)
  await page.run(([url, names]) => {
    window.clients = {}
    for (const kind of names) {
      const client = recorder.watch(deepstream(url, { subscriptionInterval: 0, reconnectIntervalIncrement: 50 }), kind)
      clients[kind] = client
      const callback = () => {
        recorder.note('called', kind)
        act(client, kind)
      }
      client.login({}, () => kinds(client, callback, () => recorder.note('other', kind))[kind]())
    }
  }, [url, KINDS])
}

const calls = (page, note, kind) => page.of(note).filter(({ args }) => args[0] === kind).length

/** Waits until each kind of callback was called, and the other one of it. */
async function allCalled(page, { others = true } = {}) {
  for (const kind of KINDS) {
    await page.until(() => calls(page, 'called', kind) > 0, `the ${kind} to be called`)
    if (others && !SINGLE.includes(kind)) {
      await page.until(() => calls(page, 'other', kind) > 0, `the other ${kind} to be called`)
    }
  }
}

/** Each client still does all that a client does. */
const assertAllWork = async (page) => {
  const outcomes = await page.run(() =>
    Promise.all(Object.entries(clients).map(async ([kind, client]) => {
      while (client.getConnectionState() !== 'OPEN') await new Promise((resolve) => setTimeout(resolve, 10))
      const event = new Promise((resolve) => client.event.subscribe('afterwards', resolve))
      return [kind, await event, await client.rpc.make('afterwards'), await client.presence.getAll()]
    })))
  assert.deepEqual(outcomes, KINDS.map((kind) => [kind, 1, 'result', []]))
}

test('what a callback throws is an uncaught error of the page with its own stack, and stops nothing', async (t) => {
  const { page, url } = await setting(t)
  await actInEach(page, url, function throwFromCallback(client, kind) {
    throw new Error(kind)
  })
  await allCalled(page)
  await assertAllWork(page)
  // A lost connection may lose what it was called for, and is back: how often each was called is no matter here.
  await page.until(() => page.uncaught.length >= page.of('called').length, 'each throw to be reported')
  const uncaught = page.uncaught.splice(0)
  assert.equal(uncaught.length, page.of('called').length)
  assert.deepEqual(new Set(uncaught.map(({ message }) => message)), new Set(KINDS))
  for (const { stack } of uncaught) assert.match(stack, /throwFromCallback|window\.act|act /)
})

test('a promise that a callback returns is its own business', async (t) => {
  const { page, url } = await setting(t)
  await actInEach(page, url, () => Promise.reject(new Error('asynchronous')).catch(() => recorder.note('rejected')))
  await allCalled(page)
  await assertAllWork(page)
})

test('a callback that unsubscribes itself and the others is called no more, the others once more', async (t) => {
  const { page, url } = await setting(t)
  await actInEach(page, url, (client, kind) => {
    client.event.unsubscribe('a')
    client.event.unsubscribe('own')
    client.rpc.unprovide('a')
    client.presence.unsubscribe()
    client.event.unlisten(kind === 'listener' ? '^a' : '^b')
  })
  await allCalled(page)
  await assertAllWork(page)
  // The second of what the server sends of each comes after the unsubscription, and is nobody's.
  for (const kind of KINDS.filter((kind) => !kind.startsWith('onStop'))) {
    assert.equal(calls(page, 'called', kind), 1, kind)
    if (!SINGLE.includes(kind)) assert.equal(calls(page, 'other', kind), 1, `the other ${kind}`)
  }
  // Its own last event may not have arrived, where the connection is lost.
  assert.deepEqual(page.errors.filter(([message, name]) => name !== 'CONNECTION_ERROR' && message.name !== 'drop me'), [])
})

test('a callback that registers more callbacks gets them called for what comes later only', async (t) => {
  const { page, url } = await setting(t)
  await actInEach(page, url, (client, kind) => {
    if (client.isExtended) return
    client.isExtended = true
    const more = () => recorder.note('more', kind)
    client.event.subscribe('a', more)
    client.presence.subscribe('a', more)
    client.presence.subscribe(more)
    client.rpc.provide('more', (data, response) => response.reject())
  })
  await allCalled(page)
  await assertAllWork(page)
  for (const kind of ['subscriber', 'subscriber to a user', 'subscriber to all users']) {
    assert.equal(calls(page, 'called', kind), 2, kind)
    assert.ok(calls(page, 'more', kind) > 0, kind)
  }
})

test('a callback may emit, and make calls and questions, which are answered', async (t) => {
  const { page, url } = await setting(t)
  await actInEach(page, url, (client, kind) => {
    client.event.emit('from a callback', kind)
    client.rpc.make('b', 1, (...args) => recorder.note('made', kind, ...args))
    client.rpc.make('b', 1).then((result) => recorder.note('made', kind, null, result))
    client.presence.getAll((error, users) => recorder.note('made', kind, error, users.length))
  })
  await allCalled(page)
  await assertAllWork(page)
  for (const kind of KINDS.filter((kind) => kind !== 'onStop of a lost connection')) {
    const wanted = 3 * calls(page, 'called', kind)
    await page.until(() => calls(page, 'made', kind) >= wanted, `${wanted} answers for the ${kind}`)
  }
})

for (const [end, state] of [['close', 'CLOSED'], ['pause', 'OFFLINE']]) {
  test(`a callback may ${end} the client: the others of the same occasion are called, then nobody`, async (t) => {
    const { page, url } = await setting(t)
    await actInEach(page, url, end === 'close' ? (client) => client.close() : (client) => client.pause())
    await allCalled(page)
    for (const kind of KINDS) {
      await page.note('connectionStateChanged', { accepts: ({ client, args }) => client === kind && args[0] === state })
      assert.equal(calls(page, 'called', kind), 1, kind)
      if (!SINGLE.includes(kind)) assert.equal(calls(page, 'other', kind), 1, `the other ${kind}`)
    }
    const states = await page.run(() => Object.values(clients).map((client) => client.getConnectionState()))
    assert.deepEqual(states, KINDS.map(() => state))
    if (end === 'close') return

    await page.run(() => Object.values(clients).forEach((client) => {
      client.off()
      client.event.unsubscribe('a')
      client.event.unsubscribe('own')
      client.event.unlisten('^lost')
      client.event.unlisten('^a')
      client.event.unlisten('^b')
      client.rpc.unprovide('a')
      client.presence.unsubscribe()
      client.resume()
    }))
    await assertAllWork(page)
  })
}

test('an endless recursion of events ends in a RangeError, and the page lives', async (t) => {
  const { page, url } = await setting(t)
  await page.open(url, { subscriptionInterval: 0 })
  const depth = await page.run(() => {
    let depth = 0
    client.event.subscribe('loop', () => {
      depth++
      client.event.emit('loop')
    })
    client.event.emit('loop')
    return depth
  })
  assert.ok(depth > 50, `only ${depth} levels`)
  // One for the call, and one for each of what the server sends.
  await page.until(() => page.uncaught.length === 3, 'the errors to be reported')
  assert.deepEqual([...new Set(page.uncaught.splice(0).map(({ name }) => name))], ['RangeError'])
  assert.equal(await page.run(() => client.rpc.make('afterwards')), 'result')
})

test('a recursion of several subscribers that catch what is thrown ends as well', async (t) => {
  const { page, url } = await setting(t)
  await page.open(url, { subscriptionInterval: 0 })
  const errors = await page.run(() => {
    const errors = new Set()
    for (const [name, next] of [['a loop', 'b loop'], ['a loop', 'b loop'], ['b loop', 'a loop'], ['b loop', 'a loop']]) {
      client.event.subscribe(name, () => {
        try {
          client.event.emit(next)
        } catch (error) {
          errors.add(error.name)
        }
      })
    }
    client.event.emit('a loop')
    // And again, as if nothing had been.
    let calls = 0
    client.event.subscribe('c', () => calls++)
    client.event.emit('c')
    return [...errors, calls]
  })
  assert.deepEqual(errors, ['RangeError', 1])
  assert.equal(await page.run(() => client.rpc.make('afterwards')), 'result')
})

test('a provider that calls itself without end leaves the page alive', async (t) => {
  const { page, url } = await setting(t)
  await page.open(url, { subscriptionInterval: 0 })
  await page.run(() => {
    let rounds = 0
    const again = () => {
      if (++rounds === 500) recorder.note('many rounds')
      client.rpc.make('echo', 1, again)
    }
    again()
  })
  await page.note('many rounds')
  await page.run(() => client.close())
  await page.state('CLOSED')
})

test('a call that is refused within the call may be made again within its callback', async (t) => {
  const { page, url } = await setting(t)
  await page.open(url, { subscriptionInterval: 0 })
  const outcome = await page.run(() => {
    client.pause()
    let rounds = 0
    return new Promise((resolve) => {
      const again = (error) => {
        if (++rounds === 300) resolve(error)
        else client.rpc.make('a', 1, again)
      }
      client.rpc.make('a', 1, again)
    })
  })
  assert.equal(outcome, 'client offline')
  assert.equal(await page.run(() => client.resume().then(() => client.rpc.make('a', 1))), 'result')
})
