// The Chromium in which both clients run, and a fresh page for each measurement.

import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { extname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { launchChromium } from '../tests/support/chromium.mjs'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
}
// What the site shows: nothing else of the repository is needed.
const FOLDERS = ['bench/page', 'pkg/dist', 'node_modules/@deepstream/client/dist/bundle']
// More than a minute of doing nothing takes.
const PAGE_LIMIT = 300_000
const PAGE = '/bench/page/index.html'

export async function launchBrowser() {
  const site = await startSite()
  // So that the garbage of one sample is not collected within the next.
  const chromium = await launchChromium({ args: ['--js-flags=--expose-gc'] })
  return {
    version: chromium.version(),
    /** Does `use` with a page that has loaded nothing yet, in a context of its own. */
    async withPage(use) {
      const context = await chromium.newContext()
      try {
        const page = await context.newPage()
        const problems = []
        page.on('pageerror', (error) => problems.push(error.message))
        page.on('console', (message) => {
          if (message.type() === 'error') problems.push(message.text())
        })
        const cdp = await context.newCDPSession(page)
        await page.goto(site.origin + PAGE)
        const result = await within(PAGE_LIMIT, use({ page, cdp, origin: site.origin }))
        if (problems.length > 0) throw new Error(`in the page: ${problems.join('\n')}`)
        return result
      } finally {
        await context.close()
      }
    },
    async processes() {
      const session = await chromium.newBrowserCDPSession()
      const { processInfo } = await session.send('SystemInfo.getProcessInfo')
      await session.detach()
      return processInfo
    },
    async close() {
      await chromium.close()
      site.server.close()
      site.server.closeAllConnections()
    },
  }
}

async function within(limit, promise) {
  let timer
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no result within ${limit} ms`)), limit)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}

async function startSite() {
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, 'http://site')
    if (pathname === '/favicon.ico') return response.writeHead(204).end()
    const file = normalize(join(ROOT, decodeURIComponent(pathname)))
    const isShown = FOLDERS.some((folder) => file.startsWith(join(ROOT, folder, '/')))
    const body = isShown ? await readFile(file).catch(() => null) : null
    if (body === null) return response.writeHead(404).end()
    response
      .writeHead(200, {
        'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
        // An isolated page has a finer clock.
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-embedder-policy': 'require-corp',
      })
      .end(body)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { server, origin: `http://127.0.0.1:${server.address().port}` }
}
