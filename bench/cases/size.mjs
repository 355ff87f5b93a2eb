import { scriptOf } from '../clients.mjs'
import { sizes } from '../../scripts/sizes.mjs'

export const size = [
  {
    title: 'bytes of the script',
    maxRounds: 1,
    rows: [
      { key: 'raw', title: 'bytes of the script, raw', unit: 'bytes' },
      { key: 'gzip -9', title: 'bytes of the script, gzip -9', unit: 'bytes' },
      { key: 'brotli 11', title: 'bytes of the script, brotli 11', unit: 'bytes', goal: 1 },
    ],
    measure: async (bench, client) => sizes(scriptOf(client)),
  },
]
