// A headless Chromium, a tiny static server, and pages that load the SDK with a script tag and tell
// the test with times what happens in them.

import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { launchChromium } from './chromium.mjs'
import { startSite } from './site.mjs'

const SCRIPT = 'pkg/dist/deepstream.min.js'
const WAIT_LIMIT = 10_000
// What the recorder writes for `undefined`, which JSON lacks.
const UNDEFINED = '__undefined__'

const PAGE = `<!doctype html><meta charset="utf-8"><title>deepstream-wasm</title>
<script src="/tests/support/recorder.js"></script>
<script src="/${SCRIPT}"></script>`

/** A browser with its site, for one test file. The options are playwright's. */
export async function launchBrowser(options) {
  await readFile(new URL(`../../${SCRIPT}`, import.meta.url)).catch(() => {
    throw new Error(`${SCRIPT} is missing: run 'make build' first`)
  })
  const site = await startSite(new Map([['/', PAGE]]))
  const browser = await launchChromium(options)
  return new Browser(browser, site)
}

class Browser {
  #browser
  #site
  #pages = 0

  constructor(browser, site) {
    this.#browser = browser
    this.#site = site
  }

  /**
   * Opens a page in a browsing context of its own. It goes with the test `t`, which fails when the
   * page had an uncaught error that the test has not taken out of `page.uncaught`.
   * @param {import('node:test').TestContext} t
   * @param {object} [options]
   * @param {string} [options.html] a page of the test's own instead of the recording one
   * @param {string} [options.url] a page of another site
   * @param {boolean} [options.clock] the page's clock can be moved through `page.raw.clock`
   */
  async open(t, { html, url = '/', clock = false } = {}) {
    if (html !== undefined) {
      url = `/page-${++this.#pages}`
      this.#site.pages.set(url, html)
    }
    const context = await this.#browser.newContext()
    const page = new Page(await context.newPage(), context, this.#site.origin)
    t.after(async () => {
      await context.close()
      assert.deepEqual(page.uncaught, [], 'nothing is thrown that nobody catches')
    })
    if (clock) await page.raw.clock.install()
    await page.load(url)
    return page
  }

  /**
   * Stops the processes of all pages for a while, as the sleep of the machine would. (A freeze by
   * `Page.setWebLifecycleState` has no effect on a page that Playwright keeps focused.)
   */
  async suspend(milliseconds, meanwhile = () => {}) {
    const session = await this.#browser.newBrowserCDPSession()
    const { processInfo } = await session.send('SystemInfo.getProcessInfo')
    const pages = processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => id)
    for (const id of pages) process.kill(id, 'SIGSTOP')
    try {
      await meanwhile()
      await new Promise((resolve) => setTimeout(resolve, milliseconds))
    } finally {
      for (const id of pages) process.kill(id, 'SIGCONT')
    }
    await session.detach()
  }

  async close() {
    await this.#browser.close()
    this.#site.close()
  }
}

class Page {
  /** What the recorder noted: `{ at, client, kind, args }`. */
  notes = []
  /** Errors that nobody caught in the page. */
  uncaught = []
  /** Console messages `{ type, text }`. */
  console = []
  #waiting = new Set()

  constructor(page, context, origin) {
    this.raw = page
    this.context = context
    this.origin = origin
    page.on('pageerror', (error) => {
      this.uncaught.push(error)
      this.#wake()
    })
    page.on('console', (message) => this.console.push({ type: message.type(), text: message.text() }))
  }

  async load(url) {
    this.cdp = await this.context.newCDPSession(this.raw)
    this.cdp.on('Runtime.bindingCalled', ({ name, payload }) => {
      if (name === 'report') this.#note(JSON.parse(payload))
    })
    await this.cdp.send('Runtime.enable')
    await this.cdp.send('Runtime.addBinding', { name: 'report' })
    await this.raw.goto(new URL(url, this.origin).href)
  }

  /** Runs a function in the page; `client` there is the client that `connect` made. */
  async run(code, argument) {
    let timer
    const limit = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Error(`the page has not answered for ${WAIT_LIMIT} ms: ${code}`)), WAIT_LIMIT)
    })
    try {
      return await Promise.race([this.raw.evaluate(code, argument), limit])
    } finally {
      clearTimeout(timer)
    }
  }

  /** Makes `window.client`, watched from its first moment on. */
  connect(url, options) {
    return this.run(([url, options]) => void recorder.connect(url, options), [url, options])
  }

  /** Connects and logs in, up to OPEN. */
  async open(url, options, details = {}) {
    await this.connect(url, options)
    const outcome = await this.login(details)
    assert.ok('resolved' in outcome, `logged in: ${JSON.stringify(outcome)}`)
  }

  /** Logs in and tells how: `{ resolved }` or `{ rejected }`. */
  login(...args) {
    return this.run((args) => recorder.settled(client.login(...args)), args)
  }

  connectionState() {
    return this.run(() => client.getConnectionState())
  }

  info() {
    return this.run(() => client.getConnectionInfo())
  }

  /** The notes of a kind, in order. */
  of(kind) {
    return this.notes.filter((note) => note.kind === kind)
  }

  /** The states in order, as `connectionStateChanged` told them. */
  get states() {
    return this.of('connectionStateChanged').map(({ args }) => args[0])
  }

  /** The arguments of each `error` event. */
  get errors() {
    return this.of('error').map(({ args }) => args)
  }

  /** What the client waited before each dial but the first, since the end of the socket before. */
  get waits() {
    const ends = this.of('socket-close')
    return this.of('dial').slice(1).map((dial) => dial.at - ends.findLast((end) => end.at <= dial.at).at)
  }

  get warnings() {
    return this.console.filter(({ type }) => type === 'warning').map(({ text }) => text)
  }

  /** Waits for the n-th note (from 1) of a kind that satisfies `accepts`. */
  async note(kind, { n = 1, accepts = () => true, limit = WAIT_LIMIT } = {}) {
    const found = () => this.of(kind).filter(accepts)[n - 1]
    await this.until(() => found() !== undefined, `${kind} (${n})`, limit)
    return found()
  }

  /** Waits until the client has reported a state for the n-th time. */
  state(name, { n = 1, limit } = {}) {
    return this.note('connectionStateChanged', { n, limit, accepts: ({ args }) => args[0] === name })
      .catch((error) => {
        throw new Error(`no state ${name}: ${error.message}`)
      })
  }

  /** Waits for the n-th `error` event of this name. */
  error(name, { n = 1, limit } = {}) {
    return this.note('error', { n, limit, accepts: ({ args }) => args[1] === name })
      .catch((error) => {
        throw new Error(`no error event ${name}: ${error.message}`)
      })
  }

  /** Waits for a condition over the notes or the uncaught errors, looked at when either grows. */
  async until(condition, what, limit = WAIT_LIMIT) {
    if (condition()) return
    let timer, look
    try {
      await new Promise((resolve, reject) => {
        look = () => condition() && resolve()
        this.#waiting.add(look)
        timer = setTimeout(() => {
          const seen = this.notes.map(({ kind, args }) => `${kind} ${JSON.stringify(args)}`).join('\n  ')
          reject(new Error(`waited ${limit} ms for ${what}; noted:\n  ${seen || 'nothing'}`))
        }, limit)
      })
    } finally {
      clearTimeout(timer)
      this.#waiting.delete(look)
    }
  }

  /** Forgets what was noted, to begin the next part of a story. */
  forget() {
    this.notes.length = 0
  }

  #note({ args, ...note }) {
    this.notes.push({ ...note, args: args.map((value) => (value === UNDEFINED ? undefined : value)) })
    this.#wake()
  }

  #wake() {
    for (const look of this.#waiting) look()
  }
}
