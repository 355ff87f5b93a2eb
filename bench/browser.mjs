// The Chromium in which both clients run, and a fresh page for each measurement.

import { once } from 'node:events'
import { startSite } from '../tests/support/site.mjs'
import { launchChromium } from './chromium.mjs'

const PAGE = '<!doctype html><meta charset="utf-8"><title>benchmark</title>'
// An isolated page has a finer clock.
const ISOLATED = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
}
// More than a minute of doing nothing takes.
const PAGE_LIMIT = 300_000

export async function launchBrowser() {
  const site = await startSite(new Map([['/', PAGE]]), ISOLATED)
  const chromium = await launchChromium()
  return {
    version: chromium.version,
    /** Does `use` with a page that has loaded nothing yet, in a context of its own. */
    async withPage(use) {
      const { cdp, close } = await chromium.open()
      try {
        const page = new Page(cdp)
        await page.load(`${site.origin}/`)
        const result = await within(PAGE_LIMIT, use(page))
        if (page.problems.length > 0) throw new Error(`in the page: ${page.problems.join('\n')}`)
        return result
      } finally {
        await close()
      }
    },
    async processes() {
      const { processInfo } = await chromium.browser.send('SystemInfo.getProcessInfo')
      return processInfo
    },
    async close() {
      await chromium.close()
      site.close()
    },
  }
}

class Page {
  /** Uncaught errors, and what was written to the console as an error. */
  problems = []
  #bindings = new Map()

  constructor(cdp) {
    this.cdp = cdp
    cdp.on('Runtime.exceptionThrown', ({ exceptionDetails }) => this.problems.push(textOf(exceptionDetails)))
    cdp.on('Runtime.consoleAPICalled', ({ type, args }) => {
      if (type !== 'error') return
      this.problems.push(args.map(({ value, description }) => value ?? description).join(' '))
    })
    cdp.on('Runtime.bindingCalled', ({ name }) => this.#bindings.get(name)?.())
  }

  async load(url) {
    await this.cdp.send('Runtime.enable')
    await this.cdp.send('Page.enable')
    const loaded = once(this.cdp, 'Page.loadEventFired')
    await this.cdp.send('Page.navigate', { url })
    await loaded
    await this.cdp.send('Page.disable')
  }

  /** Lets the page call a function of ours, of which it hears nothing more. */
  async expose(name, call) {
    this.#bindings.set(name, call)
    await this.cdp.send('Runtime.addBinding', { name })
  }

  /** Calls an export of a module of page code. */
  async call(module, name, ...args) {
    const call = `import('/bench/page/${module}').then((code) => code.${name}(...${JSON.stringify(args)}))`
    const { result, exceptionDetails } = await this.cdp.send('Runtime.evaluate', {
      expression: call,
      awaitPromise: true,
      returnByValue: true,
    })
    if (exceptionDetails) throw new Error(textOf(exceptionDetails))
    return result.value
  }
}

const textOf = ({ text, exception }) => exception?.description ?? exception?.value ?? text

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
