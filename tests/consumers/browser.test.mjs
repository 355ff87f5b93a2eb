// Pages without a bundler.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { launchChromium } from '../support/chromium.mjs'
import { startServer } from '../support/server.mjs'
import { EXPORTS, assertConnected, copyPages, outcomeOf, serve } from './support.mjs'

let browser, server, site
const STRICT = "default-src 'none'; connect-src *; script-src 'self'"
const WITH_WASM = `${STRICT} 'wasm-unsafe-eval'`

before(async () => {
  for (const name of ['script-tag', 'workers', 'web', 'csp']) copyPages(name)
  ;[browser, server, site] = await Promise.all([launchChromium(), startServer(), serve()])
})

after(() => Promise.all([browser?.close(), server?.stop(), site?.close()]))

function load(path) {
  return outcomeOf(browser, `${site.url}/${path}?server=${server.url}`)
}

test('a script tag gives a page the function that connects', async () => {
  assertConnected(await load('script-tag/index.html'))
})

test('the script tag defines two globals, and both ways of making a client', async () => {
  assert.deepEqual(await load('script-tag/globals.html'), {
    added: ['DeepstreamClient', 'deepstream'],
    instances: [true, true, true, true],
    name: 'DeepstreamClient',
    open: 'OPEN',
    path: '/deepstream',
    strategies: [
      ['function', true],
      ['function', true],
    ],
  })
})

test('a module worker imports it', async () => {
  assertConnected(await load('workers/module.html'))
})

test('a classic worker loads it with importScripts', async () => {
  assertConnected(await load('workers/classic.html'))
})

test('./web fetches its wasm, once for two calls of init', async () => {
  const { exports, ...outcome } = await load('web/index.html')
  assertConnected(outcome)
  assert.deepEqual(exports, [...EXPORTS, 'init'])
})

test('./web says what is missing where a client is made before init', async () => {
  assert.match((await load('web/too-early.html')).error, /await init\(\)/)
})

test('./web can be started again after a wasm that was not there', async () => {
  const { failed, ...outcome } = await load('web/retry.html')
  assert.match(failed, /404/)
  assertConnected(outcome)
})

for (const page of ['index.html', 'web.html']) {
  test(`a Content-Security-Policy without wasm-unsafe-eval is named as the reason (${page})`, async () => {
    const outcome = await loadUnder(STRICT, page)
    assert.match(outcome.error, /Content-Security-Policy.*'wasm-unsafe-eval' in script-src/)
  })

  test(`a Content-Security-Policy with wasm-unsafe-eval is enough (${page})`, async () => {
    assertConnected(await loadUnder(WITH_WASM, page))
  })
}

async function loadUnder(policy, page) {
  const strictSite = await serve(undefined, { 'content-security-policy': policy })
  try {
    return await outcomeOf(browser, `${strictSite.url}/csp/${page}?server=${server.url}`)
  } finally {
    strictSite.close()
  }
}
