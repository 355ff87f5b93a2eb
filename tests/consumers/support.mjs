// The project into which the packed tarball is installed, and what the tests do with it.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { cpSync, existsSync, mkdirSync, rmSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = fileURLToPath(new URL('../../', import.meta.url))
/** Made by `make consumers`; what is not there, such as React, Node looks for in the directories above. */
export const PROJECT = join(ROOT, 'target/consumers')
export const INSTALLED = join(PROJECT, 'node_modules/deepstream-wasm')

/** What every entry exports, sorted. */
export const EXPORTS = [
  'C',
  'DeepstreamClient',
  'DefaultOptions',
  'LOCAL_WINS',
  'Options',
  'REMOTE_WINS',
  'deepstream',
  'default',
]

const PAGES = fileURLToPath(new URL('pages/', import.meta.url))
const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.wasm': 'application/wasm',
}

/** Copies a folder of pages into the project, where they find the installed package. */
export function copyPages(name) {
  assert.ok(existsSync(INSTALLED), `${INSTALLED} is missing: run 'make consumers'`)
  const folder = join(PROJECT, name)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  cpSync(join(PAGES, name), folder, { recursive: true })
  cpSync(join(PAGES, 'connect.js'), join(folder, 'connect.js'))
  return folder
}

/** Serves the whole project, or a folder of it. */
export async function serve(folder = PROJECT, headers = {}) {
  const server = createServer(async (request, response) => {
    const path = join(folder, new URL(request.url, 'http://site').pathname)
    try {
      const body = await readFile(path)
      response.writeHead(200, { ...headers, 'content-type': TYPES[extname(path)] ?? 'text/plain' })
      response.end(body)
    } catch {
      response.writeHead(404).end()
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}

/** Loads a page that leaves what happened in `outcome`. */
export async function outcomeOf(browser, url) {
  const page = await browser.newPage()
  const uncaught = []
  page.on('pageerror', (error) => uncaught.push(error.message))
  try {
    await page.goto(url)
    await page.waitForFunction(() => globalThis.outcome, null, { timeout: 15_000 }).catch(() => {
      throw new Error(`${url} came to no end; uncaught: ${uncaught.join('; ') || 'nothing'}`)
    })
    return await page.evaluate(() => globalThis.outcome)
  } finally {
    await page.close()
  }
}

/** The client was there at once, synchronously, and came to `OPEN`. */
export function assertConnected(outcome) {
  assert.equal(outcome.error, undefined)
  assert.equal(outcome.states[0], 'CLOSED')
  assert.equal(outcome.states.at(-1), 'OPEN')
}
