// Shows what one client is doing, from the events and, ten times a second, getConnectionInfo().

import { $, KINDS, askServer, controlServer, kindOf, show, showState } from './common.js'

const WINDOW = 120_000
const POLL = 100
const BEATS = 50
const MISSED = 'missed'
const LOG_LINES = 300
// Small enough to be seen filling up.
const MAX_QUEUED_MESSAGES = 50

const LEGEND = {
  good: 'open',
  step: 'connecting, or waiting for a login',
  warn: 'reconnecting',
  bad: 'ended by an error',
  neutral: 'closed or paused',
}

// The time of the one who looks, as everything else on the screen has it.
const clock = new Intl.DateTimeFormat('en-GB', {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  fractionalSecondDigits: 3,
})

let url
let client
let segments = [{ state: 'CLOSED', from: Date.now() }]
let attempts = []
// The latency of each heartbeat, or that it was missed.
let beats = []
let last = { heartbeats: 0, missedHeartbeats: 0 }
let longestWait = 0
let emitted = 0
let refused = 0
let unconfirmed = 0

// What is over within milliseconds is seen at the socket. An attempt is marked when its socket is
// made, because the client's count of them is back to 0 when one succeeds. With each heartbeat that
// is sent one knows what became of the one before, and a miss is forgotten at the next answer.
window.WebSocket = class extends WebSocket {
  constructor(...args) {
    super(...args)
    attempts.push(Date.now())
    longestWait = 0
  }

  send(data) {
    super.send(data)
    queueMicrotask(readInfo)
  }
}

function newClient() {
  const made = makeClient()
  if (made === undefined) return
  const replaced = client
  client = made
  window.client = client
  last = { heartbeats: 0, missedHeartbeats: 0 }
  beats = []
  emitted = refused = unconfirmed = longestWait = 0
  log('client', url)
  onState('CLOSED')

  // A client that was replaced has nothing to say here any more.
  const listen = (event, run) => made.on(event, (...args) => made === client && run(...args))
  listen('connectionStateChanged', (state) => {
    log('state', state, kindOf(state) === 'bad')
    onState(state)
    readInfo()
  })
  listen('error', (meta, event, topic) => {
    // A login that is refused as the client is closed has no message.
    if (event === 'OUTGOING_QUEUE_FULL' || (event === 'IS_CLOSED' && meta)) refused++
    if (event === 'DELIVERY_UNCONFIRMED') unconfirmed++
    log('error', `${event} (${topic})`, true)
  })
  listen('MAX_RECONNECTION_ATTEMPTS_REACHED', (count) => {
    log('event', `MAX_RECONNECTION_ATTEMPTS_REACHED (${count})`, true)
  })
  replaced?.close()
  logIn()
}

/** Says beside the options what is wrong with them, if something is. */
function makeClient() {
  const refuse = (message) => {
    show('refusal', message)
    for (const input of $('options').querySelectorAll('input')) {
      input.setAttribute('aria-invalid', message.includes(input.name))
    }
  }
  try {
    const made = window.deepstream(url, options())
    refuse('')
    return made
  } catch (error) {
    log('refused', error.message, true)
    refuse(error.message)
    return undefined
  }
}

/** What is left empty stays at its default. */
function options() {
  const chosen = { maxQueuedMessages: MAX_QUEUED_MESSAGES }
  for (const [name, value] of new FormData($('options'))) {
    if (value.trim() !== '') chosen[name] = Number(value)
  }
  return chosen
}

function logIn() {
  const asked = client
  const say = (...words) => asked === client && log('login', ...words)
  client.login({ username: 'dashboard' }).then(
    () => say('logged in'),
    (error) => say(error?.reason ?? String(error), true),
  )
}

function onState(state) {
  segments.push({ state, from: Date.now() })
  showState(state)
}

const ACTIONS = {
  login: logIn,
  pause: () => client.pause(),
  resume: () => client.resume()?.catch((error) => log('resume', error?.reason ?? String(error), true)),
  close: () => client.close(),
}

document.addEventListener('click', ({ target }) => {
  const { client: action, emit } = target.dataset ?? {}
  if (action) {
    log('you', target.textContent)
    ACTIONS[action]()
  }
  if (emit) {
    log('you', target.textContent)
    for (let n = 0; n < Number(emit); n++) client.event.emit('demo', { number: ++emitted, at: Date.now() })
  }
})

$('options').addEventListener('submit', (event) => {
  event.preventDefault()
  log('you', 'new client')
  newClient()
})

function poll() {
  const info = readInfo()
  const state = client.getConnectionState()
  const now = Date.now()
  show('attempts', info.attempts)
  show('attempt-note', ['no attempt to reconnect', 'attempt to reconnect'][info.attempts] ?? 'attempts to reconnect')
  longestWait = Math.max(longestWait, info.nextAttemptIn ?? 0)
  const waited = info.nextAttemptIn === null || longestWait === 0 ? 0 : 1 - info.nextAttemptIn / longestWait
  $('countdown').style.width = `${(100 * waited).toFixed(1)}%`
  show('next', nextAttempt(state, info))

  show('latency', info.heartbeatLatency === null ? '–' : info.heartbeatLatency.toFixed(1))
  $('beat').classList.toggle('stale', state !== 'OPEN')
  show('heartbeats', info.heartbeats)
  show('missed', info.missedHeartbeats)
  show('queued', info.queuedMessages)
  show('queued-bytes', info.queuedBytes)
  show('buffered', info.bufferedAmount)
  show('emitted', emitted)
  show('refused', refused)
  show('unconfirmed', unconfirmed)
  show('room', MAX_QUEUED_MESSAGES)
  const fill = info.queuedMessages / MAX_QUEUED_MESSAGES
  $('fill').style.width = `${Math.min(100, 100 * fill)}%`
  $('fill').classList.toggle('full', fill >= 1)

  drawTimeline(now)
  drawBeats()
}

/** Reads the counters, and notes what they tell of heartbeats. */
function readInfo() {
  const info = client.getConnectionInfo()
  if (info.missedHeartbeats > last.missedHeartbeats) beats.push(MISSED)
  if (info.heartbeats > last.heartbeats) beats.push(info.heartbeatLatency)
  beats = beats.slice(-BEATS)
  last = info
  return info
}

function nextAttempt(state, info) {
  if (info.nextAttemptIn !== null) return `the next one in ${(info.nextAttemptIn / 1000).toFixed(1)} s`
  if (state === 'OPEN') return 'connected'
  if (state === 'RECONNECTING' || state === 'REDIRECTING') return 'trying now'
  if (KINDS.step.includes(state)) return 'the socket is open'
  if (state === 'OFFLINE' || state === 'PAUSING') return 'paused'
  return 'none is planned'
}

function drawTimeline(now) {
  const since = now - WINDOW
  segments = segments.filter((segment, n) => n + 1 === segments.length || segments[n + 1].from > since)
  attempts = attempts.filter((at) => at > since)

  const svg = $('timeline')
  const width = svg.clientWidth
  const x = (at) => ((Math.max(at, since) - since) / WINDOW) * width
  const parts = segments.map(({ state, from }, n) => {
    const until = segments[n + 1]?.from ?? now
    const left = x(from)
    // Steps of a few milliseconds are there to be seen too.
    const wide = Math.max(x(until) - left, 1.5)
    const words = `${state}, ${((until - from) / 1000).toFixed(1)} s`
    return `<rect x="${left}" y="4" width="${wide}" height="36" fill="var(--${kindOf(state)})"><title>${words}</title></rect>`
  })
  for (const at of attempts) {
    parts.push(`<path class="attempt" d="M${x(at) - 4} 50 h8 l-4 -7z"><title>attempt at ${clock.format(at)}</title></path>`)
  }
  parts.push(`<line class="axis" x1="0" x2="${width}" y1="54.5" y2="54.5"/>`)
  const step = width < 480 ? 60 : 30
  for (let seconds = 0; seconds <= WINDOW / 1000; seconds += step) {
    const anchor = seconds === 0 ? 'end' : seconds === WINDOW / 1000 ? 'start' : 'middle'
    const words = seconds === 0 ? 'now' : `${seconds} s ago`
    parts.push(`<text x="${x(now - seconds * 1000)}" y="69" text-anchor="${anchor}">${words}</text>`)
  }
  svg.innerHTML = parts.join('')
}

function drawBeats() {
  const svg = $('beats')
  const height = svg.clientHeight
  const latencies = beats.filter((beat) => beat !== MISSED)
  const slowest = Math.max(...latencies)
  show('slowest', latencies.length === 0 ? '' : `, slowest ${slowest.toFixed(1)} ms`)

  const slot = svg.clientWidth / BEATS
  // The newest is at the right.
  const first = BEATS - beats.length
  svg.innerHTML = beats.map((beat, n) => {
    const isMissed = beat === MISSED
    const tall = isMissed ? height : Math.max((beat / Math.max(slowest, 1)) * (height - 6), 4)
    const place = `x="${(first + n) * slot}" y="${height - tall}" width="${slot - 1.5}" height="${tall}"`
    const words = isMissed ? 'missed' : `${beat.toFixed(1)} ms`
    return `<rect class="${isMissed ? 'missed' : 'answered'}" ${place}><title>${words}</title></rect>`
  }).join('')
}

function log(kind, text, isBad = false) {
  const line = document.createElement('li')
  const time = document.createElement('time')
  const now = new Date()
  time.dateTime = now.toISOString()
  time.textContent = clock.format(now)
  const cells = [['kind', kind], [isBad ? 'name bad' : 'name', text]].map(([className, words]) => {
    const cell = document.createElement('span')
    cell.className = className
    cell.textContent = words
    return cell
  })
  line.append(time, ...cells)
  $('log').prepend(line)
  while ($('log').children.length > LOG_LINES) $('log').lastChild.remove()
}

$('legend').innerHTML = Object.entries(LEGEND)
  .map(([kind, words]) => `<li><i style="--colour: var(--${kind})"></i>${words}</li>`)
  .concat('<li><i class="mark"></i>attempt</li>')
  .join('')

for (const input of $('options').querySelectorAll('input')) {
  input.placeholder = window.DeepstreamClient.Options[input.name]
}

url = (await askServer()).url
show('url', url)
newClient()
poll()
setInterval(poll, POLL)
controlServer((action) => log('you', `${action} the server`))
