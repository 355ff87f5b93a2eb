// Bytes that are no deepstream message must neither end the connection nor go unnoticed.

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { launchBrowser } from '../support/browser.mjs'
import { fakeServer } from '../support/setting.mjs'
import { CONNECTION_ACTION, EVENT_ACTION, TOPIC, encode } from '../support/wire.mjs'

const browser = await launchBrowser()
after(() => browser.close())

const PONG = Buffer.from(encode({ topic: TOPIC.CONNECTION, action: CONNECTION_ACTION.PONG }))
const EMIT = Buffer.from(encode({ topic: TOPIC.EVENT, action: EVENT_ACTION.EMIT, name: 'n', data: '{"a":1}' }))

/** The same megabyte each time. */
function megabyteOfNoise() {
  const noise = Buffer.alloc(1024 * 1024)
  let state = 1
  for (let n = 0; n < noise.length; n++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    noise[n] = state >>> 16
  }
  return noise
}

const GARBAGE = {
  'an empty frame': Buffer.alloc(0),
  'a length that never ends': Buffer.from('ffffff', 'hex'),
  'a truncated message': EMIT.subarray(0, EMIT.length - 3),
  'a length far beyond the frame': Buffer.concat([Buffer.from('ffffffff07', 'hex'), EMIT.subarray(1)]),
  'an unknown topic': Buffer.from('04106f1a00', 'hex'),
  'a text frame on the binary transport': 'hello',
  'a megabyte of noise': megabyteOfNoise(),
}

for (const [name, frame] of Object.entries(GARBAGE)) {
  test(`${name} while OPEN is an error event, and the connection goes on`, async (t) => {
    const server = await fakeServer(t)
    server.onConnection((peer) => peer.login())
    const page = await browser.open(t)
    await page.open(server.url)
    const peer = await server.peer(0)
    peer.sendRaw(frame)
    const { args } = await page.note('error')
    assert.equal(typeof args[1], 'string', 'the error has a name')
    await assertAlive(page, peer)
    assert.equal(page.of('error').length, 1)
  })
}

const HARMLESS = {
  'an unknown action': Buffer.from('06' + '1002' + '1a02' + '0863', 'hex'),
  'two messages in one frame': Buffer.concat([PONG, PONG]),
  'a pong that nobody asked for': PONG,
}

for (const [name, frame] of Object.entries(HARMLESS)) {
  test(`${name} while OPEN does not end the connection`, async (t) => {
    const server = await fakeServer(t)
    server.onConnection((peer) => peer.login())
    const page = await browser.open(t)
    await page.open(server.url)
    const peer = await server.peer(0)
    peer.sendRaw(frame)
    await assertAlive(page, peer)
  })
}

test('garbage before each step of the login is reported, and the login succeeds', async (t) => {
  const server = await fakeServer(t)
  const garbage = GARBAGE['a length that never ends']
  server.onConnection(async (peer) => {
    peer.sendRaw(garbage)
    await peer.challenge()
    peer.sendRaw(garbage)
    peer.accept()
    await peer.authRequest()
    peer.sendRaw(garbage)
    peer.authSuccessful({ colour: 'blue' })
  })
  const page = await browser.open(t)
  await page.connect(server.url)
  assert.deepEqual(await page.login({ name: 'n' }), { resolved: { colour: 'blue' } })
  assert.equal(page.errors.length, 3)
  assert.equal(server.attempts.length, 1)
})

test('messages that are right but come at the wrong time change nothing', async (t) => {
  const server = await fakeServer(t)
  server.onConnection((peer) => peer.login())
  const page = await browser.open(t)
  await page.open(server.url)
  const peer = await server.peer(0)
  peer.accept()
  peer.authSuccessful({ colour: 'red' })
  peer.reject()
  peer.redirect('ws://127.0.0.1:1/deepstream')
  await assertAlive(page, peer)
  assert.equal(page.states.at(-1), 'OPEN')
  assert.equal(server.attempts.length, 1)
})

/** The client is OPEN and what it sends arrives. */
async function assertAlive(page, peer) {
  await page.run(() => client.event.emit('still there', 1))
  const { name } = await peer.next('EVENT/EMIT')
  assert.equal(name, 'still there')
  assert.equal(await page.connectionState(), 'OPEN')
}
