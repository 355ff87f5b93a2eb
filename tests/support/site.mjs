// A tiny static server: a `file:` URL would rob a page of an origin. Used by the tests and by the
// benchmark.

import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { extname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const TYPES = {
  '.css': 'text/css',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
}

/**
 * Serves the repository's own files and, under a path of its own, each text of `pages`.
 * @param {Map<string, string>} pages further ones may be added later
 * @param {Record<string, string>} [headers] of each answer, beside its type
 */
export async function startSite(pages, headers = {}) {
  const server = createServer(async (request, response) => {
    const send = (body, type) => {
      const contentType = TYPES[type] ?? 'application/octet-stream'
      response.writeHead(200, { ...headers, 'content-type': contentType }).end(body)
    }
    const path = new URL(request.url, 'http://site').pathname
    if (pages.has(path)) return send(pages.get(path), '.html')
    if (path === '/favicon.ico') return response.writeHead(204).end()
    const file = normalize(join(ROOT, decodeURIComponent(path)))
    if (!file.startsWith(ROOT)) return response.writeHead(403).end()
    try {
      send(await readFile(file), extname(file))
    } catch {
      response.writeHead(404).end()
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    pages,
    origin: `http://127.0.0.1:${server.address().port}`,
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}
