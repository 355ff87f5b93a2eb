import { scriptOf } from '../clients.mjs'
import { sizes } from '../../scripts/sizes.mjs'

export const size = [
  {
    title: 'script-tag build',
    maxRounds: 1,
    rows: [
      { key: 'raw', title: 'script-tag build, raw', unit: 'bytes' },
      { key: 'gzip -9', title: 'script-tag build, gzip -9', unit: 'bytes' },
      { key: 'brotli 11', title: 'script-tag build, brotli 11', unit: 'bytes', goal: 1 },
    ],
    measure: async (bench, client) => sizes(scriptOf(client)),
  },
]
