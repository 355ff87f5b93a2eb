// Compares the speed and the size of this package with those of the JS client, in the same Chromium:
//
//   node bench/run.mjs [--only <part of a title>]... [--rounds 5] [--idle-seconds 60] [--profile]
//
// `--ours <path in pkg/dist>` takes another build, `--profile` shows where the time of each page goes.
// Prints a table. A whole run also writes it to bench/RESULTS.md, with a chart beside it; a part of
// one does so where `--out <folder>` says.

import { loadavg } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { launchBrowser } from './browser.mjs'
import { CASES } from './cases/index.mjs'
import { OURS, THEIRS, scriptOf } from './clients.mjs'
import { runCase } from './measure.mjs'
import { profiler } from './profile.mjs'
import { lineOf, writeReport } from './report.mjs'

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', multiple: true, default: [] },
    rounds: { type: 'string', default: '5' },
    'idle-seconds': { type: 'string', default: '60' },
    profile: { type: 'boolean', default: false },
    ours: { type: 'string', default: OURS.path },
    out: { type: 'string' },
  },
})

const cases = CASES.filter(
  ({ title }) => options.only.length === 0 || options.only.some((part) => title.includes(part)),
)
if (cases.length === 0) {
  console.error(`no case of that title; there are:\n${CASES.map(({ title }) => `  ${title}`).join('\n')}`)
  process.exit(1)
}
OURS.path = options.ours
for (const client of [THEIRS, OURS]) scriptOf(client)

// What was started ends with this process.
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    console.error(`ended by ${signal}`)
    process.exit(1)
  })
}

const browser = await launchBrowser()
const closing = []
const bench = {
  browser,
  loadBefore: loadavg()[0],
  rounds: Number(options.rounds),
  idleSeconds: Number(options['idle-seconds']),
  profiled: profiler(options.profile),
  /** Has something be ended with the run. */
  after: (end) => closing.push(end),
}
const rows = []
console.log(`${THEIRS.name} -> ${OURS.name}`)
try {
  for (const each of cases) {
    for (const row of await runCase(bench, each)) {
      rows.push(row)
      console.log(lineOf(row))
    }
  }
} finally {
  for (const end of closing.reverse()) await end()
  await browser.close()
}

const isWhole = options.only.length === 0
const folder = options.out ?? (isWhole ? fileURLToPath(new URL('.', import.meta.url)) : undefined)
console.log(`\n${await writeReport({ rows, bench, folder })}`)
