// A room: messages, cursors and tickers by client.event, the people in it by client.presence, and
// pokes by client.rpc. Whatever comes from another window is data, and never becomes markup.

import { shareCursors } from './chat-cursors.js'
import { NAMES, avatar } from './chat-names.js'
import { shareTickers } from './chat-tickers.js'
import { $, askServer, controlServer, kindOf, make, show, showState } from './common.js'

const OPTIONS = {
  reconnectIntervalIncrement: 500,
  maxReconnectInterval: 2000,
  maxReconnectAttempts: Infinity,
  heartbeatInterval: 5000,
  heartbeatTimeoutAction: 'reconnect',
  // At once: what is sent before the others are subscribed again does not reach them.
  subscriptionInterval: 0,
}
const MESSAGES = 100
const CATCH_UP_TRIES = 4
const CATCH_UP_PAUSE = 500
// The server gives up after this time: the answer would be nobody's.
const QUESTION_TIME = 10_000

const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' })

let client
/** This window. Two windows may have one name, but not one id. */
let me
let cursors
let tickers
let isOpen = false

/** Messages by id, in the order in which they were written. */
let messages = []
const waiting = new Set()
let isAtEnd = true

/** The others, and their place in the list. */
const people = new Map()
let isPokeProvided = false

async function enter(name) {
  const { url } = await askServer()
  client = window.client = window.deepstream(url, OPTIONS)
  me = { name, window: client.getUid() }
  show('name', name)
  show('url', url)
  document.title = `${name} · Room`
  for (const id of ['me', 'room']) $(id).hidden = false

  client.on('connectionStateChanged', onState)
  client.on('error', onError)
  client.event.subscribe('chat', onMessage)
  cursors = shareCursors(client, me)
  tickers = shareTickers(client, me)
  client.rpc.provide(`room/${name}`, (_, response) => response.send({ messages, provided: tickers.provided() }))
  client.presence.subscribe((who, isOnline) => (isOnline ? meet(who) : leave(who)))
  offerPokes()
  $('people').append(personItem(name, make('span', 'soft', 'you')))
  suggestName()
  client.login({ username: name }).catch((error) => note(`The login failed: ${wordsOf(error)}`, true))
}

function onState(state) {
  showState(state)
  const wasOpen = isOpen
  isOpen = state === 'OPEN'
  document.body.classList.toggle('away', !isOpen)
  if (isOpen) onOpen()
  else if (wasOpen) onLost()
  if (kindOf(state) === 'bad') note(`The connection has ended: ${state}`, true)
}

async function onOpen() {
  waiting.clear()
  showWaiting()
  // The subscription goes out again first, so that nobody slips in between.
  await null
  const others = await client.presence.getAll().catch(() => undefined)
  if (others === undefined) return
  for (const name of [...people.keys()]) if (!others.includes(name)) leave(name)
  for (const name of others) meet(name)
}

function meet(name) {
  join(name)
  catchUp(name)
}

/** What others do is not known any more. The people stay, greyed: most will be back. */
function onLost() {
  cursors.clear()
  tickers.clear()
}

/** An event that was under way when the connection broke may or may not have arrived. */
function onError(message, name) {
  const isLost = name === 'DELIVERY_UNCONFIRMED' && message?.name === 'chat'
  // Twice does no harm: each message has an id.
  if (isLost && message.parsedData) post(message.parsedData)
}

/**
 * Events are not stored: what was said while one of the two was away, the other tells. One that has
 * only just come may not provide this yet.
 */
async function catchUp(name, tries = CATCH_UP_TRIES) {
  try {
    const { messages: missed, provided } = await client.rpc.make(`room/${name}`)
    for (const message of missed) onMessage(message)
    for (const provider of provided) tickers.onProvider(provider)
  } catch (error) {
    if (tries > 1 && isOpen && people.has(name)) setTimeout(catchUp, CATCH_UP_PAUSE, name, tries - 1)
  }
}

$('say').addEventListener('submit', (event) => {
  event.preventDefault()
  const text = $('text').value.trim()
  if (text === '') return
  $('text').value = ''
  post({ id: client.getUid(), who: me.name, text, at: Date.now() })
})

/** The own message is shown by the subscriber in this window, which is called at once. */
function post(message) {
  if (client.getConnectionState() !== 'OPEN') waiting.add(message.id)
  client.event.emit('chat', message)
  showWaiting()
}

function onMessage(message) {
  const isKnown = messages.some(({ id }) => id === message.id)
  if (isKnown) return
  const place = messages.findLastIndex(({ at }) => at <= message.at) + 1
  messages.splice(place, 0, message)
  const item = messageItem(message)
  const next = messages[place + 1]
  addLine(item, next && document.querySelector(`[data-id="${CSS.escape(next.id)}"]`))
  messages = messages.slice(-MESSAGES)
}

function messageItem({ id, who, text, at }) {
  const item = make('li', 'message')
  item.dataset.id = id
  item.classList.toggle('own', who === me.name)
  const head = make('p', 'head')
  head.append(make('strong', '', who), ' ', make('time', 'soft', clock.format(at)), ' ', make('span', 'tag mark', 'waiting'))
  const body = make('div', 'body')
  body.append(head, make('p', 'text', text))
  item.append(avatar(who), body)
  return item
}

/** Something that happened, between the messages. */
function note(text, isBad = false) {
  addLine(make('li', isBad ? 'note bad' : 'note', text))
}

/** Puts a line before another, or at the end. */
function addLine(line, before = null) {
  const list = $('messages')
  list.insertBefore(line, before)
  while (list.children.length > 2 * MESSAGES) list.firstChild.remove()
  followEnd()
}

/** Who reads the end goes on reading the end. */
function followEnd() {
  if (isAtEnd) $('messages').scrollTop = $('messages').scrollHeight
}

$('messages').addEventListener('scroll', ({ target }) => {
  isAtEnd = target.scrollHeight - target.scrollTop - target.clientHeight < 5
})
new ResizeObserver(followEnd).observe($('messages'))

function showWaiting() {
  for (const item of document.querySelectorAll('.message')) {
    item.classList.toggle('waiting', waiting.has(item.dataset.id))
  }
  const count = waiting.size
  show('waiting', count === 0 ? '' : `${count} ${count === 1 ? 'message waits' : 'messages wait'} for the connection.`)
}

function join(name) {
  if (name === me.name || people.has(name)) return
  const button = make('button', '', 'poke')
  button.setAttribute('aria-label', `poke ${name}`)
  const answer = make('output', 'answer')
  button.addEventListener('click', () => poke(name, answer))
  const item = personItem(name, button, answer)
  people.set(name, item)
  $('people').append(item)
  note(`${name} is here`)
  onPeople()
}

function personItem(name, ...more) {
  const item = make('li', 'person')
  item.append(avatar(name), make('strong', 'who', name), ...more)
  return item
}

function leave(name) {
  const item = people.get(name)
  if (item === undefined) return
  item.remove()
  people.delete(name)
  cursors.forget(name)
  tickers.forget(name)
  note(`${name} has left`)
  onPeople()
}

function onPeople() {
  $('alone').hidden = people.size > 0
  suggestName()
}

/** The next window needs a name that nobody has. */
function suggestName() {
  const name = NAMES.find((name) => name !== me.name && !people.has(name)) ?? ''
  $('second').href = `/chat.html?name=${name}`
  show('second', name === '' ? 'Open another window' : `Open another window, as ${name}`)
}

async function poke(name, output) {
  tell(output, isOpen ? '…' : 'waiting for the connection …')
  const asked = performance.now()
  const passed = () => `${(performance.now() - asked).toFixed(1)} ms`
  try {
    const answer = await client.rpc.make(`poke/${name}`, { from: me.name })
    tell(output, `${answer} `, passed())
  } catch (error) {
    tell(output, `${wordsOf(error)} `, passed(), true)
  }
}

function tell(output, words, time = '', isBad = false) {
  output.className = isBad ? 'answer bad' : 'answer'
  output.replaceChildren(words, make('small', 'soft', time))
}

const MANNERS = {
  answer: (_, response) => response.send(`“Hello from ${me.name}”`),
  decline: (_, response) => response.error('declined'),
  // The server asks another provider of this name, and tells the caller when there is none.
  reject: (_, response) => response.reject(),
  ask: question,
}

/** Provides pokes, or does not any more, as is chosen. */
function offerPokes() {
  const name = `poke/${me.name}`
  const isWanted = $('manner').value !== 'away'
  if (isWanted && !isPokeProvided) client.rpc.provide(name, onPoke)
  if (!isWanted && isPokeProvided) client.rpc.unprovide(name)
  isPokeProvided = isWanted
}

function onPoke(data, response) {
  const from = String(data?.from)
  note(`${from} pokes you`)
  const manner = MANNERS[$('manner').value] ?? MANNERS.reject
  manner(from, response)
}

function question(from, response) {
  const item = make('li', 'question')
  const close = () => {
    clearTimeout(timer)
    item.remove()
  }
  const choice = (words, run) => {
    const button = make('button', '', words)
    button.addEventListener('click', () => {
      close()
      run()
    })
    return button
  }
  const timer = setTimeout(close, QUESTION_TIME)
  item.append(
    make('span', 'who', `${from} pokes you`),
    choice('answer', () => MANNERS.answer(from, response)),
    choice('decline', () => MANNERS.decline(from, response)),
  )
  $('questions').append(item)
}

const wordsOf = (error) => (typeof error === 'string' ? error : (error?.reason ?? error?.message ?? String(error)))

$('chosen').addEventListener('input', ({ target }) => {
  const isReserved = target.value.trim() === 'OPEN'
  target.setCustomValidity(isReserved ? 'The server hides a user of this name.' : '')
})
$('manner').addEventListener('change', offerPokes)
controlServer()

const name = new URLSearchParams(location.search).get('name')?.trim().slice(0, 20)
if (name) {
  await enter(name)
} else {
  $('enter').hidden = false
  $('chosen').focus()
}
