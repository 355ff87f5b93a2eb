// Listeners that call back into the client, or throw.

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { launchBrowser } from '../support/browser.mjs'
import { fakeServer } from '../support/setting.mjs'

const browser = await launchBrowser()
after(() => browser.close())

const TO_OPEN = ['AWAITING_CONNECTION', 'CHALLENGING', 'AWAITING_AUTHENTICATION', 'AUTHENTICATING', 'OPEN']

async function setting(t) {
  // The page first: hooks run in order, and listeners that throw must not see the server go.
  const page = await browser.open(t)
  const server = await fakeServer(t)
  server.onConnection((peer) => peer.login({ colour: 'blue' }))
  return { server, page }
}

for (const state of TO_OPEN) {
  test(`close() inside connectionStateChanged at ${state} gives CLOSED`, async (t) => {
    const { server, page } = await setting(t)
    await page.run(([url, state]) => {
      recorder.connect(url)
      client.on('connectionStateChanged', (now) => now === state && client.close())
      client.login({ name: 'n' }).catch(() => {})
    }, [server.url, state])
    await page.state('CLOSED')
    const before = TO_OPEN.slice(0, TO_OPEN.indexOf(state) + 1)
    assert.deepEqual(page.states, [...before, 'CLOSING', 'CLOSED'])
    assert.equal(await page.connectionState(), 'CLOSED')
  })

  test(`pause() inside connectionStateChanged at ${state} gives OFFLINE`, async (t) => {
    const { server, page } = await setting(t)
    await page.run(([url, state]) => {
      recorder.connect(url)
      client.on('connectionStateChanged', (now) => now === state && client.pause())
      client.login({ name: 'n' }).catch(() => {})
    }, [server.url, state])
    await page.state('OFFLINE')
    const before = TO_OPEN.slice(0, TO_OPEN.indexOf(state) + 1)
    assert.deepEqual(page.states, [...before, 'PAUSING', 'OFFLINE'])
  })
}

test('login() inside connectionStateChanged logs in', async (t) => {
  const { server, page } = await setting(t)
  const outcome = await page.run((url) => {
    recorder.connect(url)
    return new Promise((resolve) => {
      client.on('connectionStateChanged', (state) => {
        if (state === 'AWAITING_AUTHENTICATION') resolve(recorder.settled(client.login({ name: 'n' })))
      })
    })
  }, server.url)
  assert.deepEqual(outcome, { resolved: { colour: 'blue' } })
  assert.deepEqual(page.states, TO_OPEN)
})

test('a listener that throws is reported as uncaught, and the other listeners are called', async (t) => {
  const { server, page } = await setting(t)
  await page.run((url) => {
    window.client = deepstream(url)
    client.on('connectionStateChanged', (state) => {
      throw new Error(`boom at ${state}`)
    })
    recorder.watch(client)
    client.login({ name: 'n' })
  }, server.url)
  await page.state('OPEN')
  assert.deepEqual(page.states, TO_OPEN)
  await page.until(() => page.uncaught.length === TO_OPEN.length, 'each throw to be reported')
  assert.deepEqual(page.uncaught.splice(0).map(({ message }) => message), TO_OPEN.map((state) => `boom at ${state}`))
})

test('a login callback that throws is reported as uncaught, and the client stays OPEN', async (t) => {
  const { server, page } = await setting(t)
  await page.run((url) => {
    recorder.connect(url)
    client.login({ name: 'n' }, () => {
      throw new Error('boom at login')
    })
  }, server.url)
  await page.until(() => page.uncaught.length === 1, 'the throw to be reported')
  assert.equal(page.uncaught.pop().message, 'boom at login')
  assert.equal(await page.connectionState(), 'OPEN')
})

test('throwing in every kind of listener does not stop reconnection', async (t) => {
  const { server, page } = await setting(t)
  server.onAttempt((n) => (n === 1 || n === 2 ? 'refuse' : 'accept'))
  const kinds = ['connectionStateChanged', 'error', 'clientDataChanged']
  await page.run(([url, kinds]) => {
    recorder.connect(url, { reconnectIntervalIncrement: 50 })
    for (const kind of kinds) {
      client.on(kind, () => {
        throw new Error('boom')
      })
    }
    client.login({ name: 'n' })
  }, [server.url, kinds])
  await page.state('OPEN')
  ;(await server.peer(0)).drop()
  await page.state('OPEN', { n: 2 })
  const thrown = kinds.flatMap((kind) => page.of(kind)).length
  assert.ok(thrown >= 14, `${thrown} listeners threw`)
  await page.until(() => page.uncaught.length === thrown, 'each throw to be reported')
  assert.deepEqual([...new Set(page.uncaught.splice(0).map(({ message }) => message))], ['boom'])
})

test('a client made and closed inside a listener of another does not disturb it', async (t) => {
  const { server, page } = await setting(t)
  await page.run((url) => {
    recorder.connect(url)
    client.on('connectionStateChanged', () => {
      const other = recorder.watch(deepstream(url), 'other')
      other.close()
    })
    client.login({ name: 'n' })
  }, server.url)
  await page.until(() => page.states.filter((state) => state === 'CLOSED').length === TO_OPEN.length, 'all to close')
  const own = page.of('connectionStateChanged').filter(({ client }) => client !== 'other')
  assert.deepEqual(own.map(({ args }) => args[0]), TO_OPEN)
})

test('a listener taken off inside a listener is not called again', async (t) => {
  const { server, page } = await setting(t)
  const calls = await page.run(async (url) => {
    recorder.connect(url)
    const calls = []
    const once = (state) => {
      calls.push(state)
      client.off('connectionStateChanged', once)
    }
    client.on('connectionStateChanged', once)
    client.once('connectionStateChanged', (state) => calls.push(`once ${state}`))
    await client.login({ name: 'n' })
    return calls
  }, server.url)
  assert.deepEqual(calls, ['AWAITING_CONNECTION', 'once AWAITING_CONNECTION'])
})

test('listeners that emit to one another as deep as JavaScript allows hurt no client', async (t) => {
  const { server, page } = await setting(t)
  await page.open(server.url)
  const errors = await page.run(() => {
    const errors = new Set()
    client.on('mine', () => {
      try {
        client.emit('mine')
      } catch (error) {
        errors.add(error.name)
      }
    })
    for (let round = 0; round < 10; round++) client.emit('mine')
    client.event.emit('after', 1)
    return [...errors]
  })
  assert.deepEqual(errors, ['RangeError'], 'the stack of JavaScript ends first')
  const { name } = await (await server.peer(0)).next('EVENT/EMIT')
  assert.equal(name, 'after')
})

test('a page that freezes or replaces what JavaScript brought along can log in and close', async (t) => {
  const server = await fakeServer(t)
  server.onConnection((peer) => peer.login({ toString: 'x' }))
  const page = await browser.open(t)
  await page.run((url) => {
    Object.freeze(Object.prototype)
    Promise.allSettled = undefined
    recorder.connect(url)
  }, server.url)
  assert.deepEqual(await page.login({}), { resolved: { toString: 'x' } })
  assert.deepEqual(page.of('clientDataChanged').map(({ args }) => args), [[{ toString: 'x' }]])
  await page.run(() => {
    const other = deepstream('localhost:1')
    other.login()
    other.close()
    client.close()
  })
  await page.state('CLOSED')
})
