// The network between a client and a server, which a test may break.

import { once } from 'node:events'
import { connect, createServer } from 'node:net'

/** Passes on to `port` what arrives here, for the duration of the test `t`. */
export async function brokenLink(t, port) {
  const pairs = new Set()
  let isOpen = true
  const listener = createServer((near) => {
    if (!isOpen) return near.destroy()
    const far = connect(port, '127.0.0.1')
    const pair = [near, far]
    pairs.add(pair)
    const end = () => {
      pairs.delete(pair)
      for (const socket of pair) socket.destroy()
    }
    for (const socket of pair) socket.on('error', end).on('close', end)
    near.pipe(far)
    far.pipe(near)
  })
  listener.listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const cut = () => {
    for (const pair of pairs) for (const socket of pair) socket.destroy()
  }
  t.after(() => {
    cut()
    listener.close()
  })
  return {
    url: `ws://127.0.0.1:${listener.address().port}`,
    /** Ends the connections, and lets new ones through at once. */
    cut,
    /** Ends the connections, and lets none through until `restore()`. */
    break() {
      isOpen = false
      cut()
    },
    restore() {
      isOpen = true
    },
    /** Keeps back what the server sends from now on, on the connections that there are. */
    deafen() {
      for (const [near, far] of pairs) far.unpipe(near)
    },
    /** Keeps back what the client sends from now on, on the connections that there are. */
    mute() {
      for (const [near, far] of pairs) near.unpipe(far)
    },
  }
}
