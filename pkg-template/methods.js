/**
 * Has the methods of a class that wasm-bindgen generates work on its objects alone, as those of any
 * class do: what it generates hands the wasm whatever number `this` has, which may be nobody's
 * memory. Takes away those that let go of the memory, since garbage collection does.
 */
export function guardMethods(Class) {
  const { prototype } = Class
  for (const name of ['free', '__destroy_into_raw', Symbol.dispose]) delete prototype[name]
  for (const [name, property] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
    if (name === 'constructor') continue
    for (const kind of ['value', 'get', 'set']) {
      if (property[kind]) property[kind] = guarded(Class, name, property[kind])
    }
    Object.defineProperty(prototype, name, property)
  }
}

function guarded(Class, name, method) {
  return function (...args) {
    if (!(this instanceof Class) || !this.__wbg_ptr) {
      throw new TypeError(`deepstream-wasm: ${name} was called on something else than its object`)
    }
    ensureRoom(LEVELS)
    return method.apply(this, args)
  }
}

/**
 * Throws the engine's own RangeError where the stack is about to end, as in an endless recursion of
 * the page. If it ended within the wasm, which cleans nothing up, the client would stay as it was in
 * that moment: borrowed for good, and with a heap that may be torn.
 */
function ensureRoom(levels) {
  // Each takes eight bytes of stack.
  if (levels > 0) ensureRoom(levels - 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
}

/** Together they take some 16 KB of stack, and half a microsecond. */
const LEVELS = 64
