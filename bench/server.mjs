// The real deepstream server, with who answers its RPCs and the records that the cases read.

import { createRequire } from 'node:module'
import { brokenLink } from '../tests/support/link.mjs'
import { startServer } from '../tests/support/server.mjs'
import { medium } from './page/data.js'

const { DeepstreamClient } = createRequire(import.meta.url)('@deepstream/client')

let starting

/** Starts it once, for the run. */
export const realServer = (bench) => (starting ??= start(bench))

async function start(bench) {
  const server = await startServer()
  bench.after(() => server.kill())
  const link = await brokenLink(bench, server.port)
  // The official client in Node, for both clients alike.
  const helper = new DeepstreamClient(server.url, { nativeTimerRegistry: true })
  bench.after(() => helper.close())
  await helper.login({})
  helper.rpc.provide('echo', (data, response) => response.send(data))
  return {
    url: server.url,
    link,
    /** Makes records of 150 bytes that are not there yet. */
    make: (names) => Promise.all(names.map((name) => helper.record.setDataWithAck(name, medium(0)))),
  }
}
