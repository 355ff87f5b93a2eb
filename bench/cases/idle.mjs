import { setTimeout as sleep } from 'node:timers/promises'
import { performIn } from '../page-case.mjs'

const COUNT = 10_000
const note =
  'Idle: from five seconds after the records were ready on, with the fake server. CPU is that of the ' +
  "page's process; a wake-up is a callback of one of the page's timers."
const SETTLING = 5_000

export const idle = [
  {
    title: 'idle',
    // It takes as long as it takes.
    maxRounds: 2,
    rows: [
      { key: 'cpu', title: 'idle with 10 000 records: CPU of the page', unit: 'ms/min', goal: 1, note },
      { key: 'wakeUps', title: 'idle with 10 000 records: wake-ups', unit: '/min', goal: 1 },
    ],
    measure: (bench, client) =>
      bench.browser.withPage(async (page) => {
        await performIn(page, bench, client, {
          module: 'idle.js',
          part: 'settle',
          options: { count: COUNT },
        })
        await page.cdp.send('HeapProfiler.collectGarbage')
        await sleep(SETTLING)
        const look = async () => ({
          wakeUps: await page.call('idle.js', 'wakeUpsSoFar'),
          cpu: await cpuSeconds(bench),
        })
        const before = await look()
        await sleep(1_000 * bench.idleSeconds)
        const after = await look()
        const perMinute = 60 / bench.idleSeconds
        return {
          cpu: 1_000 * (after.cpu - before.cpu) * perMinute,
          wakeUps: (after.wakeUps - before.wakeUps) * perMinute,
        }
      }),
  },
]

/** Of the processes of all pages, of which there is one. */
async function cpuSeconds({ browser }) {
  const pages = (await browser.processes()).filter(({ type }) => type === 'renderer')
  return pages.reduce((sum, { cpuTime }) => sum + cpuTime, 0)
}
