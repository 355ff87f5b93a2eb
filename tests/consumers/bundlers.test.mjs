// Pages that went through Vite or webpack.
import assert from 'node:assert/strict'
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'
import { build, createServer } from 'vite'
import webpack from 'webpack'
import { launchChromium } from '../support/chromium.mjs'
import { startScriptedServer } from '../support/scripted-server.mjs'
import { startServer } from '../support/server.mjs'
import { ROOT, assertConnected, copyPages, outcomeOf, serve } from './support.mjs'

const PAGES = ['index.html', 'web.html', 'wasm-url.html']

let browser, server

before(async () => {
  ;[browser, server] = await Promise.all([launchChromium(), startServer()])
})

after(() => Promise.all([browser?.close(), server?.stop()]))

async function load(folder, page) {
  const site = await serve(folder)
  try {
    return await outcomeOf(browser, `${site.url}/${page}?server=${server.url}`)
  } finally {
    site.close()
  }
}

/** Neither takes files from elsewhere nor leaves any: other runs keep theirs in node_modules. */
function viteOptions(root) {
  return { root, configFile: false, logLevel: 'warn', cacheDir: join(root, '.vite') }
}

async function withVite(folder, use) {
  const vite = await createServer({
    ...viteOptions(folder),
    // React comes from outside of the project.
    server: { host: '127.0.0.1', port: 0, fs: { strict: false } },
  })
  try {
    await vite.listen()
    return await use(`http://127.0.0.1:${vite.httpServer.address().port}`)
  } finally {
    await vite.close()
  }
}

function loadFromVite(folder, page) {
  return withVite(folder, (site) => outcomeOf(browser, `${site}/${page}?server=${server.url}`))
}

test('React in StrictMode, served by Vite, shows the state of one open client', async () => {
  const outcome = await loadFromVite(copyPages('react'), 'index.html')
  assertConnected(outcome)
  assert.equal(outcome.colour, 'good')
})

test("the readme's React hook shows the state of the client of the present url", async () => {
  const folder = copyPages('readme')
  const readme = readFileSync(join(ROOT, 'README.md'), 'utf8')
  const [, hook] = /```jsx\n(.*?)```/s.exec(readme)
  writeFileSync(join(folder, 'hook.jsx'), hook.replace(/^function/m, 'export function'))
  const silent = await startScriptedServer()
  silent.onConnection((peer) => peer.stopReading())
  const page = await browser.newPage()
  const shows = (state) => page.waitForFunction((it) => document.body.innerText === it, state)
  try {
    await withVite(folder, async (site) => {
      await page.goto(`${site}/index.html?server=${server.url}`)
      await shows('OPEN')
      await page.evaluate((url) => show(url), silent.url)
      await shows('CHALLENGING')
      await page.evaluate((url) => show(url), server.url)
      await shows('OPEN')
      // The client before gives up waiting for its server's farewell after a second.
      await page.waitForTimeout(1500)
      await shows('OPEN')
      const rendered = await page.evaluate(() => window.rendered)
      assert.ok(rendered.length < 30, `rendered ${rendered.length} times`)
    })
  } finally {
    await page.close()
    await silent.close()
  }
})

test('Vite serves pages for each entry while they are developed', async (t) => {
  const root = copyPages('bundled')
  for (const page of PAGES) {
    await t.test(page, async () => assertConnected(await loadFromVite(root, page)))
  }
})

test('Vite builds pages for each entry', async (t) => {
  const root = copyPages('bundled')
  const input = PAGES.map((page) => join(root, page))
  await build({ ...viteOptions(root), build: { target: 'es2022', rolldownOptions: { input } } })
  for (const page of PAGES) {
    await t.test(page, async () => assertConnected(await load(join(root, 'dist'), page)))
  }
})

test('webpack builds pages for each entry', async (t) => {
  const root = copyPages('bundled')
  const compiler = webpack({
    mode: 'production',
    context: root,
    entry: { main: './main.js', web: './web.js' },
    output: { path: join(root, 'dist') },
  })
  const stats = await promisify(compiler.run.bind(compiler))()
  await promisify(compiler.close.bind(compiler))()
  assert.equal(stats.hasErrors(), false, stats.toString('errors-only'))
  for (const page of ['index.html', 'web.html']) {
    cpSync(join(root, page), join(root, 'dist', page))
    await t.test(page, async () => assertConnected(await load(join(root, 'dist'), page)))
  }
})
