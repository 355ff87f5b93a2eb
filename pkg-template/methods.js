import { stackCheck } from './stack.js'

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
    if (!isObjectOf(Class, this)) {
      throw new TypeError(`deepstream-wasm: ${name} was called on something else than its object`)
    }
    ensureRoom()
    return method.apply(this, args)
  }
}

/** Whether the methods of a class can work on something. */
export const isObjectOf = (Class, it) => it instanceof Class && Boolean(it.__wbg_ptr)

/** None can be called before there is a client, and with it WebAssembly. */
let ensureRoom = () => {
  ensureRoom = stackCheck()
  ensureRoom()
}
