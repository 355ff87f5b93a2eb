import { EVENTS } from './data.js'
import { check, rates } from './stage.js'
import { ACTION, TOPIC, encodeBuffer } from './wire.js'

const { EVENT } = TOPIC
const { EMIT } = ACTION[EVENT]
// As many payloads, so that none can be taken for a constant.
const DIFFERENT = 10

/** Frames that the fake server hands to a client which subscribes to their event. */
export async function eventIn({ server, url, connect }, { size }) {
  const { make, valueOf } = EVENTS[size]
  const client = await connect(url)
  let [received, sum] = [0, 0]
  client.event.subscribe('news', (data) => {
    received += 1
    sum += valueOf(data)
  })
  const payloads = Array.from({ length: DIFFERENT }, (_, n) => make(n))
  const frames = payloads.map((data) =>
    encodeBuffer(EVENT, { action: EMIT, data: JSON.stringify(data), name: 'news' }),
  )
  const sumOfAll = payloads.reduce((all, data) => all + valueOf(data), 0)
  return rates({
    run(count) {
      received = sum = 0
      for (let n = 0; n < count; n++) server.deliver(frames[n % DIFFERENT])
    },
    verify(count) {
      check(received === count, `${received} of ${count} events received`)
      check(sum === (count / DIFFERENT) * sumOfAll, 'another sum of the values')
    },
  })
}

/** `emit`, until the last frame is at the fake server. */
export async function eventOut({ server, url, connect }, { size }) {
  const { make } = EVENTS[size]
  const client = await connect(url)
  const payloads = Array.from({ length: DIFFERENT }, (_, n) => make(n))
  const bytesOfAll = payloads
    .map((data) => encodeBuffer(EVENT, { action: EMIT, data: JSON.stringify(data), name: 'news' }))
    .reduce((all, frame) => all + frame.byteLength, 0)
  return rates({
    prepare: () => server.count(),
    run(count) {
      for (let n = 0; n < count; n++) client.event.emit('news', payloads[n % DIFFERENT])
      return server.counted(count)
    },
    verify(count) {
      check(server.frames === count, `${server.frames} of ${count} frames sent`)
      check(server.bytes === (count / DIFFERENT) * bytesOfAll, 'another number of bytes')
      const { topic, action, name, data } = server.lastMessage()
      check(topic === EVENT && action === EMIT && name === 'news', 'another message')
      check(data === JSON.stringify(payloads[(count - 1) % DIFFERENT]), `other data: ${data}`)
    },
  })
}
