// Events over a real socket, from and to a native server: with a client, and with a bare socket.

import { EVENTS } from './data.js'
import { check, rates } from './stage.js'
import { ACTION, TOPIC, decode, encode } from './wire.js'

const { EVENT } = TOPIC
const { EMIT } = ACTION[EVENT]
// As many payloads, so that none can be taken for a constant.
const DIFFERENT = 10
// A page that emits without end lets others have their turn.
const IN_A_TASK = 1_000

// Several processes take part, each with a buffer.
const LEAST = 250

const payloadsOf = (size) => Array.from({ length: DIFFERENT }, (_, n) => EVENTS[size].make(n))
const eventFrame = (name, data) => encode(EVENT, { action: EMIT, data: JSON.stringify(data), name })

/** Events that the server sends as fast as the socket takes them. */
export async function inward({ url, connect }, { size }) {
  const { valueOf } = EVENTS[size]
  const client = await connect(url)
  const stream = streamOf(size, (name, data) => client.event.emit(name, data))
  client.event.subscribe('news', (data) => stream.take(valueOf(data)))
  return stream.rates(payloadsOf(size).map(valueOf))
}

/** The same without a client: the limit of what any client can take in. */
export async function bareInward({ url }, { size }) {
  const socket = await bareSocket(url)
  const stream = streamOf(size, (name, data) => socket.send(eventFrame(name, data)))
  socket.onmessage = ({ data }) => stream.take(data.byteLength)
  return stream.rates(payloadsOf(size).map((data) => eventFrame('news', data).byteLength))
}

function streamOf(size, emit) {
  for (const payload of payloadsOf(size)) emit('load/payload', payload)
  let [received, sum, expected, arrived] = [0, 0, 0, () => {}]
  return {
    take(value) {
      sum += value
      if (++received === expected) arrived()
    },
    rates(values) {
      const sumOfAll = values.reduce((all, value) => all + value, 0)
      return rates({
        least: LEAST,
        run(count) {
          received = sum = 0
          expected = count
          emit('load/stream', count)
          return new Promise((resolve) => (arrived = resolve))
        },
        verify(count) {
          check(received === count, `${received} of ${count} events received`)
          check(sum === (count / DIFFERENT) * sumOfAll, 'another sum of the values')
        },
      })
    },
  }
}

/** `emit`, until the server says that it has had the last frame. */
export async function outward({ url, connect }, { size }) {
  const client = await connect(url)
  let told = () => {}
  client.event.subscribe('load/counted', (counted) => told(counted))
  const payloads = payloadsOf(size)
  return emissions(size, {
    emit: (n) => client.event.emit('news', payloads[n % DIFFERENT]),
    report: () => {
      client.event.emit('load/report')
      return new Promise((resolve) => (told = resolve))
    },
  })
}

/** The same without a client, with frames made beforehand. */
export async function bareOutward({ url }, { size }) {
  const socket = await bareSocket(url)
  let told = () => {}
  socket.onmessage = ({ data }) => told(JSON.parse(decode(new Uint8Array(data)).data))
  const frames = payloadsOf(size).map((data) => eventFrame('news', data))
  const reportFrame = encode(EVENT, { action: EMIT, name: 'load/report' })
  return emissions(size, {
    emit: (n) => socket.send(frames[n % DIFFERENT]),
    report: () => {
      socket.send(reportFrame)
      return new Promise((resolve) => (told = resolve))
    },
  })
}

function emissions(size, { emit, report }) {
  const bytesOfAll = payloadsOf(size)
    .map((data) => eventFrame('news', data).byteLength)
    .reduce((all, bytes) => all + bytes, 0)
  const turn = taskTurns()
  let counted
  return rates({
    least: LEAST,
    async run(count) {
      for (let n = 0; n < count; ) {
        const end = Math.min(count, n + IN_A_TASK)
        while (n < end) emit(n++)
        await turn()
      }
      counted = await report()
    },
    verify(count) {
      const [frames, bytes] = counted
      check(frames === count, `${frames} of ${count} frames arrived`)
      check(bytes === (count / DIFFERENT) * bytesOfAll, 'another number of bytes')
    },
  })
}

async function bareSocket(url) {
  const socket = new WebSocket(url)
  socket.binaryType = 'arraybuffer'
  await new Promise((resolve, reject) => {
    socket.onopen = resolve
    socket.onerror = () => reject(new Error(`cannot connect to ${url}`))
  })
  return socket
}

/** Returns what waits for the next task. */
function taskTurns() {
  const { port1, port2 } = new MessageChannel()
  return () =>
    new Promise((resolve) => {
      port1.onmessage = resolve
      port2.postMessage(null)
    })
}
