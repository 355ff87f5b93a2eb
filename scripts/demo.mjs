// Serves the pages of www/ with a real deepstream server behind them, which they can stop,
// start, freeze and kill. Its records outlive it, in a folder. Ctrl-C ends all.

import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { extname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { findPort, startServer } from '../tests/support/server.mjs'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const HOST = '127.0.0.1'
const DEMO_PORT = 8080
const DEEPSTREAM_PORT = 6020
const PAGES = ['dashboard.html', 'chat.html', 'todo.html', 'jquery.html', 'react.html']
const STORAGE = {
  path: join(ROOT, 'scripts/demo-database.cjs'),
  options: { folder: process.env.DEMO_DATABASE ?? join(ROOT, 'target/demo-database') },
}
const TYPES = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.wasm': 'application/wasm',
}

const demoPort = await choosePort('DEMO_PORT', DEMO_PORT)
const react = await bundleReact()
const server = await supervise(await choosePort('DEEPSTREAM_PORT', DEEPSTREAM_PORT))

const site = createServer((request, response) => {
  answer(request, response).catch((error) => response.writeHead(500).end(error.message))
})
site.listen(demoPort, HOST, () => {
  const origin = `http://${HOST}:${demoPort}`
  console.log(`deepstream server  ${server.url}`)
  console.log(`demo               ${origin}/`)
  for (const page of PAGES) console.log(`                   ${origin}/${page}`)
  console.log('Ctrl-C ends both.')
})

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, async () => {
    site.close()
    site.closeAllConnections()
    await server.stop()
    process.exit(0)
  })
}

async function answer(request, response) {
  const path = new URL(request.url, 'http://demo').pathname
  const control = path.match(/^\/server(?:\/(stop|start|kill|freeze|thaw))?$/)
  if (control) {
    const [, action] = control
    if (action && request.method !== 'POST') return response.writeHead(405).end()
    if (action) await server[action]()
    response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' })
    return response.end(JSON.stringify({ url: server.url, condition: server.condition }))
  }
  if (path === '/favicon.ico') return response.writeHead(204).end()
  if (path === '/react.js') return send(response, react, '.js')
  const file = fileOf(path)
  const content = file && (await readFile(file).catch(() => undefined))
  if (content === undefined) return response.writeHead(404).end('not found')
  send(response, content, extname(file))
}

/** The pages say `<url>`, as the documented example does. */
function send(response, content, type) {
  const isText = type === '.html' || type === '.js'
  const body = isText ? String(content).replaceAll('<url>', server.url) : content
  response.writeHead(200, { 'content-type': TYPES[type] ?? 'application/octet-stream', 'cache-control': 'no-store' })
  response.end(body)
}

function fileOf(path) {
  const isShared = path.startsWith('/pkg/') || path.startsWith('/node_modules/jquery/dist/')
  const folder = join(ROOT, isShared ? '.' : 'www')
  const file = normalize(join(folder, path === '/' ? 'index.html' : decodeURIComponent(path)))
  return file.startsWith(normalize(`${folder}/`)) ? file : undefined
}

/** React's page as an application would build it, from the package in pkg/. */
async function bundleReact() {
  const { outputFiles } = await build({
    entryPoints: [join(ROOT, 'www/react.jsx')],
    bundle: true,
    write: false,
    format: 'esm',
    jsx: 'automatic',
    minify: true,
    charset: 'utf8',
    logLevel: 'error',
    define: { 'process.env.NODE_ENV': '"production"' },
    alias: { 'deepstream-wasm': join(ROOT, 'pkg/dist/index.js') },
  })
  return outputFiles[0].text
}

/** The real server, to be stopped and started again on one port. */
async function supervise(port) {
  const begin = () => startServer({ port, config: { storage: STORAGE } })
  let process = await begin()
  let isFrozen = false
  // One thing at a time, however fast the buttons are pressed.
  let queue = Promise.resolve()
  const inTurn = (act) => (queue = queue.then(act, act))
  const end = (how) => inTurn(async () => {
    await process?.[how]()
    process = undefined
    isFrozen = false
  })
  return {
    url: process.url,
    get condition() {
      if (process === undefined) return 'stopped'
      return isFrozen ? 'frozen' : 'running'
    },
    freeze: () => inTurn(() => {
      isFrozen = process?.freeze() ?? false
    }),
    thaw: () => inTurn(() => {
      process?.thaw()
      isFrozen = false
    }),
    stop: () => end('stop'),
    kill: () => end('kill'),
    start: () => inTurn(async () => {
      process ??= await begin()
    }),
  }
}

/** The port that is asked for, or any other when it is taken. */
async function choosePort(name, fallback) {
  const wanted = Number(process.env[name] ?? fallback)
  const port = await findPort(wanted)
  if (wanted !== 0 && port !== wanted) {
    console.log(`Port ${wanted} is taken, using ${port} instead (${name} chooses another).`)
  }
  return port
}
