import { setTimeout as sleep } from 'node:timers/promises'
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
      bench.browser.withPage(async (page) => {
        await performIn(page, bench, client, { module: 'memory.js', part: 'begin' })
        const before = await heapBytes(page.cdp)
        await page.call('memory.js', 'openRecords', COUNT)
        const full = await heapBytes(page.cdp)
        await page.call('memory.js', 'discardRecords')
        const discarded = await heapBytes(page.cdp)
        return { full: (full - before) / MIB, discarded: (discarded - before) / MIB }
      }),
  },
]

async function heapBytes(cdp) {
  await cdp.send('HeapProfiler.enable')
  // Twice, because what a finalizer lets go of is garbage only then.
  for (let n = 0; n < 2; n++) {
    await cdp.send('HeapProfiler.collectGarbage')
    await sleep(50)
  }
  const usage = await cdp.send('Runtime.getHeapUsage')
  const wasm = await wasmBytes(cdp)
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
