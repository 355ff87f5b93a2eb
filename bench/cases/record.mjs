import { rateCase } from '../page-case.mjs'

const KINDS = [
  { part: 'remotePatch', goal: 4, title: 'remote patch', unit: 'patches/s' },
  { part: 'setPath', goal: 3, title: 'set(path, value)', unit: 'calls/s' },
  { part: 'getPath', goal: 1, title: 'get(path)', unit: 'calls/s' },
  { part: 'getAll', goal: 1.5, title: 'get()', unit: 'calls/s' },
]

export const record = KINDS.flatMap(({ part, goal, title, unit }) =>
  ['150 bytes', '10 kB'].map((size) =>
    rateCase({
      title: `${title}, record of ${size}`,
      unit,
      goal,
      module: 'record.js',
      part,
      options: { size },
    }),
  ),
)
