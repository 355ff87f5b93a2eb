// Records that a page and the official client have in common.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isDeepStrictEqual } from 'node:util'
import { PROMPT } from './peer.mjs'

const WAIT_LIMIT = 10_000
const LOOK_INTERVAL = 10
const DATABASE = fileURLToPath(new URL('../../scripts/demo-database.cjs', import.meta.url))

/** A page that is logged in, and whose records leave no trace. */
export async function openPage(browser, t, url, options = {}) {
  const page = await browser.open(t)
  await page.open(url, { ...PROMPT, ...options })
  return page
}

/** Looks again and again until `look` gives what `accepts` takes. Returns that. */
export async function until(look, accepts = Boolean, limit = WAIT_LIMIT) {
  const end = Date.now() + limit
  for (;;) {
    const seen = await look()
    if (accepts(seen)) return seen
    if (Date.now() > end) assert.fail(`after ${limit} ms still ${JSON.stringify(seen)}`)
    await new Promise((resolve) => setTimeout(resolve, LOOK_INTERVAL))
  }
}

/** Waits until `look` gives `expected`, which it shows beside what it gave last. */
export async function becomes(look, expected, what) {
  let seen
  await until(async () => isDeepStrictEqual((seen = await look()), expected)).catch(() => {
    assert.deepEqual(seen, expected, what)
  })
}

/** Opens a record in the page, as `record`, and has it ready. */
export const openHere = (page, name, kind = 'getRecord') =>
  page.run(async ([name, kind]) => {
    window.record = client.record[kind](name)
    record.on('error', (...args) => recorder.note('record error', ...args))
    await new Promise((resolve) => record.whenReady(() => resolve()))
  }, [name, kind])

/** Opens a record in Node, and has it ready. */
export const openThere = (peer, name, kind = 'getRecord') => peer.record[kind](name).whenReady()

/** Opens it in both. Returns the record in Node. */
export async function openBoth(page, peer, name, kind) {
  await openHere(page, name, kind)
  return openThere(peer, name, kind)
}

const here = (page) =>
  page.run(() => ({ data: record.get ? record.get() : record.getEntries(), version: record.version }))

const there = (record) => ({ data: record.get ? record.get() : [...record.getEntries()], version: record.version })

/** Waits until both have this data, or just the same data, in the same version. Returns it. */
export async function agree(page, record, data) {
  let both
  await until(async () => {
    both = [await here(page), there(record)]
    return isDeepStrictEqual(both[0], both[1]) && (data === undefined || isDeepStrictEqual(both[0].data, data))
  }).catch(() => {
    assert.deepEqual(both[0], both[1], 'the page and the official client')
    assert.deepEqual(both[0].data, data)
  })
  return both[0]
}

/** Configuration of a server whose records outlive it, for the duration of the test `t`. */
export function lasting(t) {
  const folder = mkdtempSync(join(tmpdir(), 'deepstream-records-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return { storage: { path: DATABASE, options: { folder } } }
}

/** Configuration of a server that permits what `record` says, by names. */
export const permitting = (record) => ({
  permission: {
    type: 'config',
    options: {
      maxRuleIterations: 3,
      cacheEvacuationInterval: 60_000,
      permissions: {
        presence: { '*': { allow: true } },
        rpc: { '*': { provide: true, request: true } },
        event: { '*': { publish: true, subscribe: true, listen: true } },
        record: {
          '*': { create: true, write: true, read: true, delete: true, listen: true, notify: true },
          ...record,
        },
      },
    },
  },
})
