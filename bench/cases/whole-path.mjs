import { OURS, THEIRS } from '../clients.mjs'
import { loadServer } from '../load-server.mjs'
import { performed } from '../page-case.mjs'

const note =
  'Whole path: a native server sends or counts, up to the last frame. A bare loop is `onmessage` or ' +
  '`send` alone, with frames made beforehand.'

/** No client at all: what is left is the browser's own. */
const BARE = { key: 'bare loop', name: 'a bare loop' }

export const wholePath = [
  { inPart: 'inward', bare: 'bareInward', way: 'in', size: 'small' },
  { inPart: 'inward', bare: 'bareInward', way: 'in', size: 'medium' },
  { inPart: 'outward', bare: 'bareOutward', way: 'out', size: 'small' },
  { inPart: 'outward', bare: 'bareOutward', way: 'out', size: 'medium' },
].map(({ inPart, bare, way, size }) => {
  const title = `whole path, event ${way}, ${size}`
  const row = { key: 'rate', unit: 'events/s', isRate: true, note }
  return {
    title,
    contestants: [THEIRS, OURS, BARE],
    rows: [
      { ...row, title, goal: 1 },
      { ...row, title: `${title}, of a bare loop`, goal: 0.9, reference: BARE.key },
    ],
    async measure(bench, client) {
      const { url } = await loadServer(bench)
      const part = client === BARE ? bare : inPart
      const plan = { url, module: 'whole-path.js', part, options: { size } }
      return { rate: await performed(bench, client, plan) }
    },
  }
})
