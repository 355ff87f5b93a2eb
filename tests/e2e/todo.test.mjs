// The to-do list: what one window of it does, another shows, at once or when the server is back. The
// demo as `make demo` runs it.

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { conflictsOf, isReordered, mergeEntries, mergeItem } from '../../www/todo-merge.js'
import { launchBrowser } from '../support/browser.mjs'
import { startDemo } from '../support/demo.mjs'
import { quietFor } from '../support/setting.mjs'

const LIMIT = 10_000
// The client collects for 50 ms what it stores, of which nothing is seen.
const STORED = 300

const browser = await launchBrowser()
const demo = await startDemo()
after(async () => {
  await browser.close()
  await demo.end()
})

/** A list that no other test has. */
const newList = (() => {
  let count = 0
  return () => `${demo.site}todo.html?list=${++count}`
})()

async function open(t, url) {
  const page = await browser.open(t, { url })
  page.raw.setDefaultTimeout(LIMIT)
  await isOpen(page)
  return page
}

/** Two windows, each as if in a browser of its own, with some items. */
async function openBoth(t, ...texts) {
  const url = newList()
  const ada = await open(t, url)
  for (const text of texts) await add(ada, text)
  const grace = await open(t, url)
  for (const page of [ada, grace]) await has(page, ...texts)
  await isDelivered(ada)
  return [ada, grace]
}

const shows = (page, selector, text) =>
  page.raw.locator(selector).filter({ hasText: text }).waitFor({ timeout: LIMIT })
const isOpen = (page) => shows(page, '#state', /^OPEN$/)
const isDelivered = (page) => shows(page, '#waiting', /^Everything is delivered/)
const press = (page, name) => page.raw.getByRole('button', { name, exact: true }).click()
const change = (page, words) => page.raw.locator('#changes li').filter({ hasText: words })
const note = (page, words) => page.raw.locator('#notes .note').filter({ hasText: words })
const item = (page, text) => page.raw.locator('.item').filter({
  has: page.raw.getByRole('button', { name: `remove “${text}”`, exact: true }),
})
const check = (page, text) => page.raw.getByRole('checkbox', { name: `“${text}” is done`, exact: true })

async function add(page, text) {
  const input = page.raw.getByRole('textbox', { name: 'New item' })
  await input.fill(text)
  await input.press('Enter')
}

const edit = (page, text, other) => item(page, text).locator('.text').fill(other)

/** Waits until a window has just these items, in this order. */
function has(page, ...texts) {
  return page.raw.waitForFunction((texts) => {
    const inputs = [...document.querySelectorAll('.item .text')]
    return JSON.stringify(inputs.map(({ value }) => value)) === texts
  }, JSON.stringify(texts)).catch(async (error) => {
    const there = await page.raw.locator('.item .text').evaluateAll((inputs) => inputs.map(({ value }) => value))
    throw new Error(`has ${JSON.stringify(there)} instead of ${JSON.stringify(texts)}`, { cause: error })
  })
}

const ask = (action) => fetch(`${demo.site}server/${action}`, { method: 'POST' })

/** Stops the server, for the duration of the test at most. */
async function stop(t, ...pages) {
  t.after(() => ask('start'))
  await ask('stop')
  for (const page of pages) await shows(page, '#state', /^RECONNECTING$/)
}

async function start(...pages) {
  await ask('start')
  for (const page of pages) await isOpen(page)
  for (const page of pages) await isDelivered(page)
}

async function reload(page) {
  await quietFor(STORED)
  await page.raw.reload()
  await shows(page, '#state', /^(?!CLOSED$)/)
}

test('the demo prints the address of the list, and its front page links to it', async (t) => {
  assert.match(demo.printed, /\/todo\.html$/m)
  const page = await browser.open(t, { url: demo.site })
  await page.raw.click('a[href="/todo.html"]')
  await shows(page, '#empty', /^Nothing to do/)
})

test('what one window adds, edits and ticks the other shows, as text', async (t) => {
  const [ada, grace] = await openBoth(t, 'milk')
  const text = '<img src=x onerror="window.isHacked = true"> 1 < 2'
  await add(grace, text)
  await has(ada, 'milk', text)
  await edit(ada, 'milk', 'milk and bread')
  await has(grace, 'milk and bread', text)
  await check(grace, 'milk and bread').check()
  await item(ada, 'milk and bread').and(ada.raw.locator('.done')).waitFor()
  assert.ok(await check(ada, 'milk and bread').isChecked())
  await check(ada, 'milk and bread').uncheck()
  await item(grace, 'milk and bread').and(grace.raw.locator(':not(.done)')).waitFor()
  for (const page of [ada, grace]) {
    await isDelivered(page)
    assert.equal(await page.raw.locator('.item img').count(), 0)
    assert.equal(await page.raw.locator('.note').count(), 0)
  }
})

test('an item that one window removes disappears in the other, which can put it back', async (t) => {
  const [ada, grace] = await openBoth(t, 'milk', 'bread')
  await check(ada, 'milk').check()
  await item(grace, 'milk').and(grace.raw.locator('.done')).waitFor()
  await press(ada, 'remove “milk”')
  await has(grace, 'bread')
  await note(grace, '“milk” was removed in another window').waitFor()
  assert.equal(await note(ada, 'removed').count(), 0)

  await press(grace, 'put it back')
  for (const page of [ada, grace]) {
    await has(page, 'bread', 'milk')
    await item(page, 'milk').and(page.raw.locator('.done')).waitFor()
    await isDelivered(page)
  }
})

test('an item that one window moves is moved in the other, where the one who writes goes on', async (t) => {
  const [ada, grace] = await openBoth(t, 'milk', 'bread', 'tea')
  await item(grace, 'tea').locator('.text').focus()
  await press(ada, 'move “tea” up')
  await has(grace, 'milk', 'tea', 'bread')
  await grace.raw.keyboard.type(' and coffee')
  await has(ada, 'milk', 'tea and coffee', 'bread')
  await press(ada, 'move “tea and coffee” up')
  await has(grace, 'tea and coffee', 'milk', 'bread')
  assert.ok(await ada.raw.getByRole('button', { name: 'move “tea and coffee” up' }).isDisabled())
  assert.equal(await ada.run(() => document.activeElement.ariaLabel), 'move “tea and coffee” down')
})

test('the server of the demo has its records again after it was stopped or killed', async (t) => {
  const [ada, grace] = await openBoth(t, 'milk', 'bread')
  await stop(t, ada, grace)
  await start(ada, grace)
  await ask('kill')
  for (const page of [ada, grace]) await shows(page, '#state', /^RECONNECTING$/)
  await start(ada, grace)
  const alan = await open(t, ada.raw.url())
  for (const page of [ada, grace, alan]) {
    await has(page, 'milk', 'bread')
    assert.equal(await page.raw.locator('.note').count(), 0)
  }
  await add(alan, 'tea')
  for (const page of [ada, grace]) await has(page, 'milk', 'bread', 'tea')
})

test('while the server is stopped both windows go on, and after its restart they have everything of both', async (t) => {
  const [ada, grace] = await openBoth(t, 'milk', 'bread', 'tea', 'soap')
  await stop(t, ada, grace)
  await edit(ada, 'milk', 'oat milk')
  await check(ada, 'tea').check()
  await add(ada, 'from ada')
  await edit(grace, 'bread', 'rye bread')
  await edit(grace, 'tea', 'green tea')
  await press(grace, 'remove “soap”')
  await add(grace, 'from grace')
  await has(ada, 'oat milk', 'bread', 'tea', 'soap', 'from ada')
  await has(grace, 'milk', 'rye bread', 'green tea', 'from grace')

  await shows(ada, '#waiting', /^3 changes are not delivered yet/)
  for (const words of ['“oat milk” has another text', '“tea” is done', '“from ada” is new']) await change(ada, words).waitFor()
  await shows(grace, '#waiting', /^4 changes are not delivered yet/)
  await change(grace, '“soap” is removed').waitFor()
  await item(ada, 'oat milk').getByText('not delivered').waitFor()
  assert.ok(await item(ada, 'bread').getByText('not delivered').isHidden())

  await start(ada, grace)
  // Who is back first is not known, but what comes from one window keeps its neighbours.
  await item(ada, 'from grace').waitFor()
  await item(grace, 'from ada').waitFor()
  const texts = (page) => page.raw.locator('.item .text').evaluateAll((inputs) => inputs.map(({ value }) => value))
  await ada.raw.waitForFunction(() => document.querySelectorAll('.item').length === 5)
  await has(grace, ...await texts(ada))
  assert.deepEqual((await texts(ada)).sort(), ['from ada', 'from grace', 'green tea', 'oat milk', 'rye bread'])
  for (const page of [ada, grace]) {
    assert.ok(await check(page, 'green tea').isChecked())
    assert.equal(await page.raw.locator('.item.waiting').count(), 0)
    assert.equal(await note(page, 'dropped').count(), 0)
  }
  await note(ada, '“soap” was removed in another window').waitFor()
})

test('a text that both windows have changed becomes the same in both, and one of them is told', async (t) => {
  const [ada, grace] = await openBoth(t, 'milk')
  await stop(t, ada, grace)
  await edit(ada, 'milk', 'oat milk')
  await edit(grace, 'milk', 'soy milk')
  await start(ada, grace)
  const told = /^“(?:oat|soy) milk” was changed in another window too, to “(oat|soy) milk”/
  const [winner, loser] = await Promise.race([
    note(ada, told).waitFor().then(() => ['oat milk', grace]),
    note(grace, told).waitFor().then(() => ['soy milk', ada]),
  ])
  for (const page of [ada, grace]) {
    await has(page, winner)
    await isDelivered(page)
  }
  assert.equal(await note(loser, told).count(), 0)
})

test('an item that was changed here and removed elsewhere is gone, and can be put back as it was here', async (t) => {
  const [ada, grace] = await openBoth(t, 'milk', 'bread')
  await stop(t, ada, grace)
  await press(ada, 'remove “milk”')
  await edit(grace, 'milk', 'oat milk')
  // The one that removes is back first.
  await grace.run(() => client.pause())
  await start(ada)
  await grace.run(() => void client.resume())
  await has(grace, 'bread')
  await note(grace, '“oat milk” was removed in another window').waitFor()
  await isDelivered(grace)
  await press(grace, 'put it back')
  for (const page of [ada, grace]) await has(page, 'bread', 'oat milk')
})

test('a reload while the server is stopped keeps the items and what is not delivered yet', async (t) => {
  const [ada, grace] = await openBoth(t, 'milk', 'bread', 'tea')
  await stop(t, ada, grace)
  await edit(ada, 'milk', 'oat milk')
  await press(ada, 'remove “bread”')
  await add(ada, 'soap')
  await check(grace, 'milk').check()
  await edit(grace, 'tea', 'green tea')
  await item(ada, 'soap').getByText('not delivered').waitFor()
  for (const page of [ada, grace]) await reload(page)

  await has(ada, 'oat milk', 'tea', 'soap')
  for (const words of ['“oat milk” has another text', 'is removed', '“soap” is new']) await change(ada, words).waitFor()
  await has(grace, 'milk', 'bread', 'green tea')
  await item(grace, 'green tea').getByText('not delivered').waitFor()
  await edit(ada, 'soap', 'soft soap')
  await reload(ada)
  await has(ada, 'oat milk', 'tea', 'soft soap')

  await start(ada, grace)
  for (const page of [ada, grace]) {
    await has(page, 'oat milk', 'green tea', 'soft soap')
    assert.ok(await check(page, 'oat milk').isChecked())
    assert.equal(await note(page, 'dropped').count(), 0)
  }
})

test('a page that is closed without a server has everything when it is opened again', async (t) => {
  const [ada, grace] = await openBoth(t, 'milk')
  await stop(t, ada, grace)
  await edit(ada, 'milk', 'oat milk')
  await add(ada, 'soap')
  await item(ada, 'soap').getByText('not delivered').waitFor()
  const url = ada.raw.url()
  await quietFor(STORED)
  await ada.raw.close()
  const again = { raw: await ada.context.newPage() }
  again.raw.setDefaultTimeout(LIMIT)
  await again.raw.goto(url)
  await has(again, 'oat milk', 'soap')
  await start(again, grace)
  for (const page of [again, grace]) await has(page, 'oat milk', 'soap')
})

test('two windows of one browser keep their changes apart through a reload', async (t) => {
  const ada = await open(t, newList())
  for (const text of ['milk', 'bread']) await add(ada, text)
  const [raw] = await Promise.all([ada.context.waitForEvent('page'), ada.raw.getByText('open another one').click()])
  const second = { raw }
  raw.setDefaultTimeout(LIMIT)
  await has(second, 'milk', 'bread')
  for (const page of [ada, second]) await isDelivered(page)
  await stop(t, ada, second)
  await edit(ada, 'milk', 'oat milk')
  await edit(second, 'bread', 'rye bread')
  for (const page of [ada, second]) await shows(page, '#waiting', /^1 change is not delivered yet/)
  for (const page of [second, ada]) await reload(page)
  await has(ada, 'oat milk', 'bread')
  await has(second, 'milk', 'rye bread')
  await start(ada, second)
  for (const page of [ada, second]) await has(page, 'oat milk', 'rye bread')
})

test('on a phone nothing of the list is wider than the screen', async (t) => {
  const [ada, grace] = await openBoth(t, 'milk', 'm'.repeat(200))
  await grace.raw.setViewportSize({ width: 390, height: 844 })
  await press(ada, 'remove “milk”')
  await note(grace, 'removed').waitFor()
  await stop(t, ada, grace)
  await check(grace, 'm'.repeat(200)).check()
  await item(grace, 'm'.repeat(200)).getByText('not delivered').waitFor()
  const overflow = await grace.run(() => document.documentElement.scrollWidth - window.innerWidth)
  assert.equal(overflow, 0)
})

test('what two windows have made of a list is merged', () => {
  const merged = (base, own, remote) => mergeEntries([...base], [...own], [...remote]).join('')
  assert.equal(merged('abc', 'abc', 'acb'), 'acb', 'moved there')
  assert.equal(merged('abc', 'acb', 'abc'), 'acb', 'moved here')
  assert.equal(merged('abc', 'abxc', 'abcy'), 'abxcy', 'added on both sides')
  assert.equal(merged('abc', 'xabc', 'abc'), 'xabc', 'added in front')
  assert.equal(merged('abc', 'ab', 'bc'), 'b', 'removed on both sides')
  assert.equal(merged('abc', 'abxc', 'ac'), 'axc', 'added after what was removed there')
  assert.equal(merged('abc', 'cba', 'abxc'), 'cbxa', 'moved here, added there')
  assert.equal(merged('', 'ab', 'bc'), 'abc', 'without a base nothing is lost')
  assert.ok(!isReordered(['a', 'b', 'c'], ['a', 'x', 'c']))
})

test('what two windows have made of an item is merged, field by field', () => {
  const base = { text: 'milk', done: false }
  const merged = mergeItem(base, { ...base, text: 'oat milk' }, { ...base, done: true })
  assert.deepEqual(merged, { text: 'oat milk', done: true })
  assert.deepEqual(mergeItem(null, base, {}), base)
  assert.deepEqual(conflictsOf(base, { ...base, text: 'a' }, { text: 'b', done: true }), ['text'])
  assert.deepEqual(conflictsOf(base, { ...base, text: 'a' }, { ...base, text: 'a' }), [])
})
