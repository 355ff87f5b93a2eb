// After close() and a garbage collection nothing of a client is left in the page.

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { launchBrowser } from '../support/browser.mjs'
import { startServer } from '../support/server.mjs'
import { fakeServer } from '../support/setting.mjs'

const browser = await launchBrowser()
const server = await startServer()
after(() => Promise.all([browser.close(), server.kill()]))

// Counts the timers that are armed; holds nothing else.
const HTML = `<!doctype html><meta charset="utf-8"><title>leaks</title>
<script>
  const armed = new Set()
  for (const [set, clear] of [['setTimeout', 'clearTimeout'], ['setInterval', 'clearInterval']]) {
    const [originalSet, originalClear] = [window[set], window[clear]]
    window[set] = (run, ...rest) => {
      const id = originalSet((...args) => {
        if (set === 'setTimeout') armed.delete(id)
        run(...args)
      }, ...rest)
      armed.add(id)
      return id
    }
    window[clear] = (id) => {
      armed.delete(id)
      originalClear(id)
    }
  }
</script>
<script src="/pkg/dist/deepstream.min.js"></script>`

const NOTHING = { clients: 0, sockets: 0, timers: 0 }

/** Looks at what is left in a page. */
async function inspector(page) {
  const evaluate = async (expression) =>
    (await page.cdp.send('Runtime.evaluate', { expression, objectGroup: 'inspector' })).result
  const count = async (prototype) => {
    const { objectId } = await evaluate(prototype)
    const { objects } = await page.cdp.send('Runtime.queryObjects', {
      prototypeObjectId: objectId,
      objectGroup: 'inspector',
    })
    return objects
  }
  const length = async (prototype) => Number((await count(prototype)).description.match(/\d+/)[0])
  const listeners = async (target) => {
    const { objectId } = await evaluate(target)
    const { listeners } = await page.cdp.send('DOMDebugger.getEventListeners', { objectId })
    return listeners.length
  }
  const collect = async () => {
    await page.cdp.send('Runtime.releaseObjectGroup', { objectGroup: 'inspector' })
    // Twice, because what a finalizer lets go of is garbage only then.
    for (let n = 0; n < 2; n++) {
      await page.cdp.send('HeapProfiler.collectGarbage')
      await page.run(() => new Promise((resolve) => setTimeout(resolve, 0)))
    }
  }
  return {
    async left() {
      await collect()
      return {
        clients: await length('DeepstreamClient.prototype'),
        sockets: await length('WebSocket.prototype'),
        timers: await page.run(() => armed.size),
      }
    },
    listeners: async () => (await listeners('window')) + (await listeners('document')),
    async wasmBytes() {
      const { objectId } = await count('WebAssembly.Memory.prototype')
      const { result } = await page.cdp.send('Runtime.callFunctionOn', {
        objectId,
        functionDeclaration: 'function () { return this.reduce((sum, memory) => sum + memory.buffer.byteLength, 0) }',
      })
      return result.value
    },
    async heapBytes() {
      await collect()
      return (await page.cdp.send('Runtime.getHeapUsage')).usedSize
    },
  }
}

// Chromium makes a page wait for seconds that opens many sockets at once, or has many failures.
const AT_ONCE = 4
const FAILURES = 5

/** Lives `count` lives, each up to `state` and then closed. */
const live = (page, url, count, state, options = {}) =>
  page.run(async ([url, count, state, options, atOnce]) => {
    const until = (client, wanted) =>
      new Promise((resolve) => {
        if (client.getConnectionState() === wanted) resolve()
        client.on('connectionStateChanged', (now) => now === wanted && resolve())
      })
    let begun = 0
    const liveOnAndOn = async () => {
      while (begun++ < count) {
        const client = deepstream(url, options)
        client.on('error', () => {})
        if (state === 'OPEN') client.login().catch(() => {})
        if (state !== 'CLOSED') await until(client, state)
        const closed = until(client, 'CLOSED')
        client.close()
        if (state !== 'CLOSED') await closed
      }
    }
    await Promise.all(Array.from({ length: atOnce }, liveOnAndOn))
  }, [url, count, state, options, AT_ONCE])

async function setting(t) {
  const page = await browser.open(t, { html: HTML })
  await page.cdp.send('HeapProfiler.enable')
  const inspect = await inspector(page)
  assert.deepEqual(await inspect.left(), NOTHING)
  return { page, inspect, listeners: await inspect.listeners() }
}

test('200 clients that were open leave no client, socket, timer or listener', async (t) => {
  const { page, inspect, listeners } = await setting(t)
  await live(page, server.url, 200, 'OPEN')
  assert.deepEqual(await inspect.left(), NOTHING)
  assert.equal(await inspect.listeners(), listeners)
})

test('the counters do see a client that is still open', async (t) => {
  const { page, inspect } = await setting(t)
  await page.run(async (url) => {
    window.kept = deepstream(url)
    await kept.login()
  }, server.url)
  assert.deepEqual(await inspect.left(), { clients: 1, sockets: 1, timers: 1 })
})

test('clients closed while connecting leave nothing', async (t) => {
  const hanging = await fakeServer(t)
  hanging.onAttempt(() => 'hang')
  const { page, inspect, listeners } = await setting(t)
  await live(page, hanging.url, 20, 'CLOSED')
  hanging.dropAll()
  assert.deepEqual(await inspect.left(), NOTHING)
  assert.equal(await inspect.listeners(), listeners)
})

test('clients closed while waiting to reconnect leave nothing', async (t) => {
  const refusing = await fakeServer(t)
  refusing.refuseAll()
  const { page, inspect, listeners } = await setting(t)
  await live(page, refusing.url, FAILURES, 'RECONNECTING', { reconnectIntervalIncrement: 60_000 })
  assert.deepEqual(await inspect.left(), NOTHING)
  assert.equal(await inspect.listeners(), listeners)
})

test('clients that end in ERROR leave nothing, closed or not', async (t) => {
  const refusing = await fakeServer(t)
  refusing.refuseAll()
  const { page, inspect, listeners } = await setting(t)
  await live(page, refusing.url, FAILURES, 'ERROR', { maxReconnectAttempts: 0 })
  await page.run(async ([url, count]) => {
    for (let n = 0; n < count; n++) {
      const client = deepstream(url, { maxReconnectAttempts: 0 })
      await new Promise((resolve) => client.on('MAX_RECONNECTION_ATTEMPTS_REACHED', resolve))
    }
  }, [refusing.url, FAILURES])
  assert.deepEqual(await inspect.left(), NOTHING)
  assert.equal(await inspect.listeners(), listeners)
})

/** Has clients use all there is, and then be closed or paused while much is under way. */
const use = (page, url, count, ending) =>
  page.run(async ([url, count, ending]) => {
    for (let n = 0; n < count; n++) {
      const told = { subscriptionInterval: 0 }
      const [client, other] = [deepstream(url, told), deepstream(url, told)]
      await Promise.all([client.login(), other.login()])
      const callback = () => client.getConnectionState()
      const asked = new Promise((resolve) => {
        client.rpc.provide(`never-answered-${n}`, (data, response) => resolve([client, response]))
      })
      const found = new Promise((resolve) => {
        client.event.listen(`leaks-${n}/.*`, (name, response) => {
          response.onStop(callback)
          response.accept()
          resolve([client, response])
        })
      })
      client.event.subscribe('a', callback)
      client.event.emit('a', client)
      client.presence.subscribe(callback)
      client.presence.subscribe('bob', callback)
      client.rpc.make('nobody-provides-this', client).catch(callback)
      // The server has then heard of it all.
      await client.presence.getAll()
      other.event.subscribe(`leaks-${n}/x`, callback)
      other.rpc.make(`never-answered-${n}`, 1, callback)
      await Promise.all([asked, found])
      client.rpc.make(`never-answered-${n}`, 1).catch(callback)
      client.presence.getAll().catch(callback)
      client.presence.getAll(['bob'], callback)
      for (const each of [client, other]) {
        const done = new Promise((resolve) => {
          each.on('connectionStateChanged', (state) => /CLOSED|OFFLINE/.test(state) && resolve())
        })
        each[ending]()
        await done
      }
      // What comes too late is answered, or stays with the client.
      client.event.subscribe('b', callback)
      client.event.listen('b', callback)
      client.rpc.make('b', 1, callback)
      client.presence.getAll(callback)
    }
  }, [url, count, ending])

for (const ending of ['close', 'pause']) {
  test(`clients with callbacks, and calls under way, leave nothing after ${ending}()`, async (t) => {
    const { page, inspect, listeners } = await setting(t)
    await use(page, server.url, 5, ending)
    // Late calls are answered, and requests accepted, a moment later.
    await page.run(() => new Promise((resolve) => setTimeout(resolve, 50)))
    assert.deepEqual(await inspect.left(), NOTHING)
    assert.equal(await inspect.listeners(), listeners)
  })
}

test('paused clients that were dropped leave nothing', async (t) => {
  const { page, inspect, listeners } = await setting(t)
  await page.run(async (url) => {
    for (let n = 0; n < 20; n++) {
      const client = deepstream(url)
      await client.login()
      const offline = new Promise((resolve) => {
        client.on('connectionStateChanged', (state) => state === 'OFFLINE' && resolve())
      })
      client.pause()
      await offline
    }
  }, server.url)
  assert.deepEqual(await inspect.left(), NOTHING)
  assert.equal(await inspect.listeners(), listeners)
})

test('a page that keeps a part of a client alone keeps its callbacks', async (t) => {
  const page = await browser.open(t, { html: HTML })
  await page.run((url) => {
    window.received = []
    window.part = deepstream(url, { lazyConnect: true }).event
    part.subscribe('news', (data) => received.push(data))
  }, server.url)
  await page.cdp.send('HeapProfiler.collectGarbage')
  await page.run(() => part.emit('news', 1))
  assert.deepEqual(await page.run(() => received), [1])
})

test('further clients need no more memory, on either heap', async (t) => {
  const { page, inspect } = await setting(t)
  const inUse = async () => ({ heap: await inspect.heapBytes(), wasm: await inspect.wasmBytes() })
  /** Bytes and pages more than before, with so many clients come and gone. */
  const growth = async (clients) => {
    const before = await inUse()
    await live(page, server.url, clients, 'OPEN')
    const after = await inUse()
    return { heap: after.heap - before.heap, pages: (after.wasm - before.wasm) / WASM_PAGE }
  }
  await growth(100)
  let grown = await growth(300)
  // The collector lets more of them live at a time when the machine is busy. That does not go on.
  if (grown.pages > 1) grown = await growth(300)
  assert.ok(grown.heap < 100 * 1024, `300 clients left ${grown.heap} bytes in the heap`)
  assert.ok(grown.pages <= 1, `300 clients left ${grown.pages} pages in the WebAssembly memory`)
})

const WASM_PAGE = 64 * 1024
