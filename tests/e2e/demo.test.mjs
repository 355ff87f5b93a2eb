// The documented example, as jQuery and as React, and the dashboard: the demo as `make demo` runs it.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { launchBrowser } from '../support/browser.mjs'
import { startDemo } from '../support/demo.mjs'
import { fakeServer, quietFor } from '../support/setting.mjs'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

const browser = await launchBrowser()
const demo = await startDemo()
after(async () => {
  await browser.close()
  await demo.end()
})

const indicator = (page) => page.raw.locator('#indicator')
const shows = (page, selector, text) =>
  page.raw.locator(selector).filter({ hasText: text }).waitFor({ timeout: 10_000 })
const classes = async (page) => (await indicator(page).getAttribute('class')).split(' ')

/** The dashboard with another server behind it than the demo's own. */
async function dashboard(t, url) {
  const page = await browser.open(t, { url: 'about:blank' })
  await page.raw.route('**/server', (route) => route.fulfill({ json: { url, condition: 'running' } }))
  await page.raw.goto(`${demo.site}dashboard.html`)
  return page
}

/** Fills in some of the dashboard's options and makes a client with them. */
async function newClient(page, options) {
  for (const [name, value] of Object.entries(options)) await page.raw.fill(`[name=${name}]`, value)
  await page.raw.click('#options button')
}

/** The documented page with the address of a server in the place of '<url>'. */
async function documentedPage(url) {
  const html = await readFile(`${ROOT}/www/jquery.html`, 'utf8')
  assert.ok(html.includes("deepstream('<url>', options)"), 'the example is as documented')
  return html.replace('<url>', url)
}

/** How much two colours such as `rgb(1, 2, 3)` differ, by WCAG 2: 1 for not at all, 21 for black on white. */
function contrastOf(...colours) {
  const [brighter, darker] = colours.map(luminanceOf).sort((a, b) => b - a)
  return (brighter + 0.05) / (darker + 0.05)
}

function luminanceOf(colour) {
  const [, ...parts] = colour.match(/^rgb\((\d+), (\d+), (\d+)\)$/) ?? assert.fail(`no opaque colour: ${colour}`)
  const [red, green, blue] = parts
    .map((part) => part / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

for (const name of ['jquery', 'react']) {
  test(`the documented example with ${name} reaches OPEN and shows it as good`, async (t) => {
    const page = await browser.open(t, { url: `${demo.site}${name}.html` })
    await shows(page, '#indicator', /^OPEN$/)
    const shown = await classes(page)
    assert.ok(shown.includes('good') && !shown.includes('bad') && !shown.includes('neutral'))
  })
}

for (const name of ['jquery', 'react']) {
  test(`from the documented example with ${name} one finds how to see it reconnect`, async (t) => {
    const page = await browser.open(t, { url: `${demo.site}${name}.html` })
    await shows(page, '#indicator', /^OPEN$/)
    const [dashboard] = await Promise.all([page.raw.waitForEvent('popup'), page.raw.click('text=dashboard')])
    await dashboard.click('[data-server=stop]')
    await shows(page, '#indicator', /^RECONNECTING$/)
    await dashboard.click('[data-server=start]')
    await dashboard.locator('#server.running').waitFor()
  })
}

test('the documented example shows neutral while it reconnects', async (t) => {
  const server = await fakeServer(t)
  server.onConnection((peer, n) => (n === 1 ? undefined : peer.login()))
  const page = await browser.open(t, { html: await documentedPage(server.url) })
  await shows(page, '#indicator', /^OPEN$/)
  server.dropAll()
  await shows(page, '#indicator', /^CHALLENGING$/)
  assert.ok((await classes(page)).includes('neutral'))
})

test('the documented example shows ERROR as bad, when heartbeats were missed for three minutes', async (t) => {
  const server = await fakeServer(t)
  server.onConnection((peer) => {
    peer.answerPing = () => false
    return peer.login()
  })
  const page = await browser.open(t, { html: await documentedPage(server.url), clock: true })
  await shows(page, '#indicator', /^OPEN$/)
  await page.raw.clock.runFor(170_000)
  assert.equal(await indicator(page).textContent(), 'OPEN')
  await page.raw.clock.runFor(10_000)
  await shows(page, '#indicator', /^ERROR$/)
  assert.ok((await classes(page)).includes('bad'))
  assert.equal((await server.peer(0)).pings.length, 2, 'one heartbeat a minute')
})

test('the dashboard shows a killed server, a filling queue, and how all is well again', async (t) => {
  const page = await browser.open(t, { url: `${demo.site}dashboard.html` })
  await shows(page, '#state', /^OPEN$/)
  await shows(page, '#heartbeats', /^[1-9]/)
  const click = (selector) => page.raw.click(selector)
  await click('[data-server=kill]')
  await shows(page, '#state', /^RECONNECTING$/)
  await shows(page, '#next', /the next one in \d/)
  await click('[data-emit="10"]')
  await shows(page, '#queued', /^10$/)
  await click('[data-server=start]')
  await shows(page, '#state', /^OPEN$/)
  await shows(page, '#queued', /^0$/)
  await shows(page, '#server', /^running$/)
  const colours = await page.raw.locator('#timeline rect').evaluateAll((rects) =>
    rects.map((rect) => rect.getAttribute('fill')))
  assert.ok(colours.includes('var(--good)') && colours.includes('var(--warn)'))
})

test('the dashboard freezes the server, and shows what missed heartbeats lead to', async (t) => {
  const page = await browser.open(t, { url: `${demo.site}dashboard.html` })
  await shows(page, '#state', /^OPEN$/)
  await shows(page, '#heartbeats', /^[1-9]/)
  await page.raw.click('[data-server=freeze]')
  await shows(page, '#server', /^frozen$/)
  await shows(page, '#state', /^ERROR$/)
  assert.ok(await page.raw.locator('[data-server=start]').isDisabled())
  await page.raw.click('[data-server=thaw]')
  await shows(page, '#server', /^running$/)
  await page.raw.click('[data-client=resume]')
  await shows(page, '#state', /^OPEN$/)

  await page.raw.click('[data-server=freeze]')
  await shows(page, '#server', /^frozen$/)
  await page.raw.click('[data-server=stop]')
  await shows(page, '#server', /^stopped$/)
  await page.raw.click('[data-server=start]')
  await shows(page, '#server', /^running$/)
})

test("the dashboard's buttons pause, resume, close and begin anew", async (t) => {
  const page = await browser.open(t, { url: `${demo.site}dashboard.html` })
  await shows(page, '#state', /^OPEN$/)
  const steps = { pause: 'OFFLINE', resume: 'OPEN', close: 'CLOSED', 'new client': 'OPEN' }
  for (const [button, state] of Object.entries(steps)) {
    await page.raw.getByRole('button', { name: button, exact: true }).click()
    await shows(page, '#state', new RegExp(`^${state}$`))
  }
})

test('the dashboard marks every attempt on the timeline, and the one that succeeds where OPEN begins', async (t) => {
  const server = await fakeServer(t)
  server.onConnection((peer) => peer.login())
  server.onAttempt((n) => (n === 2 || n === 3 ? 'refuse' : 'accept'))
  const page = await dashboard(t, server.url)
  await shows(page, '#state', /^OPEN$/)
  await newClient(page, { reconnectIntervalIncrement: '500' })
  await server.peer(1)
  await shows(page, '#state', /^OPEN$/)
  server.dropAll()
  await server.attempt(4)
  await shows(page, '#state', /^OPEN$/)
  // Drawn with the next poll, which may fall between the attempt and its success.
  await page.raw.waitForFunction(() => {
    const segments = [...document.querySelectorAll('#timeline rect')]
    const isOpen = segments.at(-1)?.textContent.startsWith('OPEN')
    return isOpen && document.querySelectorAll('#timeline .attempt').length >= 5
  })
  const { marks, open } = await page.run(() => {
    const boxes = (selector) => [...document.querySelectorAll(selector)].map((shape) => shape.getBBox())
    const marks = boxes('#timeline .attempt').map(({ x, width }) => x + width / 2)
    return { marks, open: boxes('#timeline rect').at(-1).x }
  })
  assert.equal(marks.length, server.attempts.length)
  // A second, the wait before this attempt, is some 8 units.
  assert.ok(Math.abs(marks.at(-1) - open) < 4, `the last mark at ${marks.at(-1)}, OPEN from ${open} on`)
})

test('the dashboard keeps the running client when options for a new one are refused, and says why beside them', async (t) => {
  const server = await fakeServer(t)
  server.onConnection((peer) => peer.login())
  const page = await dashboard(t, server.url)
  await shows(page, '#state', /^OPEN$/)
  const input = page.raw.locator('[name=heartbeatInterval]')
  await newClient(page, { heartbeatInterval: '-1' })
  await shows(page, '#options #refusal', /heartbeatInterval/)
  assert.equal(await input.getAttribute('aria-invalid'), 'true')
  assert.equal(await page.connectionState(), 'OPEN')
  assert.ok((await server.peer(0)).isOpen)

  await newClient(page, { heartbeatInterval: '1000' })
  await (await server.peer(0)).gone()
  await shows(page, '#state', /^OPEN$/)
  assert.equal(await page.raw.locator('#refusal').textContent(), '')
  assert.equal(await input.getAttribute('aria-invalid'), 'false')
})

test('Enter in an option of the dashboard makes a new client, with the default of what is empty', async (t) => {
  const server = await fakeServer(t)
  server.onConnection((peer) => peer.login())
  const page = await dashboard(t, server.url)
  await shows(page, '#state', /^OPEN$/)
  await page.run(() => {
    const { deepstream } = window
    window.deepstream = (url, options) => deepstream(url, (window.chosen = options))
  })
  await page.raw.getByLabel('maxReconnectAttempts').fill('7')
  const input = page.raw.getByLabel('heartbeatInterval')
  await input.fill(' ')
  await input.press('Enter')
  await server.peer(1)
  const { maxQueuedMessages, ...chosen } = await page.run(() => chosen)
  assert.deepEqual(chosen, { reconnectIntervalIncrement: 2000, maxReconnectInterval: 10000, maxReconnectAttempts: 7 })
  assert.equal(await input.getAttribute('placeholder'), '30000')
  await quietFor(100)
  assert.equal(server.peers.length, 2, 'one client and no more')
})

test('on a phone the dashboard breaks no word, no labels collide, and the state stays in sight of the buttons', async (t) => {
  const page = await browser.open(t, { url: `${demo.site}dashboard.html` })
  await page.raw.setViewportSize({ width: 390, height: 844 })
  await shows(page, '#state', /^OPEN$/)
  await page.run(() => client.emit('error', 'a text', 'CONNECTION_ERROR', 'CONNECTION'))
  await shows(page, '#timeline', /now/)
  const { labels, broken, overflow } = await page.run(() => {
    const range = document.createRange()
    const isBroken = (text, { 0: word, index }) => {
      range.setStart(text, index)
      range.setEnd(text, index + word.length)
      return range.getClientRects().length > 1
    }
    const names = [...document.querySelectorAll('#log .name')].map((name) => name.firstChild)
    return {
      labels: [...document.querySelectorAll('#timeline text')]
        .map((label) => label.getBoundingClientRect())
        .map(({ left, right }) => ({ left, right }))
        .sort((a, b) => a.left - b.left),
      broken: names.filter((text) => [...text.data.matchAll(/\w+/g)].some((word) => isBroken(text, word)))
        .map((text) => text.data),
      overflow: document.documentElement.scrollWidth - window.innerWidth,
    }
  })
  assert.ok(labels.length >= 3)
  labels.slice(1).forEach(({ left }, n) => assert.ok(left > labels[n].right + 4, `label ${n + 1} is clear of ${n}`))
  assert.deepEqual(broken, [])
  assert.equal(overflow, 0)
  await page.raw.locator('[data-server=kill]').scrollIntoViewIfNeeded()
  const seen = await page.run(() => {
    const box = document.getElementById('state').getBoundingClientRect()
    return { scrolled: window.scrollY, top: box.top, bottom: box.bottom }
  })
  assert.ok(seen.scrolled > 200 && seen.top >= 0 && seen.bottom < 844, `the state is in sight: ${JSON.stringify(seen)}`)
})

test('the dashboard counts what is refused, also by a closed client, and what is unconfirmed', async (t) => {
  const page = await browser.open(t, { url: `${demo.site}dashboard.html` })
  const press = (name) => page.raw.getByRole('button', { name, exact: true }).click()
  await shows(page, '#state', /^OPEN$/)
  await press('pause')
  await shows(page, '#state', /^OFFLINE$/)
  for (let n = 0; n < 6; n++) await press('emit 10')
  await shows(page, '#refused', /^10$/)
  await press('resume')
  await shows(page, '#state', /^OPEN$/)
  await press('close')
  await shows(page, '#state', /^CLOSED$/)
  await press('emit')
  await shows(page, '#emitted', /^61$/)
  await shows(page, '#refused', /^11$/)
  await press('log in')
  await shows(page, '#log', /login.*IS_CLOSED/)
  await page.run(() => client.emit('error', { topic: 4 }, 'DELIVERY_UNCONFIRMED', 'EVENT'))
  await shows(page, '#unconfirmed', /^1$/)
  assert.equal(await page.raw.locator('#refused').textContent(), '11')
})

test('the dashboard greys out the last latency while there is no connection', async (t) => {
  const page = await browser.open(t, { url: `${demo.site}dashboard.html` })
  const colours = () => page.run(() => ['#latency', '.soft', 'body']
    .map((selector) => getComputedStyle(document.querySelector(selector)).color))
  await shows(page, '#latency', /^[\d.]+$/)
  const [open, , text] = await colours()
  assert.equal(open, text)
  await page.raw.click('[data-client=pause]')
  await page.raw.locator('#beat.stale').waitFor()
  const [latency, soft] = await colours()
  assert.equal(latency, soft)
})

test('the dashboard shows each heartbeat that was answered and each that was missed', async (t) => {
  const server = await fakeServer(t)
  server.onConnection((peer) => {
    peer.answerPing = (n) => n < 4 || n === 5
    return peer.login()
  })
  const page = await dashboard(t, server.url)
  await shows(page, '#state', /^OPEN$/)
  await newClient(page, { heartbeatInterval: '250' })
  await shows(page, '#state', /^ERROR$/)
  const isAnswered = [true, true, true, false, true, false, false]
  await page.raw.waitForFunction((count) => document.querySelectorAll('#beats rect').length >= count, isAnswered.length, { timeout: 5000 })
  const beats = await page.raw.locator('#beats rect').evaluateAll((rects) => rects.map((rect) => rect.classList.value))
  assert.deepEqual(beats, isAnswered.map((answered) => (answered ? 'answered' : 'missed')))
})

test('the log of the dashboard has local times', async (t) => {
  const page = await browser.open(t, { url: 'about:blank' })
  await page.cdp.send('Emulation.setTimezoneOverride', { timezoneId: 'Asia/Kathmandu' })
  await page.raw.goto(`${demo.site}dashboard.html`)
  await shows(page, '#state', /^OPEN$/)
  const { shown, now } = await page.run(() => {
    const now = new Date()
    const shown = document.querySelector('#log time').textContent
    return { shown, now: [now.getHours(), now.getMinutes(), now.getSeconds()] }
  })
  const seconds = ([hours, minutes, seconds]) => (hours * 60 + minutes) * 60 + seconds
  const [, ...parts] = shown.match(/^(\d\d):(\d\d):(\d\d)\.\d{3}$/)
  const day = seconds([24, 0, 0])
  assert.ok((seconds(now) - seconds(parts.map(Number)) + day) % day < 60, `${shown}, at ${now.join(':')}`)
})

for (const colorScheme of ['light', 'dark']) {
  test(`every text of the ${colorScheme} dashboard stands out from what is behind it, in every state`, async (t) => {
    const page = await browser.open(t, { url: `${demo.site}dashboard.html` })
    await page.raw.emulateMedia({ colorScheme })
    await shows(page, '#server', /^running$/)
    await page.run(() => client.emit('error', 'a text', 'CONNECTION_ERROR', 'CONNECTION'))
    const texts = await page.run(() => {
      const isShown = (element) => element.checkVisibility() && !element.matches(':disabled')
      const isText = (node) => node.nodeType === Node.TEXT_NODE && node.data.trim() !== ''
      const coloured = (element) => {
        while (getComputedStyle(element).backgroundColor === 'rgba(0, 0, 0, 0)') element = element.parentElement
        return getComputedStyle(element).backgroundColor
      }
      const look = (element, name) => [name, getComputedStyle(element).color, coloured(element)]
      const badge = document.getElementById('state')
      const states = Object.keys(DeepstreamClient.C.CONNECTION_STATE).map((state) => {
        client.emit('connectionStateChanged', state)
        return look(badge, badge.textContent)
      })
      const others = [...document.querySelectorAll('body *:not(svg *, script)')]
        .filter((element) => isShown(element) && [...element.childNodes].some(isText))
      return [...states, ...others.map((element) => look(element, element.textContent.trim()))]
    })
    assert.ok(texts.some(([name]) => name === 'RECONNECTING'))
    for (const [name, text, behind] of texts) {
      const contrast = contrastOf(text, behind)
      assert.ok(contrast >= 4.5, `${name}: ${text} on ${behind} is ${contrast.toFixed(2)}:1`)
    }
  })
}

test('taken ports are replaced by free ones with a note, and Ctrl-C leaves nothing running', async (t) => {
  const squatter = createServer().listen(0, '127.0.0.1')
  await once(squatter, 'listening')
  t.after(() => squatter.close())
  const taken = String(squatter.address().port)
  const other = await startDemo({ DEMO_PORT: taken, DEEPSTREAM_PORT: taken })
  assert.match(other.printed, new RegExp(`Port ${taken} is taken, using \\d+ instead \\(DEMO_PORT`))
  assert.match(other.printed, new RegExp(`Port ${taken} is taken, using \\d+ instead \\(DEEPSTREAM_PORT`))
  assert.equal(await other.end(), 0)
  for (const url of [other.site, other.deepstream]) {
    const socket = connect(Number(new URL(url).port), '127.0.0.1')
    const [error] = await once(socket, 'error')
    assert.equal(error.code, 'ECONNREFUSED', `${url} is gone`)
  }
})
