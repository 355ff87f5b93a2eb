// The room: what one window of it does, another shows. The demo as `make demo` runs it.

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { launchBrowser } from '../support/browser.mjs'
import { startDemo } from '../support/demo.mjs'

const LIMIT = 10_000

const browser = await launchBrowser()
const demo = await startDemo()
after(async () => {
  await browser.close()
  await demo.end()
})

/** A window of the room. It can be closed before its test ends. */
async function enter(t, name) {
  const page = await browser.open(t, { url: `${demo.site}chat.html?name=${name}` })
  page.raw.setDefaultTimeout(LIMIT)
  await isOpen(page)
  return page
}

/** Two windows that know of each other, and of nobody from an earlier test. */
async function enterBoth(t) {
  const ada = await enter(t, 'ada')
  await shows(ada, '#alone', 'Nobody else')
  const grace = await enter(t, 'grace')
  await person(ada, 'grace').waitFor()
  await person(grace, 'ada').waitFor()
  return [ada, grace]
}

const shows = (page, selector, text) =>
  page.raw.locator(selector).filter({ hasText: text }).waitFor({ timeout: LIMIT })
const isOpen = (page) => shows(page, '#state', /^OPEN$/)
const person = (page, name) =>
  page.raw.locator('.person').filter({ has: page.raw.locator('.who', { hasText: new RegExp(`^${name}$`) }) })
const message = (page, text) => page.raw.locator('.message').filter({ hasText: text })
const press = (page, name) => page.raw.getByRole('button', { name, exact: true }).click()
const ticker = (page, name) => page.raw.locator(`[id="ticker/${name}"]`)
const cursor = (page, name) => page.raw.locator('.cursor .label').filter({ hasText: name })

async function say(page, text) {
  const input = page.raw.getByRole('textbox', { name: 'Message' })
  await input.fill(text)
  await input.press('Enter')
}

/** Pokes somebody, and returns the answer that is shown beside the name. */
async function poke(page, name) {
  await press(page, `poke ${name}`)
  return answerOf(page, name)
}

async function answerOf(page, name) {
  const answer = person(page, name).locator('.answer')
  await answer.filter({ hasText: /\d ms$/ }).waitFor()
  return answer.textContent()
}

test('the demo prints the address of the room, and its front page links to it', async (t) => {
  assert.match(demo.printed, /\/chat\.html$/m)
  const page = await browser.open(t, { url: demo.site })
  await page.raw.click('a[href="/chat.html"]')
  await page.raw.getByLabel('Your name in this window').waitFor()
})

test('one comes in under a name, and not under the one that presence hides', async (t) => {
  const page = await browser.open(t, { url: `${demo.site}chat.html` })
  const input = page.raw.getByLabel('Your name in this window')
  await input.fill('OPEN')
  assert.ok(!(await input.evaluate((input) => input.checkValidity())))
  await input.fill('ada')
  await input.press('Enter')
  await isOpen(page)
  await person(page, 'ada').filter({ hasText: 'you' }).waitFor()
  await shows(page, '#second', /as grace$/)
})

test('each window lists both names, and one that closes leaves the list of the other', async (t) => {
  const [ada, grace] = await enterBoth(t)
  await person(grace, 'grace').filter({ hasText: 'you' }).waitFor()
  await grace.context.close()
  await person(ada, 'grace').waitFor({ state: 'detached' })
  await shows(ada, '.note', /^grace has left$/)
  await shows(ada, '#alone', 'Nobody else')
})

test('a message is shown at once in its own window and arrives in the other, as text', async (t) => {
  const [ada, grace] = await enterBoth(t)
  const text = '<img src=x onerror="window.isHacked = true"> 1 < 2'
  await say(ada, text)
  for (const page of [ada, grace]) {
    assert.equal(await message(page, '1 < 2').locator('.text').textContent(), text)
    assert.equal(await message(page, '1 < 2').locator('strong').textContent(), 'ada')
    assert.equal(await page.raw.locator('.message img').count(), 0)
  }
})

test('who comes later is told what was said before, once', async (t) => {
  const [ada, grace] = await enterBoth(t)
  await say(ada, 'the first')
  await say(grace, 'the second')
  await message(ada, 'the second').waitFor()
  const alan = await enter(t, 'alan')
  await message(alan, 'the second').waitFor()
  await say(alan, 'the third')
  await message(ada, 'the third').waitFor()
  // Both others have told it by then.
  for (const name of ['ada', 'grace']) await poke(alan, name)
  assert.deepEqual(await alan.raw.locator('.message .text').allTextContents(), ['the first', 'the second', 'the third'])
})

test('a poke is answered, declined or given to nobody, as the other chooses', async (t) => {
  const [ada, grace] = await enterBoth(t)
  assert.match(await poke(ada, 'grace'), /^“Hello from grace” [\d.]+ ms$/)
  await shows(grace, '.note', /^ada pokes you$/)

  const choose = (manner) => grace.raw.getByLabel('When I am poked').selectOption(manner)
  await choose('decline')
  assert.match(await poke(ada, 'grace'), /^declined /)
  await choose('reject')
  assert.match(await poke(ada, 'grace'), /^NO_RPC_PROVIDER /)
  await choose('away')
  // The server has to hear of it before the next call; a message on the same way says that it has.
  await say(grace, 'I am away')
  await message(ada, 'I am away').waitFor()
  assert.match(await poke(ada, 'grace'), /^NO_RPC_PROVIDER /)
})

test('a poke waits for the person who wants to be asked', async (t) => {
  const [ada, grace] = await enterBoth(t)
  await grace.raw.getByLabel('When I am poked').selectOption('ask')
  for (const [choice, answer] of [['answer', /^“Hello from grace” /], ['decline', /^declined /]]) {
    await press(ada, 'poke grace')
    await shows(grace, '.question', 'ada pokes you')
    assert.equal(await person(ada, 'grace').locator('.answer').textContent(), '…')
    await press(grace, choice)
    assert.match(await answerOf(ada, 'grace'), answer)
    assert.equal(await grace.raw.locator('.question').count(), 0)
  }
})

test('a cursor is where its window has it, follows the arrow keys, and goes with its window', async (t) => {
  const [ada, grace] = await enterBoth(t)
  const area = grace.raw.locator('#area')
  const { width, height } = await area.boundingBox()
  await area.hover({ position: { x: width / 4, y: height / 2 } })
  const at = (x) => ada.raw.waitForFunction((x) => {
    const cursor = [...document.querySelectorAll('.cursor')].find(({ textContent }) => textContent === 'grace')
    return cursor && Math.abs(parseFloat(cursor.style.left) - x) < 1
  }, x)
  await at(25)
  await area.press('ArrowRight')
  await at(28)
  await cursor(grace, 'you').waitFor()

  await grace.context.close()
  await cursor(ada, 'grace').waitFor({ state: 'detached' })
})

test('a ticker is provided while somebody watches it, and everybody sees by whom', async (t) => {
  const [ada, grace] = await enterBoth(t)
  await ada.raw.getByLabel('This window provides').uncheck()
  // As above: the server has heard of it.
  await say(ada, 'I provide nothing')
  await message(grace, 'I provide nothing').waitFor()
  await press(ada, 'watch primes')
  await ticker(ada, 'primes').filter({ hasText: 'provided by grace' }).waitFor()
  await ticker(grace, 'primes').filter({ hasText: 'provided by you' }).waitFor()
  await ticker(ada, 'primes').locator('.value', { hasText: /^[35]$/ }).waitFor()
  assert.ok(await ticker(ada, 'dice').filter({ hasText: 'not provided' }).isVisible())

  await press(ada, 'watch primes')
  for (const page of [ada, grace]) {
    await ticker(page, 'primes').filter({ hasText: 'not provided' }).waitFor()
  }
})

test('a ticker goes on with another provider when its own does not want to any more, and when it leaves', async (t) => {
  const [ada, grace] = await enterBoth(t)
  await ada.raw.getByLabel('This window provides').uncheck()
  await say(ada, 'I provide nothing')
  await message(grace, 'I provide nothing').waitFor()
  await press(ada, 'watch dice')
  await ticker(ada, 'dice').filter({ hasText: 'provided by grace' }).waitFor()

  await ada.raw.getByLabel('This window provides').check()
  await grace.raw.getByLabel('This window provides').uncheck()
  await ticker(ada, 'dice').filter({ hasText: 'provided by you' }).waitFor()
  await grace.raw.getByLabel('This window provides').check()
  await ada.raw.getByLabel('This window provides').uncheck()
  await ticker(ada, 'dice').filter({ hasText: 'provided by grace' }).waitFor()

  await ada.raw.getByLabel('This window provides').check()
  await grace.context.close()
  await ticker(ada, 'dice').filter({ hasText: 'provided by you' }).waitFor()
})

test('what is written while the server is stopped waits, and arrives after its restart', async (t) => {
  const [ada, grace] = await enterBoth(t)
  await press(ada, 'watch dice')
  await ticker(ada, 'dice').filter({ hasText: 'provided by' }).waitFor()
  t.after(() => fetch(`${demo.site}server/start`, { method: 'POST' }))
  await press(ada, 'stop')
  for (const page of [ada, grace]) await shows(page, '#state', /^RECONNECTING$/)
  await ticker(ada, 'dice').filter({ hasText: 'no provider' }).waitFor()
  await say(ada, 'from ada')
  await say(ada, 'again from ada')
  await say(grace, 'from grace')
  await message(ada, 'again from ada').filter({ hasText: 'waiting' }).waitFor()
  await shows(ada, '#waiting', /^2 messages wait/)
  assert.equal(await message(grace, 'from ada').count(), 0)

  await ada.raw.locator('[data-server=start]:enabled').click()
  for (const page of [ada, grace]) await isOpen(page)
  await message(ada, 'from grace').waitFor()
  await message(grace, 'again from ada').waitFor()
  for (const page of [ada, grace]) {
    assert.equal(await page.raw.locator('.message.waiting').count(), 0)
    assert.deepEqual(
      await page.raw.locator('.message .text').allTextContents(),
      ['from ada', 'again from ada', 'from grace'],
    )
  }
  // All that was there before is there again.
  await ticker(ada, 'dice').filter({ hasText: 'provided by' }).waitFor()
  await person(ada, 'grace').waitFor()
  await person(grace, 'ada').waitFor()
  assert.match(await poke(ada, 'grace'), /^“Hello from grace” /)
})

test('a message of which nobody knows whether it has arrived is sent again, and shown once', async (t) => {
  const [ada, grace] = await enterBoth(t)
  const unconfirmed = (text) => ada.run((text) => {
    const parsedData = { id: text, who: 'ada', text, at: Date.now() }
    client.emit('error', { topic: 4, name: 'chat', parsedData }, 'DELIVERY_UNCONFIRMED', 'EVENT')
  }, text)
  await unconfirmed('lost')
  await message(grace, 'lost').waitFor()
  await unconfirmed('lost')
  await say(ada, 'after that')
  await message(grace, 'after that').waitFor()
  for (const page of [ada, grace]) assert.equal(await message(page, 'lost').count(), 1)
})

test('two windows of one name are one person, and have two cursors', async (t) => {
  const [ada, grace] = await enterBoth(t)
  const second = await enter(t, 'grace')
  await person(second, 'ada').waitFor()
  for (const page of [grace, second]) await page.raw.locator('#area').hover()
  await cursor(ada, 'grace').nth(1).waitFor()
  assert.equal(await person(ada, 'grace').count(), 1)
  await second.raw.mouse.move(0, 0)
  await cursor(ada, 'grace').nth(1).waitFor({ state: 'detached' })
  await cursor(ada, 'grace').waitFor()
  await second.context.close()
  assert.match(await poke(ada, 'grace'), /^“Hello from grace” /)
  await person(ada, 'grace').waitFor()
})

test('on a phone nothing of the room is wider than the screen', async (t) => {
  const [ada, grace] = await enterBoth(t)
  await grace.raw.setViewportSize({ width: 390, height: 844 })
  await say(ada, `${'a'.repeat(200)} ${'long '.repeat(50)}`)
  await message(grace, 'long').waitFor()
  await press(ada, 'watch dice')
  await ticker(grace, 'dice').filter({ hasText: 'provided by' }).waitFor()
  await poke(grace, 'ada')
  const overflow = await grace.run(() => document.documentElement.scrollWidth - window.innerWidth)
  assert.equal(overflow, 0)
})
