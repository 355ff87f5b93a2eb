import { performed } from '../page-case.mjs'
import { namesOf } from '../page/many-records.js'
import { realServer } from '../server.mjs'

const COUNT = 10_000
const common = { module: 'many-records.js', options: { count: COUNT } }
const note =
  '10 000 records: a page opens them once, so each page is measured once, without a warm-up. The time ' +
  'that the fake server takes for itself is taken off. Both clients collect names for 100 ms before ' +
  'they ask; deepstream-wasm asks at once where there are a thousand. After a reconnect a client is done ' +
  'when the server has answered all that it asks, and changes reach its subscribers again.'
const rows = (server) => [
  { key: 'opened', title: `10 000 records subscribed and ready, ${server}`, unit: 'records/s' },
  { key: 'reopened', title: `10 000 records after a reconnect, ${server}`, unit: 'records/s' },
].map((row) => ({ ...row, goal: 2, isRate: true, note }))

let made

export const manyRecords = [
  {
    title: '10 000 records, fake server',
    rows: rows('fake server'),
    measure: (bench, client) => performed(bench, client, { ...common, part: 'withFake' }),
  },
  {
    title: '10 000 records, real server',
    rows: rows('real server'),
    async measure(bench, client) {
      const { link, make } = await realServer(bench)
      await (made ??= make(namesOf(COUNT)))
      const exposed = { cutLink: () => link.cut() }
      return performed(bench, client, { ...common, part: 'withServer', url: link.url, exposed })
    },
  },
]
