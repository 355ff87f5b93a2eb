// The native load server of bench/server, alone in a process.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { access } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

const PROGRAM = new URL('../target/bench/release/deepstream-wasm-load-server', import.meta.url)

let starting

/** Starts it once, for the run. */
export const loadServer = (bench) => (starting ??= start(bench))

async function start(bench) {
  await access(PROGRAM).catch(() => {
    throw new Error("the load server is not built: run 'make bench-server' first")
  })
  const child = spawn(fileURLToPath(PROGRAM), { stdio: ['ignore', 'pipe', 'inherit'] })
  const kill = () => child.kill()
  process.on('exit', kill)
  bench.after(kill)
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`the load server ended with ${code}`)
  })
  const [port] = await Promise.race([once(child.stdout, 'data'), ended])
  ended.catch(() => {})
  return { url: `ws://127.0.0.1:${Number(port)}` }
}
