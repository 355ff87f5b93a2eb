// What JavaScript reads in the wasm's memory for itself.

const { parse } = JSON
const { fromCharCode } = String
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

let memory
let bytes = new Uint8Array()
let words = new Uint32Array()
let inputsAt

/** Is told of the wasm's memory, and where in it the number of inputs is. */
export function useMemory(theirs, inputs) {
  memory = theirs
  inputsAt = inputs / words.BYTES_PER_ELEMENT
}

// They are detached when the memory grows.
function look() {
  bytes = new Uint8Array(memory.buffer)
  words = new Uint32Array(memory.buffer)
}

/** A number that is another one as soon as anything may have become of the clients. */
export function inputs() {
  if (words.length === 0) look()
  return words[inputsAt]
}

/** The value of a JSON text. Undefined where it is none. */
export function valueOf(start, length) {
  if (bytes.length === 0) look()
  if (length <= LONGEST_NUMBER) {
    const number = wholeNumber(start, start + length)
    if (number !== undefined) return number
  }
  try {
    return parse(length <= SHORT ? shortText(start, start + length) : longText(start, start + length))
  } catch {
    return undefined
  }
}

/** A number without a sign, as it is written in JSON. */
function wholeNumber(start, end) {
  const first = bytes[start]
  if (first < ONE || first > NINE) return first === ZERO && end === start + 1 ? 0 : undefined
  let number = 0
  for (let at = start; at < end; at++) {
    const digit = bytes[at] - ZERO
    if (digit < 0 || digit > 9) return undefined
    number = 10 * number + digit
  }
  return number
}

/** Of so few characters that a decoder's call would take longer. */
function shortText(start, end) {
  let text = ''
  for (let at = start; at < end; at++) {
    const byte = bytes[at]
    if (byte > LAST_ASCII) return longText(start, end)
    text += fromCharCode(byte)
  }
  return text
}

const longText = (start, end) => decoder.decode(bytes.subarray(start, end))

const [ZERO, ONE, NINE] = [0x30, 0x31, 0x39]
const LAST_ASCII = 0x7f
/** Bytes. */
const SHORT = 24
/** Digits of whole numbers that the engine has a short form for. */
const LONGEST_NUMBER = 9
