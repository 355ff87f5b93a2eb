// A to-do list that several windows change at once: a List of names, and a Record for each item.
// Without a connection they go on, on what the browser has stored, and merge when it is back.

import { $, askServer, controlServer, kindOf, make, show, showState } from './common.js'
import { Item, titled } from './todo-item.js'
import { changedFields, conflictsOf, isReordered, mergeEntries, mergeItem } from './todo-merge.js'
import { takePlace } from './todo-place.js'
import { Undelivered } from './todo-undelivered.js'

const OPTIONS = {
  reconnectIntervalIncrement: 500,
  maxReconnectInterval: 2000,
  maxReconnectAttempts: Infinity,
  heartbeatInterval: 5000,
  heartbeatTimeoutAction: 'reconnect',
  // A page that is loaded while the server is stopped soon shows what the browser has stored.
  offlineBufferTimeout: 500,
  offlineEnabled: true,
  saveUpdatesOffline: true,
}
const LIST = `todo/${new URLSearchParams(location.search).get('list') ?? 'all'}`
const NOTES = 50
const SHORT = 40
// With a connection a change is under way for a moment, of which nobody needs to hear.
const MOMENT = 300

const REASONS = {
  VERSION_EXISTS: 'another window had changed it meanwhile',
  MESSAGE_DENIED: 'the server does not permit it',
  INVALID_MESSAGE_DATA: 'the server does not accept such data',
  ACK_TIMEOUT: 'the server does not answer',
  IS_CLOSED: 'the client was closed before it could be sent',
  'client offline': 'there is no connection',
}
const FIELDS = {
  text: () => 'has another text',
  done: ({ done }) => (done ? 'is done' : 'is not done'),
}

let client
let list
let isOpen = false
/** By the name of their record. */
const items = new Map()
/** Also of items that are gone. */
const titles = new Map()
/** What was removed here and may have a record still. */
const removed = new Set()
/** What was here of records that are gone elsewhere: a refusal may be told before the list is. */
const lost = new Map()
const place = await takePlace()
const undelivered = new Undelivered(`${LIST}/${place}`, { onChange: onUndelivered, onSettled })
let moment

async function begin() {
  const { url } = await askServer()
  show('url', url)
  $('second').href = location.href
  const indexdb = { storageDatabaseName: `todo-${place}`, objectStoreNames: ['todo'] }
  client = window.client = window.deepstream(url, { ...OPTIONS, indexdb })
  client.on('connectionStateChanged', onState)
  client.on('error', onError)
  openList()
  client.login({ username: 'todo' }).catch((error) => note(`The login failed: ${reasonOf(error)}`, { isBad: true }))
}

function openList() {
  client.record.setMergeStrategy(LIST, mergeLists)
  list = client.record.getList(LIST)
  list.on('error', (error) => onTrouble(LIST, error))
  list.on('delete', onListDeleted)
  list.subscribe(onEntries, true)
  list.whenReady().then(onReady, (error) => onTrouble(LIST, error))
}

function onReady() {
  $('new').disabled = false
  showEmptiness()
  onUndelivered()
}

function onListDeleted() {
  note('The list was deleted on the server, and begins anew.', { isBad: true })
  for (const name of [...items.keys()]) takeAway(name)
  undelivered.forget(LIST)
  openList()
}

/** Opens what is new, closes what is gone, and puts all in order. */
function onEntries(entries) {
  for (const name of [...items.keys()]) if (!entries.includes(name)) onRemovedElsewhere(name)
  for (const name of entries) if (!items.has(name)) openItem(name)
  const isInUse = document.activeElement
  entries.forEach((name, index) => {
    const { element } = items.get(name)
    const there = $('items').children[index]
    if (there !== element) $('items').insertBefore(element, there)
    items.get(name).showPlace(index === 0, index === entries.length - 1)
  })
  // What is moved loses the focus.
  if (isInUse !== document.activeElement) isInUse.focus()
  showEmptiness()
  onUndelivered()
}

function showEmptiness() {
  show('empty', list.isReady ? 'Nothing to do.' : 'Looking for the list …')
  $('empty').hidden = items.size > 0
}

function openItem(name) {
  client.record.setMergeStrategy(name, (...args) => mergeItems(name, ...args))
  const record = client.record.getRecord(name)
  const actions = {
    change: (field, value) => deliver(name, record.get() ?? null, record.setWithAck(field, value)),
    up: () => move(name, -1),
    down: () => move(name, 1),
    remove: () => remove(name),
  }
  const item = new Item(record, actions, ({ title }) => {
    titles.set(name, short(title))
    onUndelivered()
  })
  record.on('delete', () => onDeleted(name))
  record.on('error', (error) => onTrouble(name, error))
  record.whenReady().catch((error) => onTrouble(name, error))
  items.set(name, item)
  return item
}

$('add').addEventListener('submit', (event) => {
  event.preventDefault()
  const text = $('text').value.trim()
  if (text === '') return
  $('text').value = ''
  add({ text, done: false })
})

function add(data) {
  const name = `${LIST}/${client.getUid()}`
  const { record } = openItem(name)
  deliver(name, null, record.setWithAck(data))
  changeList((done) => list.addEntry(name, list.getEntries().length, done))
}

function remove(name) {
  const { element } = items.get(name)
  const next = element.nextElementSibling ?? element.previousElementSibling
  const neighbour = [...items.values()].find((item) => item.element === next)
  takeAway(name)
  removed.add(name)
  changeList((done) => list.removeEntry(name, undefined, done))
  if (neighbour) neighbour.focusText()
  else $('text').focus()
}

function move(name, by) {
  const entries = list.getEntries()
  const from = entries.indexOf(name)
  const [entry] = entries.splice(from, 1)
  entries.splice(from + by, 0, entry)
  changeList((done) => list.setEntriesWithAck(entries, done))
  items.get(name).focus(by < 0 ? 'up' : 'down')
}

function takeAway(name) {
  items.get(name).element.remove()
  items.delete(name)
  undelivered.forget(name)
  lost.delete(name)
}

/** The list will tell of it; what is lost is known only now. */
function onDeleted(name) {
  if (!items.has(name) || lost.has(name) || undelivered.baseOf(name) === undefined) return
  const { text, done } = items.get(name)
  lost.set(name, { text, done })
}

function onRemovedElsewhere(name) {
  const { record, text, done } = items.get(name)
  const isChanged = lost.has(name) || undelivered.baseOf(name) !== undefined
  const data = lost.get(name) ?? { text, done }
  takeAway(name)
  record.discard()
  const more = isChanged ? ', and what was changed here is gone with it' : ''
  const putBack = { words: 'put it back', run: () => add(data) }
  note(`${short(titled(data.text))} was removed in another window${more}.`, { key: name, action: putBack })
}

/** Follows a write until the server has confirmed or refused it. */
async function deliver(name, base, promise) {
  try {
    await undelivered.follow(name, base, promise)
  } catch (error) {
    onRefused(name, error)
  }
}

function changeList(write) {
  const base = list.getEntries()
  const promise = new Promise((resolve, reject) => write((error) => (error ? reject(error) : resolve())))
  deliver(LIST, base, promise)
}

/** The server has the list: the records that are not in it any more can go. */
function onSettled(name, base) {
  if (name !== LIST || !isOpen) return
  const entries = list.getEntries()
  const gone = [...base, ...removed].filter((entry) => !entries.includes(entry))
  removed.clear()
  for (const name of new Set(gone)) {
    client.record.getRecord(name).delete().catch((error) => note(`A record is left over: ${reasonOf(error)}`))
  }
}

function mergeLists(own, _, remote, remoteVersion, done) {
  if (remoteVersion === -1) return done(null, own)
  const theirs = entriesOf(remote)
  const merged = mergeEntries(undelivered.baseOf(LIST) ?? [], entriesOf(own), theirs)
  undelivered.rebase(LIST, theirs)
  done(null, merged)
}

// A new list is an empty object.
const entriesOf = (data) => (Array.isArray(data) ? data : [])

function mergeItems(name, own, _, remote, remoteVersion, done) {
  const base = undelivered.baseOf(name) ?? null
  if (remoteVersion === -1) {
    // Either it is not there yet, or not any more.
    if (base === null) return done(null, own)
    lost.set(name, own)
    return done(null, null)
  }
  for (const field of conflictsOf(base, own, remote)) {
    const words = `${titleOf(name)} was changed in another window too, to “${remote[field]}”. What was written here stays.`
    note(words, { key: `${name} ${field}` })
  }
  undelivered.rebase(name, remote)
  done(null, mergeItem(base, own, remote))
}

function onState(state) {
  showState(state)
  isOpen = state === 'OPEN'
  document.body.classList.toggle('away', !isOpen)
  if (isOpen) confirmWhatWasLeft()
  if (kindOf(state) === 'bad') note(`The connection has ended: ${state}`, { isBad: true })
  onUndelivered()
}

/** What an earlier page of this window had not delivered: the server has it when it confirms it. */
async function confirmWhatWasLeft() {
  await list.whenReady().catch(() => {})
  for (const name of undelivered.left) {
    if (name === LIST) changeList((done) => list.setEntriesWithAck(list.getEntries(), done))
    else if (items.has(name)) confirmItem(name, items.get(name).record)
    else undelivered.forget(name)
  }
}

async function confirmItem(name, record) {
  await record.whenReady().catch(() => {})
  const base = undelivered.baseOf(name)
  if (record.isReady && base !== undefined) deliver(name, base, record.setWithAck(record.get()))
}

function onError(message, name, topic) {
  if (name === 'STORAGE_ERROR') note(`Nothing is stored in this browser: ${message}`, { isBad: true })
  else if (topic === 'RECORD') onTrouble(message?.name, name)
}

function onTrouble(name, error) {
  note(`There is trouble with ${titleOf(name)}: ${reasonOf(error)}.`, { key: `${name} ${error}`, isBad: true })
}

function onRefused(name, error) {
  // Of what is removed, here or elsewhere, enough is told.
  if (lost.has(name) || (name !== LIST && !items.has(name))) return
  note(`A change to ${titleOf(name)} was dropped: ${reasonOf(error)}.`, { key: `${name} ${error}`, isBad: true })
}

function reasonOf(error) {
  const name = typeof error === 'string' ? error : (error?.reason ?? error?.message ?? String(error))
  return REASONS[name] ?? name
}

const titleOf = (name) => (name === LIST ? 'the list' : (titles.get(name) ?? 'an item'))
const short = (words) => (words.length > SHORT ? `${words.slice(0, SHORT)}…”` : words)

function onUndelivered() {
  clearTimeout(moment)
  if (isOpen && undelivered.size > 0) moment = setTimeout(showUndelivered, MOMENT)
  else showUndelivered()
}

function showUndelivered() {
  if (!list?.isReady) return
  const changes = [...changesOfList(), ...changesOfItems()]
  $('changes').replaceChildren(...changes.map(({ words }) => make('li', '', words)))
  const count = changes.length
  const words = `${count} ${count === 1 ? 'change is' : 'changes are'} not delivered yet:`
  show('waiting', count === 0 ? 'Everything is delivered.' : words)
  const names = changes.map(({ name }) => name)
  for (const [name, item] of items) item.showUndelivered(names.includes(name))
}

function changesOfList() {
  const base = undelivered.baseOf(LIST)
  if (base === undefined) return []
  const entries = list.getEntries()
  const change = (words) => (name) => ({ name, words: `${titleOf(name)} ${words}` })
  const added = entries.filter((name) => !base.includes(name)).map(change('is new'))
  const removed = base.filter((name) => !entries.includes(name)).map(change('is removed'))
  const moved = isReordered(base, entries) ? [{ name: LIST, words: 'The order is another' }] : []
  return [...added, ...removed, ...moved]
}

function changesOfItems() {
  const listBase = undelivered.baseOf(LIST)
  return [...items].flatMap(([name, { text, done }]) => {
    const base = undelivered.baseOf(name)
    const isNew = listBase !== undefined && !listBase.includes(name)
    if (base === undefined || isNew) return []
    const fields = changedFields(base, { text, done }).filter((field) => base !== null || field === 'text')
    return fields.map((field) => ({ name, words: `${titleOf(name)} ${FIELDS[field]({ done })}` }))
  })
}

/** Tells what happened; what has the same key replaces what was told before. */
function note(text, { key = text, isBad = false, action } = {}) {
  const line = make('li', isBad ? 'note bad' : 'note', text)
  line.dataset.key = key
  if (action) {
    const button = make('button', 'small', action.words)
    button.addEventListener('click', () => {
      line.remove()
      action.run()
    })
    line.append(' ', button)
  }
  for (const old of [...$('notes').children]) if (old.dataset.key === key) old.remove()
  $('notes').prepend(line)
  while ($('notes').children.length > NOTES) $('notes').lastChild.remove()
}

controlServer()
await begin()
