// The demo, as `make demo` runs it.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

/**
 * Starts the demo, on free ports unless `env` says otherwise, with a database of its own, and waits
 * for what it prints.
 */
export async function startDemo(env = { DEMO_PORT: '0', DEEPSTREAM_PORT: '0' }) {
  const database = await mkdtemp(join(tmpdir(), 'deepstream-demo-'))
  const child = spawn(process.execPath, ['scripts/demo.mjs'], {
    cwd: ROOT,
    env: { ...process.env, DEMO_DATABASE: database, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = once(child, 'exit')
  let printed = ''
  for await (const chunk of child.stdout) {
    printed += chunk
    if (printed.includes('Ctrl-C')) break
  }
  const [deepstream] = printed.match(/ws:\S+/) ?? assert.fail(`the demo did not start: ${printed}`)
  const [site] = printed.match(/http:\S+/)
  const end = async () => {
    child.kill('SIGINT')
    const [code] = await exited
    await rm(database, { recursive: true })
    return code
  }
  return { printed, deepstream, site, end }
}
