import { performIn } from '../page-case.mjs'

const COUNT = 10_000
const MIB = 2 ** 20
const note =
  'Heap: what V8 counts as used after two collections, with its backing stores, and the WebAssembly ' +
  "memory's size, less what the same page had before it loaded the client's script. Compiled code " +
  'outside of V8’s heap is not in it.'

export const memory = [
  {
    title: 'heap',
    rows: [
      { key: 'full', title: 'heap with 10 000 records', unit: 'MiB', goal: 0.6, note },
      { key: 'discarded', title: 'heap after discarding them', unit: 'MiB', goal: 0.6 },
    ],
    measure: (bench, client) =>
      bench.browser.withPage(async (stage) => {
        const call = (part, argument) =>
          stage.page.evaluate(
            async ([part, argument]) => (await import('/bench/page/memory.js'))[part](argument),
            [part, argument],
          )
        await performIn(stage, bench, client, { module: 'memory.js', part: 'begin' })
        const before = await heapBytes(stage)
        await call('openRecords', COUNT)
        const full = await heapBytes(stage)
        await call('discardRecords')
        const discarded = await heapBytes(stage)
        return { full: (full - before) / MIB, discarded: (discarded - before) / MIB }
      }),
  },
]

async function heapBytes({ page, cdp }) {
  await cdp.send('HeapProfiler.enable')
  // Twice, because what a finalizer lets go of is garbage only then.
  for (let n = 0; n < 2; n++) {
    await cdp.send('HeapProfiler.collectGarbage')
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 50)))
  }
  const usage = await cdp.send('Runtime.getHeapUsage')
  const wasm = await wasmBytes(cdp)
  if (process.env.DEBUG_HEAP) console.log(usage, wasm)
  return usage.usedSize + usage.backingStorageSize + wasm
}

async function wasmBytes(cdp) {
  const objectGroup = 'wasm'
  const { result } = await cdp.send('Runtime.evaluate', {
    expression: 'WebAssembly.Memory.prototype',
    objectGroup,
  })
  const { objects } = await cdp.send('Runtime.queryObjects', {
    prototypeObjectId: result.objectId,
    objectGroup,
  })
  const { result: sum } = await cdp.send('Runtime.callFunctionOn', {
    objectId: objects.objectId,
    functionDeclaration:
      'function () { return this.reduce((sum, memory) => sum + memory.buffer.byteLength, 0) }',
  })
  await cdp.send('Runtime.releaseObjectGroup', { objectGroup })
  return sum.value
}
