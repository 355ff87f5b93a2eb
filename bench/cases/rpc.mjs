import { rateCase } from '../page-case.mjs'

export const rpc = [
  rateCase({
    title: 'RPC round trip, 64 in flight, fake server',
    unit: 'calls/s',
    goal: 1,
    module: 'rpc.js',
    part: 'roundTrips',
    options: { name: 'echo' },
  }),
]
