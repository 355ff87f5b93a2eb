// Calls of the application's functions, which are held under numbers in the `Map` that a client's own
// object owns. One call from the wasm does all that it takes: each crossing of the border costs more
// than most of what is done here.

import { valueOf } from './memory.js'

/** Holds a value under a number. */
export const hold = (held, number, value) => void held.deref()?.set(number, value)

/** The value under a number, if there is one. */
export const heldAt = (held, number) => held.deref()?.get(number)

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
 * @param {WeakRef | undefined} emitter the client's own object, unless given
 * @param {unknown[]} values
 */
export function callAll(held, listeners, emitter, values) {
  const map = held.deref()
  if (map === undefined) return
  const owner = emitter === undefined ? map.get(0) : emitter.deref()
  if (listeners.length === 2) {
    callListener(listenerOf(map, owner, listeners[0], listeners[1]), values)
    return
  }
  // One may remove others: whoever was there when the event came is called. And the numbers are gone
  // as soon as the wasm is called. Not by `push`, which calls what a page may have put on prototypes.
  const find = (_, n) => listenerOf(map, owner, listeners[2 * n], listeners[2 * n + 1])
  for (const listener of from({ length: listeners.length / 2 }, find)) callListener(listener, values)
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
