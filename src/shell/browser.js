// What the shell does in JavaScript, because each crossing of the border to the wasm costs more than most
// of what is done here: one call does all that it takes.
//
// It is one file because the server behind wasm-bindgen's tests has threads for no more than four
// connections at once: browsers open more where a page wants many modules, and may wait for ever.

// --- reading the wasm's memory

const { parse: parseJson, stringify: stringifyJson } = JSON
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
    return parseJson(length <= SHORT ? shortText(start, start + length) : longText(start, start + length))
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

// --- documents
//
// The data of records: plain JSON values, which nobody else has hold of unless they are shared.
//
// Nothing here calls a function of the application or gets at what objects inherit: the client is in
// the middle of something. Nothing throws, but for what `read` says to its caller.
//
// So nothing calls itself for each level of the data, of which paths make as many as they like: the
// stack would overflow. What is still to be done is a linked list, because `push` calls the setters
// that a page may have put on Object.prototype under numbers. So does assigning; literals, spreading,
// `map` and `slice` don't.

const { isArray } = Array
const { isFinite } = Number
const { defineProperty, hasOwn, is, keys: keysOf } = Object

const isContainer = (value) => typeof value === 'object' && value !== null

/**
 * The value of a JSON text in the wasm's memory. Undefined where it is none, or nested deeper than can
 * be worked on.
 */
export function parse(start, length) {
  const value = valueOf(start, length)
  return length > 2 * MAX_DEPTH && isDeeperThan(MAX_DEPTH, value) ? undefined : value
}

/** Whether a value is its own copy, and is written down as it is. */
export const isPlain = (value) =>
  (typeof value === 'string' || typeof value === 'boolean' || (isFinite(value) && !is(value, -0))) &&
  value.toJSON === undefined

/** The JSON text of a value. */
export function stringify(value) {
  try {
    if (!isTextChanged()) return stringifyJson(value)
  } catch {
    // It is too deep for the engine.
  }
  return write(value)
}

export { isContainer }

/** What is at a path, or undefined. */
export function at(root, slot, copies) {
  const value = find(root, known[slot])
  return copies ? copy(value) : value
}

/** Whether the same is at a path. The order of keys makes no difference. */
export function equalsAt(root, slot, other) {
  return isEqual(find(root, known[slot]), other)
}

/** Whether there is something at a path. */
export const hasAt = (root, slot) => find(root, known[slot]) !== undefined

/**
 * Puts a value at a path, or takes away what is there where it is undefined. Returns the new root: the
 * old one, unless `copies` is false: then what leads to the value is made anew.
 */
export function set(root, slot, value, copies) {
  const steps = known[slot]
  if (steps.length === 0) return value === undefined ? root : value
  if (value === undefined && find(root, steps) === undefined) return root
  const newRoot = isContainer(root) ? own(root, copies) : containerBefore(steps[0])
  let node = newRoot
  for (let n = 0; n < steps.length - 1; n++) {
    if (!takes(node, steps[n])) return root
    const next = get(node, steps[n].key)
    const child = isContainer(next) ? own(next, copies) : containerBefore(steps[n + 1])
    put(node, steps[n].key, child)
    node = child
  }
  const last = steps[steps.length - 1]
  if (!takes(node, last)) return root
  if (value !== undefined) put(node, last.key, value)
  else if (isArray(node)) node[last.key] = null
  else delete node[last.key]
  return newRoot
}

/** As `set`, but where the value is there already: then it returns undefined. */
export function setNew(root, slot, value, copies) {
  return isEqual(find(root, known[slot]), value) ? undefined : set(root, slot, value, copies)
}

/** How many steps of a path lead through objects and arrays. */
export function depthOf(root, slot) {
  const steps = known[slot]
  let node = root
  for (let n = 0; n < steps.length; n++) {
    node = isContainer(node) ? get(node, steps[n].key) : undefined
    if (!isContainer(node)) return n
  }
  return steps.length
}

/** The texts of an array, what is no text as JSON. Undefined where it is no array. */
export function texts(value) {
  if (!isArray(value)) return undefined
  return value.map((entry) => (typeof entry === 'string' ? entry : stringify(entry)))
}

/** The keys of an object. Undefined where it is none. */
export const keys = (value) => (isContainer(value) && !isArray(value) ? keysOf(value) : undefined)

/** What `read` needs to know, until the data changes. */
export const view = (root, copies) => ({ root, copies })

/** What `record.get(path)` gives. Throws as the JavaScript client does. */
export function read(root, path, copies) {
  let node = root
  if (path !== undefined && path !== null && path !== '') {
    if (typeof path !== 'string') throw new Error('invalid argument path')
    const keys = keysIn(path)
    if (keys === null) return undefined
    for (const key of keys) {
      if (node === undefined || node === null) return undefined
      if (typeof node !== 'object') throw new Error('invalid data or path')
      node = get(node, key)
    }
  }
  return copies ? copy(node) : node
}

function find(root, steps) {
  let node = root
  for (let n = 0; n < steps.length; n++) {
    if (!isContainer(node)) return undefined
    node = get(node, steps[n].key)
  }
  return node
}

const get = (node, key) => (hasOwn(node, key) ? node[key] : undefined)

const containerBefore = (step) => (step.isIndex ? [] : {})

/** Whether a node has a place of this name: an array has none but for its elements. */
const takes = (node, step) => !isArray(node) || isIndex(step.key)

const isIndex = (key) => INDEX.test(key) && key < MAX_INDEX

function put(node, key, value) {
  if (isArray(node)) for (let n = node.length; n < key; n++) place(node, n, null)
  place(node, key, value)
}

function place(node, key, value) {
  if (hasOwn(node, key) || !(key in node)) node[key] = value
  // What is inherited may have a setter, or forbid to be covered.
  else defineProperty(node, key, { value, writable: true, enumerable: true, configurable: true })
}

const own = (node, copies) => (copies ? node : shallowCopy(node))

const shallowCopy = (node) => (isArray(node) ? node.slice() : { ...node })

function copy(root) {
  if (!isContainer(root)) return root
  const made = shallowCopy(root)
  let todo = { node: made, rest: null }
  while (todo !== null) {
    const { node } = todo
    todo = todo.rest
    const copyAt = (key) => {
      if (isContainer(node[key])) todo = { node: (node[key] = shallowCopy(node[key])), rest: todo }
    }
    if (isArray(node)) for (let n = 0; n < node.length; n++) copyAt(n)
    else for (const key of keysOf(node)) copyAt(key)
  }
  return made
}

function isEqual(one, other) {
  if (one === other) return true
  let todo = { left: one, right: other, rest: null }
  while (todo !== null) {
    const { left, right } = todo
    todo = todo.rest
    if (!isContainer(left) || !isContainer(right) || isArray(left) !== isArray(right)) return false
    const compareAt = (key) => {
      if (left[key] !== right[key]) todo = { left: left[key], right: right[key], rest: todo }
    }
    if (isArray(left)) {
      if (left.length !== right.length) return false
      for (let n = 0; n < left.length; n++) compareAt(n)
    } else {
      const keys = keysOf(left)
      if (keys.length !== keysOf(right).length) return false
      for (const key of keys) {
        if (!hasOwn(right, key)) return false
        compareAt(key)
      }
    }
  }
  return true
}

/** Calls itself for each level, but no more often than it is told. */
function isDeeperThan(depth, value) {
  if (depth === 0) return isContainer(value)
  if (isArray(value)) {
    for (let n = 0; n < value.length; n++) {
      if (isContainer(value[n]) && isDeeperThan(depth - 1, value[n])) return true
    }
  } else if (isContainer(value)) {
    for (const key of keysOf(value)) if (isDeeperThan(depth - 1, value[key])) return true
  }
  return false
}

/** Whether a page has every array or object be written as something else, as old libraries do. */
const isTextChanged = () => 'toJSON' in [] || 'toJSON' in {}

function write(root) {
  let text = ''
  let last = null
  let value = root
  while (true) {
    if (isContainer(value)) {
      const isList = isArray(value)
      last = { value, isList, keys: isList ? value : keysOf(value), next: 0, outer: last }
      text += isList ? '[' : '{'
    } else {
      text += stringifyJson(value)
    }
    while (last !== null && last.next === last.keys.length) {
      text += last.isList ? ']' : '}'
      last = last.outer
    }
    if (last === null) return text
    if (last.next > 0) text += ','
    const key = last.isList ? last.next : last.keys[last.next]
    if (!last.isList) text += `${stringifyJson(key)}:`
    last.next += 1
    value = last.value[key]
  }
}

/** Learns the steps of a path as the core writes it, `.name` and `[index`, under a number. */
export function learn(slot, code) {
  const pieces = code === '' ? [] : code.split(/(?=[.[])/)
  known[slot] = pieces.map((piece) => ({ key: piece.slice(1), isIndex: piece[0] === '[' }))
}

/**
 * The keys in a path as the application writes it, read as the core reads it: null where that is none.
 * Names that the core refuses are read here, as what is inherited is nothing's own.
 */
function keysIn(path) {
  let keys = paths.get(path)
  if (keys === undefined) {
    keys = readKeys(path)
    if (path.length > MAX_CACHED_LENGTH) return keys
    if (paths.size >= MAX_CACHED) paths.clear()
    paths.set(path, keys)
  }
  return keys
}

function readKeys(path) {
  const keys = path.split('.').flatMap((part) => {
    if (part.trim() === '') return []
    const [name, ...indices] = part.trim().split(/[[\]]/)
    return [name, ...indices.filter((index) => index !== '').map(keyOfIndex)]
  })
  return keys.includes(null) ? null : keys
}

const keyOfIndex = (index) =>
  /^\d+$/.test(index) && index < MAX_INDEX ? String(Number(index)) : null

/** The steps of the paths that are used most, by number. */
const known = []
/** The keys in the paths that the application reads by. */
const paths = new Map()
const MAX_CACHED = 2_000
const MAX_CACHED_LENGTH = 500

const INDEX = /^(0|[1-9]\d*)$/

/** As in the core: the array before it would be filled up with so many `null`. */
const MAX_INDEX = 1_000_000

/**
 * Levels of nesting in a text. The engine's own functions, which applications and storages need to
 * do anything with such data, give up at some thousands.
 */
const MAX_DEPTH = 500

// --- what is held, and calls of it
//
// Functions of the application, and other values, are held under numbers in the `Map` that a client's own
// object owns.

/** Holds a value under a number. */
export const hold = (held, number, value) => void held.deref()?.set(number, value)

/** Holds a value under a number for as long as somebody else has hold of it. */
export const holdWeakly = (held, number, value) => hold(held, number, new Weak(value))

/** Has the value under a number be held whatever others do, or not any more. */
export function keep(held, number, isKept) {
  const map = held.deref()
  const value = map && valueIn(map, number)
  if (value !== undefined) map.set(number, isKept ? value : new Weak(value))
}

/** The value under a number, if there is one. */
export function heldAt(held, number) {
  const map = held.deref()
  return map && valueIn(map, number)
}

/** To be told from what an application may give us. */
class Weak extends WeakRef {}

function valueIn(map, number) {
  const value = map.get(number)
  return value instanceof Weak ? value.deref() : value
}

/** Lets go of the value under a number. */
export const letGo = (held, number) => void held.deref()?.delete(number)

/** What tells a function from others: 0, if none was ever held; `number`, if this is the first time. */
export function identify(identities, callback, number) {
  const known = identities.get(callback)
  if (known !== undefined || number === 0) return known ?? 0
  identities.set(callback, number)
  return number
}

const { apply } = Reflect
const { from } = Array

/**
 * Calls functions, each on what its listener gave, or else on what the emitter is of.
 *
 * @param {WeakRef<Map>} held
 * @param {Uint32Array} listeners pairs of numbers: of a function, and of what it is called on, or 0
 * @param {number} emitter that of what the emitter is of: 0 is the client's own object
 * @param {unknown[]} values
 */
export function callAll(held, listeners, emitter, values) {
  const map = held.deref()
  if (map === undefined) return
  const owner = valueIn(map, emitter)
  if (listeners.length === 2) {
    callListener(listenerOf(map, owner, listeners[0], listeners[1]), values)
    return
  }
  // One may remove others: whoever was there when the event came is called. And the numbers are gone
  // as soon as the wasm is called. Not by `push`, which calls what a page may have put on prototypes.
  const nth = (_, n) => listenerOf(map, owner, listeners[2 * n], listeners[2 * n + 1])
  for (const listener of from({ length: listeners.length / 2 }, nth)) callListener(listener, values)
}

const listenerOf = (map, owner, callback, scope) => ({
  callback: map.get(callback),
  scope: scope === 0 ? owner : map.get(scope),
})

function callListener({ callback, scope }, values) {
  if (typeof callback === 'function') call(callback, scope, values)
}

/** As `callAll`, with one value. */
export function callAllWith(held, listeners, emitter, value) {
  callAll(held, listeners, emitter, [value])
}

/**
 * As `callAll`, with the value of a JSON text in the wasm's memory. Returns whether it is one; if not,
 * nobody is called.
 */
export function callAllWithJson(held, listeners, emitter, start, length) {
  const value = valueOf(start, length)
  if (value === undefined) return false
  callAll(held, listeners, emitter, [value])
  return true
}

/** Calls the function under a number, and lets go of it. */
export function callOnce(held, number, scope, values) {
  const map = held.deref()
  const callback = map?.get(number)
  map?.delete(number)
  if (typeof callback === 'function') call(callback, scope, values)
}

/** Calls a function. What it throws is reported as any uncaught error is, and stops nothing of ours. */
export function call(callback, scope, values) {
  try {
    apply(callback, scope, values)
  } catch (error) {
    uncaught(error)
  }
}

/** Reports what the application threw. */
export function uncaught(error) {
  try {
    reportError(error)
  } catch {
    // Not every environment has it: a throw from an empty stack does the same.
    queueMicrotask(() => {
      throw error
    })
  }
}

// --- sockets

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
    socket.send(isOfNode(socket) && typeof data !== 'string' ? data.slice() : data)
    return true
  } catch {
    return false
  }
}

/** The package `ws` may read a frame after `send` has returned: frames wait while it compresses one. */
const isOfNode = (socket) => typeof socket.terminate === 'function'

const OPEN = 1

// --- arguments

/**
 * Reads the arguments of `set`, `(data, callback?)` or `(path, data, callback?)`, from the argument of
 * this number on. Throws as the JavaScript client does.
 *
 * @returns {[path: string | undefined, data: unknown, callback: Function | undefined]}
 */
export function readSet(given, first) {
  const [one, two, three] = [given[first], given[first + 1], given[first + 2]]
  const isPath = typeof one === 'string' && one !== ''
  const isData = typeof one === 'object' && one !== null
  switch (given.length - first) {
    case 1:
      if (isData) return [undefined, one, undefined]
      break
    case 2:
      // What is no value of JSON takes away what is there.
      if (isPath) return [one, two, undefined]
      if (!isData) break
      if (typeof two === 'function') return [undefined, one, two]
      throw new Error('Invalid set callback argument')
    case 3: {
      // Whatever else stands before data and a callback is passed over.
      const isSecond = typeof one !== 'string' && two && typeof two !== 'function'
      if (!isPath && !isSecond) break
      if (typeof three === 'function') return [isPath ? one : undefined, two, three]
      throw new Error('Invalid set callback argument')
    }
    default:
      throw new Error('Invalid set arguments')
  }
  throw new Error('Invalid set path argument')
}
