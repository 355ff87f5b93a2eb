import { performed, rateCase } from '../page-case.mjs'
import { realServer } from '../server.mjs'

const common = { unit: 'calls/s', goal: 1, module: 'rpc.js', part: 'roundTrips', options: { name: 'echo' } }
const note =
  'RPC: with the real server a provider in another process answers. The time that the fake server takes ' +
  'to read requests and to write answers is taken off.'
const title = 'RPC round trip, 64 in flight, real server'

export const rpc = [
  {
    title,
    rows: [{ ...common, key: 'rate', title, isRate: true }],
    async measure(bench, client) {
      const { url } = await realServer(bench)
      return { rate: await performed(bench, client, { ...common, url }) }
    },
  },
  rateCase({ ...common, title: 'RPC round trip, 64 in flight, fake server', note }),
]
