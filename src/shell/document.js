// The data of records: plain JSON values, which nobody else has hold of unless they are shared.
//
// Nothing here calls a function of the application or gets at what objects inherit: the client is in
// the middle of something. Nothing throws, but for what `read` says to its caller.
//
// So nothing calls itself for each level of the data, of which paths make as many as they like: the
// stack would overflow. What is still to be done is a linked list, because `push` calls the setters
// that a page may have put on Object.prototype under numbers. So does assigning; literals, spreading,
// `map` and `slice` don't.

import { valueOf } from './memory.js'

const { stringify: stringifyJson } = JSON
const { isArray } = Array
const { isFinite } = Number
const { defineProperty, hasOwn, keys: keysOf } = Object

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
  (typeof value === 'string' || typeof value === 'boolean' || isFinite(value)) &&
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
