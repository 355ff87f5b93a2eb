const { FinalizationRegistry: Registry = class { register() {} } } = globalThis

/**
 * The engine's own, for the code that wasm-bindgen generates: that registers each object with itself as
 * what it can be unregistered by, which nobody does, and for which engines keep an index of them.
 */
export class FinalizationRegistry extends Registry {
  register(object, pointer) {
    super.register(object, pointer)
  }
}
