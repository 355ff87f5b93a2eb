// What a socket takes and brings, with one crossing of the border for each frame.

/** An `onmessage`, for one function that takes bytes, and one that takes text. */
export const receiver = (takeBytes, takeText) => (event) => {
  const { data } = event
  if (data instanceof ArrayBuffer) takeBytes(new Uint8Array(data))
  else takeText(typeof data === 'string' ? data : '')
}

/** Sends bytes or text, if the socket is open: one that is closing swallows it in silence. */
export function send(socket, data) {
  if (socket.readyState !== OPEN) return false
  try {
    // In Node, `ws` compresses long frames after `send` has returned.
    socket.send(data.length >= LONG && typeof data !== 'string' ? data.slice() : data)
    return true
  } catch {
    return false
  }
}

const OPEN = 1
/** Bytes from which on a frame is copied before it is sent: fewer than `ws` compresses. */
const LONG = 1_000
