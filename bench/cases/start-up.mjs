import { performed } from '../page-case.mjs'
import { realServer } from '../server.mjs'

/** Pages a turn: each starts only once, and what else the machine does weighs on so short a time. */
const PAGES = 11

const unit = 'ms'
const note =
  'Start-up: a fresh page that has fetched the script, but not run it; evaluation lasts from the ' +
  'insertion of the script element to its load event. The wasm is compiled then, and what making a ' +
  'client calls of it. ' +
  `Each turn has ${PAGES} pages, of which the median counts.`

export const startUp = [
  {
    title: 'start-up',
    rows: [
      { key: 'evaluation', title: 'start-up: evaluation of the script', unit, note },
      { key: 'awaiting', title: 'start-up: script evaluated → AWAITING_AUTHENTICATION', unit, goal: 1 },
      { key: 'open', title: 'start-up: script evaluated → first login OPEN', unit, goal: 1 },
      { key: 'all', title: 'start-up: evaluation and first login', unit, goal: 1 },
    ],
    async measure(bench, client) {
      const { url } = await realServer(bench)
      const figures = {}
      for (let page = 0; page < PAGES; page++) {
        const measured = await performed(bench, client, { url, module: 'start-up.js', part: 'startUp' })
        for (const [key, value] of Object.entries(measured)) (figures[key] ??= []).push(value)
      }
      return figures
    },
  },
]
