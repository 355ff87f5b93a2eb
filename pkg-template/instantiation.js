/** Runs `start`, and explains why WebAssembly did not start where the engine's own words do not. */
export function explainingFailure(start) {
  if (typeof WebAssembly === 'undefined') throw new Error('deepstream-wasm: there is no WebAssembly here.')
  try {
    return start()
  } catch (error) {
    throw explained(error)
  }
}

export function explained(error) {
  const reason = reasonFor(error)
  return reason ? new Error(`deepstream-wasm: ${reason}`, { cause: error }) : error
}

function reasonFor(error) {
  const message = String(error?.message)
  if (/content.?security|\bCSP\b|unsafe-eval|by embedder/i.test(message)) {
    return "the page's Content-Security-Policy forbids WebAssembly; it needs 'wasm-unsafe-eval' in script-src."
  }
  if (error instanceof RangeError && /main thread/i.test(message)) {
    return 'this browser compiles no WebAssembly of this size synchronously; use deepstream-wasm/web.'
  }
  if (error instanceof WebAssembly.CompileError) {
    return `this engine cannot compile the WebAssembly: ${message}`
  }
}
