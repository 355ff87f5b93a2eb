// Where the time of a page goes, for `--profile`: the functions that are longest on top of the stack.

const SHOWN = 15
const INTERVAL = 200

/**
 * Runs something in a page, and prints a profile of it where one is wanted: of its samples alone, if
 * it takes several.
 */
export function profiler(isWanted) {
  if (!isWanted) return (cdp, title, run) => run()
  return async (cdp, title, run) => {
    await cdp.send('Profiler.enable')
    await cdp.send('Profiler.setSamplingInterval', { interval: INTERVAL })
    let ofSamples
    cdp.once('Profiler.consoleProfileFinished', ({ profile }) => (ofSamples = profile))
    await cdp.send('Profiler.start')
    const result = await run()
    const { profile } = await cdp.send('Profiler.stop')
    print(title, ofSamples ?? profile)
    return result
  }
}

function print(title, { nodes, samples, timeDeltas }) {
  const byId = new Map(nodes.map((node) => [node.id, node.callFrame]))
  const times = new Map()
  let all = 0
  samples.forEach((id, n) => {
    const { functionName, url, lineNumber, columnNumber } = byId.get(id)
    const file = url.split('/').at(-1)
    const where = file ? ` ${file}:${lineNumber + 1}:${columnNumber + 1}` : ''
    const name = `${functionName || '(anonymous)'}${where}`
    if (name === '(idle)') return
    all += timeDeltas[n]
    times.set(name, (times.get(name) ?? 0) + timeDeltas[n])
  })
  console.log(`  ${title}`)
  for (const [name, time] of [...times].sort((one, other) => other[1] - one[1]).slice(0, SHOWN)) {
    console.log(`  ${((100 * time) / all).toFixed(1).padStart(6)} %  ${name}`)
  }
}
