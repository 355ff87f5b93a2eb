import { events } from './events.mjs'
import { record } from './record.mjs'
import { rpc } from './rpc.mjs'

/** In the order of the report. */
export const CASES = [...events, ...record, ...rpc]
