import { performed } from '../page-case.mjs'
import { realServer } from '../server.mjs'

const unit = 'ms'
const note =
  'Start-up: a fresh page that has fetched the script, but not run it; evaluation lasts from the ' +
  "insertion of the script element to its load event. The wasm is compiled then, and what making a client calls of it."

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
      return performed(bench, client, { url, module: 'start-up.js', part: 'startUp' })
    },
  },
]
