import { events } from './events.mjs'
import { idle } from './idle.mjs'
import { manyRecords } from './many-records.mjs'
import { memory } from './memory.mjs'
import { record } from './record.mjs'
import { rpc } from './rpc.mjs'
import { size } from './size.mjs'
import { startUp } from './start-up.mjs'
import { wholePath } from './whole-path.mjs'

/** In the order of the report. */
export const CASES = [
  ...events,
  ...record,
  ...manyRecords,
  ...rpc,
  ...startUp,
  ...memory,
  ...size,
  ...wholePath,
  ...idle,
]
