import { RECORDS } from './data.js'
import { readResponse } from './fake-server.js'
import { check, rates } from './stage.js'
import { ACTION, TOPIC, encodeBuffer } from './wire.js'

const { RECORD } = TOPIC
const { PATCH } = ACTION[RECORD]
const NAME = 'a record'
const PATCHES = 20_000

/** Another number each time, and another than the record has. */
const valueOf = (n) => 1000 + (n % 7919)

async function openRecord({ server, url, connect }, size) {
  const { data, path } = RECORDS[size]
  server.readRecord = () => ({ version: 1, frame: readResponse(NAME, 1, JSON.stringify(data)) })
  const client = await connect(url)
  const record = client.record.getRecord(NAME)
  await record.whenReady()
  check(JSON.stringify(record.get()) === JSON.stringify(data), 'other data than the server has')
  return { record, path, data }
}

/** Frames with a patch each, of a path that is subscribed to. */
export async function remotePatch(stage, { size }) {
  const { record, path } = await openRecord(stage, size)
  let [received, sum, version, frames, sumOfAll] = [0, 0, 1, [], 0]
  record.subscribe(path, (value) => {
    received += 1
    sum += value
  })
  return rates({
    atOnce: PATCHES,
    prepare(count) {
      received = sum = sumOfAll = 0
      frames = Array.from({ length: count }, (_, n) => {
        const value = valueOf(n + 1)
        sumOfAll += value
        version += 1
        return encodeBuffer(RECORD, {
          action: PATCH,
          data: String(value),
          name: NAME,
          isWriteAck: false,
          path,
          version,
        })
      })
    },
    run() {
      for (const frame of frames) stage.server.deliver(frame)
    },
    verify(count) {
      check(received === count, `${received} of ${count} patches told`)
      check(sum === sumOfAll, 'another sum of the values')
      check(record.version === version, `version ${record.version} instead of ${version}`)
    },
  })
}

/** `set(path, value)`, until the last frame is at the fake server. */
export async function setPath(stage, { size }) {
  const { server } = stage
  const { record, path } = await openRecord(stage, size)
  let version = record.version
  let [value, next] = [0, 1]
  return rates({
    prepare: () => server.count(),
    run(count) {
      for (let n = 0; n < count; n++) record.set(path, (value = valueOf(next++)))
      return server.counted(count)
    },
    verify(count) {
      version += count
      check(server.frames === count, `${server.frames} of ${count} frames sent`)
      check(record.get(path) === value && record.version === version, 'not what was set')
      const message = server.lastMessage()
      check(message.topic === RECORD && message.action === PATCH, 'another message')
      check(message.path === path && message.data === String(value), 'another patch')
      check(message.version === version, `version ${message.version} instead of ${version}`)
    },
  })
}

/** `get(path)` of a number. */
export async function getPath(stage, { size }) {
  const { record, path } = await openRecord(stage, size)
  const value = record.get(path)
  let sum = 0
  return rates({
    run(count) {
      sum = 0
      for (let n = 0; n < count; n++) sum += record.get(path)
    },
    verify: (count) => check(sum === count * value, 'another sum of the values'),
  })
}

/** `get()`: a copy of all data, each of which is looked into. */
export async function getAll(stage, { size }) {
  const { record } = await openRecord(stage, size)
  const look = (data) => (data.rows ?? [data]).at(-1).bid
  const value = look(record.get())
  let sum = 0
  return rates({
    run(count) {
      sum = 0
      for (let n = 0; n < count; n++) sum += look(record.get())
    },
    verify: (count) => check(sum === count * value, 'another sum of the values'),
  })
}
