// Thousands of records at once. A page does it only once, so it is measured without a warm-up.

import { medium } from './data.js'
import { readResponse } from './fake-server.js'
import { check } from './stage.js'
import { ACTION, TOPIC, decode, encodeBuffer, kindOf } from './wire.js'

const { RECORD } = TOPIC
const { HEAD_RESPONSE_BULK, PATCH, READ, READ_RESPONSE, SUBSCRIBEANDHEAD } = ACTION[RECORD]
const PATH = 'bid'

export const namesOf = (count) => Array.from({ length: count }, (_, n) => `record/${n}`)

/** Has the fake server know records of 150 bytes. Frames are made beforehand if they are kept. */
export function fakeRecords(server, names, { areKept }) {
  const data = JSON.stringify(medium(0))
  const read = (name) => ({ version: 1, frame: readResponse(name, 1, data) })
  const frames = new Map(areKept ? names.map((name) => [name, read(name)]) : [])
  server.readRecord = (name) => frames.get(name) ?? read(name)
}

/** Subscribes to records, and waits until all are ready. */
export async function open(client, names, onChange) {
  let ready = 0
  let records
  await new Promise((resolve) => {
    records = names.map((name) => {
      const record = client.record.getRecord(name)
      record.subscribe(PATH, onChange)
      record.whenReady(() => ++ready === names.length && resolve())
      return record
    })
  })
  return records
}

/** Records a second, the first time and after a reconnection, with the fake server. */
export async function withFake({ server, url, connect }, { count }) {
  const names = namesOf(count)
  fakeRecords(server, names, { areKept: true })
  const patches = names.map((name) =>
    encodeBuffer(RECORD, { action: PATCH, data: '7', name, isWriteAck: false, path: PATH, version: 2 }),
  )
  let changes = 0
  const client = await connect(url)
  const rate = clock(count, () => server.ownMilliseconds)
  const records = await open(client, names, () => (changes += 1))
  const opened = rate()
  for (const record of records) check(record.get('symbol') === 'ACME', 'a record without its data')

  const again = clock(count, () => server.ownMilliseconds)
  await new Promise((resolve) => {
    let resubscribed = 0
    server.onMessage = ({ topic, action, names }) => {
      if (topic !== RECORD || action !== SUBSCRIBEANDHEAD) return
      resubscribed += names.length
      // The client may have asked for more in the meantime: for data, after the versions.
      const resolveAtRest = () => (server.isAtRest() ? resolve() : server.reply(resolveAtRest))
      if (resubscribed === count) server.reply(resolveAtRest)
    }
    server.drop()
  })
  const reopened = again()
  // One of the clients tells of the first data too.
  changes = 0
  for (const patch of patches) server.deliver(patch)
  check(changes === count, `${changes} of ${count} records heard of a change`)
  return { opened, reopened }
}

/** The same with the real server; `globalThis.cutLink` breaks the connection. */
export async function withServer({ url, connect }, { count }) {
  const names = namesOf(count)
  let told = () => {}
  const client = await connect(url)
  const rate = clock(count)
  const records = await open(client, names, (value) => told(value))
  const opened = rate()
  for (const record of records) check(record.get('symbol') === 'ACME', 'a record without its data')

  const resubscribed = resubscription(count)
  const again = clock(count)
  cutLink('')
  await resubscribed
  const reopened = again()
  const other = await connect(url)
  const value = Math.random()
  await new Promise((resolve) => {
    told = (now) => now === value && resolve()
    other.record.setData(names.at(-1), PATH, value)
  })
  return { opened, reopened }
}

/** What of a reconnection with the real server is still to come. */
const awaited = { heads: Infinity, reads: 0, arrived: () => {} }

const resubscription = (count) =>
  new Promise((arrived) => {
    awaited.heads = count
    awaited.arrived = arrived
  })

const look = () => {
  if (awaited.heads <= 0 && awaited.reads === 0) awaited.arrived()
}

/** Called before a client's script is loaded, which may keep the WebSocket that it finds. */
export function beforeScript({ server }) {
  if (server !== null) return
  globalThis.WebSocket = class extends WebSocket {
    constructor(...args) {
      super(...args)
      this.addEventListener('message', ({ data }) => {
        const bytes = new Uint8Array(data)
        const { topic, action } = kindOf(bytes)
        if (topic !== RECORD) return
        if (action === HEAD_RESPONSE_BULK) awaited.heads -= decode(bytes).names.length
        else if (action === READ_RESPONSE && awaited.reads > 0) awaited.reads -= 1
        else return
        // In a task of its own: the client hears of the frame after this listener, and may ask for
        // data after the versions.
        if (awaited.heads <= 0 && awaited.reads === 0) setTimeout(look, 0)
      })
    }

    send(data) {
      const { topic, action } = kindOf(data)
      if (topic === RECORD && action === READ) awaited.reads += 1
      super.send(data)
    }
  }
}

/** Returns what tells how many there were a second, without what `own` says the fake took. */
function clock(count, own = () => 0) {
  const [begun, ownBefore] = [performance.now(), own()]
  return () => (1_000 * count) / (performance.now() - begun - (own() - ownBefore))
}
