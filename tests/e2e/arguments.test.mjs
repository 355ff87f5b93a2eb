// Wrong arguments are named at once, before anything is dialed.

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { launchBrowser } from '../support/browser.mjs'
import { fakeServer } from '../support/setting.mjs'

const browser = await launchBrowser()
after(() => browser.close())

const ERRORS = ['Error', 'RangeError', 'TypeError']

/** What a call throws, or `null`. */
const thrownBy = (page, code, args) =>
  page.run(([code, args]) => {
    try {
      new Function('args', `return (${code})(...args)`)(args)
      return null
    } catch (error) {
      return error instanceof Error ? { name: error.name, message: error.message } : { name: typeof error }
    }
  }, [code, args])

const WRONG_URLS = {
  'no URL': [[], /url/i],
  'undefined': [[undefined], /url/i],
  'null': [[null], /url/i],
  'a number': [[6020], /url/i],
  'an object': [[{}], /url/i],
  'an empty text': [[''], /url/i],
  'a scheme alone': [['ws://'], /url/i],
  'http:': [['http://localhost:6020'], /only ws and wss are supported/i],
  'https:': [['https://localhost:6020'], /only ws and wss are supported/i],
}

test('a URL that cannot be dialed throws at once', async (t) => {
  const page = await browser.open(t)
  for (const [name, [args, message]] of Object.entries(WRONG_URLS)) {
    for (const call of ['(...args) => deepstream(...args)', '(...args) => new DeepstreamClient(...args)']) {
      const error = await thrownBy(page, call, args)
      assert.ok(ERRORS.includes(error?.name), `${name}: ${JSON.stringify(error)}`)
      assert.match(error.message, message, name)
    }
  }
  assert.deepEqual(page.notes, [], 'nothing is dialed')
})

const DURATIONS = [
  'heartbeatInterval',
  'reconnectIntervalIncrement',
  'maxReconnectInterval',
  'connectTimeout',
  'authenticationTimeout',
]
const COUNTS = ['maxReconnectAttempts', 'maxQueuedMessages', 'maxQueuedBytes']
const NO_NUMBERS = [NaN, -1, -Infinity, '1000', '', true, null, {}, []]

for (const option of [...DURATIONS, ...COUNTS]) {
  test(`${option} that is not a number from 0 up throws an error that names it`, async (t) => {
    const page = await browser.open(t)
    for (const value of NO_NUMBERS) {
      const error = await thrownBy(page, '(url, options) => deepstream(url, options)', [
        'localhost:1',
        { [option]: value },
      ])
      assert.ok(ERRORS.includes(error?.name), `${JSON.stringify(value)}: ${JSON.stringify(error)}`)
      assert.ok(error.message.includes(option), error.message)
    }
    assert.deepEqual(page.notes, [], 'nothing is dialed')
  })
}

test('an option of another kind that is wrong throws an error that names it', async (t) => {
  const page = await browser.open(t)
  const wrong = [
    { heartbeatTimeoutAction: 'explode' },
    { heartbeatTimeoutAction: 1 },
    { path: 5 },
    { lazyConnect: 'yes' },
  ]
  for (const options of wrong) {
    const error = await thrownBy(page, '(url, options) => deepstream(url, options)', ['localhost:1', options])
    assert.ok(ERRORS.includes(error?.name), `${JSON.stringify(options)}: ${JSON.stringify(error)}`)
    assert.ok(error.message.includes(Object.keys(options)[0]), error.message)
  }
  for (const options of [5, 'fast', true]) {
    const error = await thrownBy(page, '(url, options) => deepstream(url, options)', ['localhost:1', options])
    assert.match(error?.message ?? '', /options/, JSON.stringify(options))
  }
  assert.deepEqual(page.notes, [], 'nothing is dialed')
})

test('the greatest and the least values are accepted', async (t) => {
  const server = await fakeServer(t)
  server.onConnection((peer) => peer.login())
  const page = await browser.open(t)
  await page.open(server.url, {
    maxReconnectAttempts: Infinity,
    maxReconnectInterval: Infinity,
    reconnectIntervalIncrement: 0,
    heartbeatInterval: 2 ** 31,
    connectTimeout: 1e12,
    maxQueuedMessages: Infinity,
    maxQueuedBytes: Infinity,
  })
  assert.deepEqual((await server.peer(0)).pings, [], 'a time beyond what timers can hold does not fire at once')
  assert.equal(await page.connectionState(), 'OPEN')
})

test('an option given as undefined is as if it were not given', async (t) => {
  const server = await fakeServer(t)
  server.onConnection((peer) => peer.login())
  const page = await browser.open(t)
  await page.open(server.url, { heartbeatInterval: undefined, path: undefined })
  assert.equal(server.attempts[0].path, '/deepstream')
})

test('an unknown option is ignored with one warning that names it', async (t) => {
  const server = await fakeServer(t)
  server.onConnection((peer) => peer.login())
  const page = await browser.open(t)
  await page.open(server.url, { heartbeatIntervall: 5_000 })
  assert.equal(page.warnings.length, 1)
  assert.match(page.warnings[0], /heartbeatIntervall/)
})

test('the options of the JavaScript client give no warning', async (t) => {
  const server = await fakeServer(t)
  server.onConnection((peer) => peer.login())
  const page = await browser.open(t)
  await page.open(server.url, {
    nativeTimerRegistry: true,
    intervalTimerResolution: 50,
    subscriptionInterval: 100,
    subscriptionTimeout: 2000,
    recordReadAckTimeout: 15000,
    recordReadTimeout: 15000,
    recordDeleteTimeout: 15000,
    offlineBufferTimeout: 2000,
    recordDiscardTimeout: 5000,
    offlineEnabled: false,
    saveUpdatesOffline: false,
    recordDeepCopy: true,
    debug: false,
  })
  assert.deepEqual(page.warnings, [])
})

const ADDRESSES = {
  'localhost:1': 'ws://localhost:1/deepstream',
  '//localhost:1/': 'ws://localhost:1/deepstream',
  'ws://localhost:1': 'ws://localhost:1/deepstream',
  'wss://localhost:1': 'wss://localhost:1/deepstream',
  'localhost:1/x': 'ws://localhost:1/x',
  'localhost:1/x/y': 'ws://localhost:1/x/y',
  'localhost:1?q=1': 'ws://localhost:1/deepstream?q=1',
  'localhost:1/deepstream?q=1&r=/z': 'ws://localhost:1/deepstream?q=1&r=/z',
}

test('a URL is completed as the JavaScript client does, and its path keeps its slashes', async (t) => {
  const page = await browser.open(t)
  for (const url of Object.keys(ADDRESSES)) {
    await page.run((url) => deepstream(url, { maxReconnectAttempts: 0 }).close(), url)
  }
  assert.deepEqual(page.of('dial').map(({ args }) => args[1]), Object.values(ADDRESSES))
})

test('calls with wrong arguments throw an error that names the argument', async (t) => {
  const page = await browser.open(t)
  await page.run(() => void recorder.connect('localhost:1', { lazyConnect: true }))
  const calls = {
    "() => client.login({}, 'no function')": /callback/,
    "() => client.event.emit('', 1)": /name/,
    '() => client.event.emit(undefined, 1)': /name/,
    '() => client.event.emit(5, 1)': /name/,
    "() => client.on('error', 'no function')": /callback|fn|listener/,
  }
  for (const [call, message] of Object.entries(calls)) {
    const error = await thrownBy(page, call, [])
    assert.ok(ERRORS.includes(error?.name), `${call}: ${JSON.stringify(error)}`)
    assert.match(error.message, message, call)
  }
})

test('methods called on something else than their object throw a TypeError, and hurt no client', async (t) => {
  const server = await fakeServer(t)
  server.onConnection((peer) => peer.login())
  const page = await browser.open(t)
  await page.open(server.url)
  const thrown = await page.run(() => {
    const { login, on, getConnectionState, close } = client
    const { getAll } = client.presence
    const calls = [
      () => login({}),
      () => on.call({}, 'error', () => {}),
      () => getConnectionState.call(client.event),
      () => client.event.emit.call(client, 'a', 1),
      () => client.rpc.make.call(client.event, 'a', 1),
      () => getAll(),
      () => new client.rpc.constructor().provide('a', () => {}),
      () => Object.getOwnPropertyDescriptor(Object.getPrototypeOf(DeepstreamClient.prototype), 'event').get.call(1),
      () => close.call(Object.create(DeepstreamClient.prototype)),
    ]
    const names = new Set()
    for (let round = 0; round < 1_000; round++) {
      for (const call of calls) {
        try {
          call()
          names.add(`nothing: ${call}`)
        } catch (error) {
          names.add(`${error.name}: ${error.message}`)
        }
      }
    }
    client.event.emit('after', 1)
    return [...names]
  })
  assert.equal(thrown.length, 9, thrown.join('\n'))
  for (const error of thrown) assert.match(error, /^TypeError: deepstream-wasm: \w+ was called on something else/)
  const { name } = await (await server.peer(0)).next('EVENT/EMIT')
  assert.equal(name, 'after')
  assert.equal(await page.connectionState(), 'OPEN')
})

// What is thrown through the wasm leaves its stack behind, of which there is 1 MB for all clients.
test('arguments that throw at whoever looks at them, time and again, hurt no client', async (t) => {
  const server = await fakeServer(t)
  server.onConnection((peer) => peer.login())
  const page = await browser.open(t)
  await page.open(server.url)
  const thrown = await page.run(() => {
    const mine = () => {
      throw new Error('mine')
    }
    const { proxy: revoked, revoke } = Proxy.revocable([], {})
    revoke()
    const item = Object.defineProperty([], 0, { get: mine })
    const iterator = Object.assign([], { [Symbol.iterator]: mine })
    const error = (message) => Object.defineProperty(new Error(), 'message', message)
    const unspeakable = [revoked, error({ value: 5 }), error({ get: mine })]
    const throwing = unspeakable.map((error) => ({
      toJSON() {
        throw error
      },
    }))
    const calls = [revoked, item, iterator].flatMap((users) => [
      () => client.presence.getAll(users),
      () => client.presence.getAll(users, () => {}),
    ])
    for (const data of [revoked, ...throwing]) {
      calls.push(
        () => client.login(data),
        () => client.event.emit('a', data),
        () => client.rpc.make('a', data, () => {}),
      )
    }
    const names = calls.map((call) => {
      let name
      for (let round = 0; round < 3_000; round++) {
        name = 'nothing'
        try {
          call()
        } catch (error) {
          name = error.name
        }
      }
      return name
    })
    client.event.emit('after', 1)
    return names
  })
  for (const name of thrown) assert.ok(ERRORS.includes(name), thrown.join())
  const { name } = await (await server.peer(0)).next('EVENT/EMIT')
  assert.equal(name, 'after')
})

test('an endless recursion of the page ends in its own RangeError, and hurts no client', async (t) => {
  const server = await fakeServer(t)
  server.onConnection((peer) => peer.login())
  const page = await browser.open(t)
  await page.open(server.url)
  const names = await page.run(() => {
    const calls = [
      () => client.getConnectionInfo(),
      () => client.event.subscribe('b', () => {}),
      () => client.rpc.make('a', 1, () => {}),
    ]
    const names = new Set()
    // Wherever the stack ends: it begins at another depth each time.
    for (let depth = 0; depth < 3; depth++) {
      for (const call of calls) {
        const recurse = () => {
          call()
          recurse()
        }
        const begin = (levels) => (levels > 0 ? begin(levels - 1) : recurse())
        try {
          begin(depth)
        } catch (error) {
          names.add(`${error.name}: ${error.message}`)
        }
      }
    }
    client.event.emit('after', 1)
    return [...names]
  })
  assert.deepEqual(names, ['RangeError: Maximum call stack size exceeded'])
  const { name } = await (await server.peer(0)).next('EVENT/EMIT')
  assert.equal(name, 'after')
})

test('what JavaScript sees of a client is its methods, not its memory', async (t) => {
  const page = await browser.open(t)
  const seen = await page.run(() => {
    const client = deepstream('localhost:1', { lazyConnect: true })
    const letsGo = ['free', Symbol.dispose].filter((name) => name && name in client)
    return { json: JSON.stringify(client), keys: Object.keys(client), letsGo }
  })
  assert.deepEqual(seen, { json: '{}', keys: [], letsGo: [] })
})
