/**
 * Throws the engine's own RangeError where the stack is about to end, as in an endless recursion of
 * the page. If it ended within the wasm, which cleans nothing up, the client would stay as it was in
 * that moment: borrowed for good, and with a heap that may be torn.
 *
 * Engines see to it at the beginning of a call that there is room for the function's whole frame. So
 * this is a function of WebAssembly with a frame as large as what the client needs: what fills it
 * stands in a branch that is never taken, so that a call costs next to nothing.
 */
export function stackCheck() {
  const { check } = new WebAssembly.Instance(new WebAssembly.Module(wasm())).exports
  return () => check(0)
}

/** Values of eight bytes that the frame has to have places for: 16 KB. */
const VALUES = 2_048

/**
 * `check(isFilled: i32)`: unless that is 0, it loads all the values, calls a function, which is itself,
 * and adds them up only then, so that all of them have to be kept meanwhile.
 */
function wasm() {
  const loads = new Uint8Array(6 * VALUES)
  for (let n = 0; n < VALUES; n++) {
    loads[6 * n] = 0x20 // local.get 0
    loads[6 * n + 2] = 0x29 // i64.load
    loads[6 * n + 4] = (8 * n) | 0x80
    loads[6 * n + 5] = (8 * n) >> 7
  }
  const adds = new Uint8Array(VALUES - 1).fill(0x7c)
  const before = [0x00, 0x20, 0x00, 0x04, 0x40, 0x41, 0x00] // no locals; local.get 0, if, i32.const 0
  const between = [0x41, 0x00, 0x10, 0x00] // i32.const 0, call 0
  const after = [0x37, 0x00, 0x00, 0x0b, 0x0b] // i64.store, end, end
  const length = before.length + loads.length + between.length + adds.length + after.length
  const head = [
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...[0x01, 0x05, 0x01, 0x60, 0x01, 0x7f, 0x00], // type 0: (i32) -> ()
    ...[0x03, 0x02, 0x01, 0x00], // function 0, of type 0
    ...[0x05, 0x03, 0x01, 0x00, 0x01], // a memory of one page
    ...[0x07, 0x09, 0x01, 0x05, 0x63, 0x68, 0x65, 0x63, 0x6b, 0x00, 0x00], // exported as "check"
    ...[0x0a, ...threeBytes(length + 4), 0x01, ...threeBytes(length)],
  ]
  const module = new Uint8Array(head.length + length)
  let at = 0
  for (const part of [head, before, loads, between, adds, after]) {
    module.set(part, at)
    at += part.length
  }
  return module
}

/** A number below 2^21 in LEB128. */
const threeBytes = (value) => [(value & 0x7f) | 0x80, ((value >> 7) & 0x7f) | 0x80, value >> 14]
