// Starts, stops and kills the real @deepstream/server from npm. Used by the tests and by the demo.

import { fork } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'

const HOST = '127.0.0.1'
const START_LIMIT = 20_000
const PROCESS = fileURLToPath(new URL('./server-process.cjs', import.meta.url))

/**
 * @param {object} [options]
 * @param {number} [options.port] 0 or absent: a free one, known before the start so that it can be reused
 * @param {Record<string, { password: string, clientData?: unknown, serverData?: unknown }>} [options.users]
 *   absent: everybody may log in
 * @param {number} [options.maxAuthAttempts]
 * @param {number} [options.unauthenticatedClientTimeout]
 * @param {number} [options.heartbeatInterval] the server drops a client that is silent for twice this
 * @param {number} [options.maxMessageSize] in bytes
 * @param {object} [options.config] further configuration, laid over the rest
 */
export async function startServer(options = {}) {
  const port = options.port || (await findPort())
  const child = fork(PROCESS, [], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] })
  let complaints = ''
  child.stderr.on('data', (chunk) => (complaints += chunk))
  const exited = new Promise((resolve) => child.once('exit', (code, signal) => resolve({ code, signal })))
  child.send(configuration(port, options))

  const limit = new AbortController()
  const timer = setTimeout(() => limit.abort(), START_LIMIT)
  try {
    await Promise.race([
      once(child, 'message', { signal: limit.signal }),
      exited.then(({ code, signal }) => {
        throw new Error(`the deepstream server ended with ${signal ?? code} while starting\n${complaints}`)
      }),
    ])
  } catch (error) {
    child.kill('SIGKILL')
    throw limit.signal.aborted
      ? new Error(`the deepstream server did not start within ${START_LIMIT} ms\n${complaints}`)
      : error
  } finally {
    clearTimeout(timer)
  }

  const end = (signal) => {
    child.kill(signal)
    // A frozen process hears of nothing but SIGKILL.
    child.kill('SIGCONT')
    return exited
  }
  return {
    port,
    url: `ws://${HOST}:${port}`,
    pid: child.pid,
    exited,
    /** Ends the process as a power cut would: sockets close, nobody says goodbye. */
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
    /** Falls silent, while its connections stay. */
    freeze: () => child.kill('SIGSTOP'),
    thaw: () => child.kill('SIGCONT'),
  }
}

/** `wanted` if that port is free, else another that is. */
export async function findPort(wanted = 0) {
  const probe = createServer()
  try {
    probe.listen(wanted, HOST)
    await once(probe, 'listening')
  } catch (error) {
    if (error.code === 'EADDRINUSE' && wanted !== 0) return findPort()
    throw error
  }
  const { port } = probe.address()
  probe.close()
  await once(probe, 'close')
  return port
}

function configuration(port, options) {
  const { users, maxAuthAttempts, unauthenticatedClientTimeout, heartbeatInterval, maxMessageSize = 1_048_576, config } = options
  const endpoint = Object.fromEntries(
    Object.entries({ maxAuthAttempts, unauthenticatedClientTimeout, heartbeatInterval, maxMessageSize })
      .filter(([, value]) => value !== undefined),
  )
  return {
    showLogo: false,
    logLevel: 'OFF',
    exitOnFatalError: true,
    httpServer: {
      type: 'default',
      options: {
        host: HOST,
        port,
        healthCheckPath: '/health-check',
        allowAllOrigins: true,
        origins: [],
        headers: [],
        maxMessageSize,
      },
    },
    connectionEndpoints: [
      { type: 'ws-binary', options: { urlPath: '/deepstream', ...endpoint } },
      { type: 'ws-json', options: { urlPath: '/deepstream-json', ...endpoint } },
    ],
    auth: [users ? { type: 'file', options: { users } } : { type: 'none', options: {} }],
    ...config,
  }
}
