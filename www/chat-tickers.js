// Tickers: events that a window provides for as long as somebody has subscribed to them.

import { $, make } from './common.js'

const PATTERN = '^ticker/.*'
const TICK = 1000

const TICKERS = {
  'ticker/dice': { title: 'dice', next: () => 1 + Math.floor(Math.random() * 6) },
  'ticker/primes': { title: 'primes', next: (last = 1) => primeAfter(last) },
}

/** Shows who provides what, lets this window, `me`, watch it, and provides what is asked of it. */
export function shareTickers(client, me) {
  /** By ticker, as its provider has told all: the server tells only the provider itself. */
  const providers = new Map()
  /** Of the tickers that this window provides. */
  const timers = new Map()
  const rows = new Map(Object.keys(TICKERS).map((ticker) => [ticker, addRow(ticker)]))

  client.event.subscribe('provider', onProvider)
  client.event.listen(PATTERN, onWatched)
  $('provides').addEventListener('change', ({ target }) => (target.checked ? offer() : withdraw()))
  for (const ticker of rows.keys()) showRow(ticker)

  /** The server asks this window to provide what somebody has subscribed to. */
  function onWatched(ticker, response) {
    if (!(ticker in TICKERS)) return response.reject()
    response.accept()
    response.onStop(() => stop(ticker))
    start(ticker)
  }

  function start(ticker) {
    clearInterval(timers.get(ticker))
    let value
    const tick = () => {
      value = TICKERS[ticker].next(value)
      client.event.emit(ticker, { value })
    }
    timers.set(ticker, setInterval(tick, TICK))
    client.event.emit('provider', provision(ticker, true))
    tick()
  }

  function stop(ticker) {
    clearInterval(timers.get(ticker))
    timers.delete(ticker)
    // When it is the connection that has gone, the others know.
    if (client.getConnectionState() === 'OPEN') client.event.emit('provider', provision(ticker, false))
  }

  function offer() {
    client.event.listen(PATTERN, onWatched)
  }

  function withdraw() {
    client.event.unlisten(PATTERN)
    // The server tells only of subscriptions that have ended.
    for (const ticker of [...timers.keys()]) stop(ticker)
  }

  function provision(ticker, isProvided) {
    return { ticker, who: me.name, window: me.window, isProvided }
  }

  function onProvider({ ticker, who, window, isProvided }) {
    if (!rows.has(ticker)) return
    if (isProvided) setProvider(ticker, { who, window })
    else if (providers.get(ticker)?.window === window) setProvider(ticker, undefined)
  }

  function setProvider(ticker, provider) {
    if (provider === undefined) providers.delete(ticker)
    else providers.set(ticker, provider)
    showRow(ticker)
  }

  function addRow(ticker) {
    const { title } = TICKERS[ticker]
    const item = make('li', 'ticker')
    item.id = ticker
    const tag = make('span', 'tag')
    tag.setAttribute('role', 'status')
    const value = make('output', 'value')
    // A number that changes each second is not to be read out.
    value.setAttribute('aria-live', 'off')
    const button = make('button', '', 'watch')
    button.setAttribute('aria-label', `watch ${title}`)
    const words = make('div', 'words')
    words.append(make('strong', '', title), tag)
    item.append(words, value, button)
    $('tickers').append(item)

    const row = { item, tag, value, button, isWatched: false }
    const onTick = (tick) => (value.textContent = String(tick.value))
    button.addEventListener('click', () => {
      watch(ticker, row, onTick)
      showRow(ticker)
    })
    return row
  }

  /** With the first subscriber the server looks for a provider, with the last one's going it stops it. */
  function watch(ticker, row, onTick) {
    row.isWatched = !row.isWatched
    if (row.isWatched) client.event.subscribe(ticker, onTick)
    else client.event.unsubscribe(ticker, onTick)
  }

  function showRow(ticker) {
    const { item, tag, value, button, isWatched } = rows.get(ticker)
    const provider = providers.get(ticker)
    button.setAttribute('aria-pressed', String(isWatched))
    tag.textContent = providerWords(provider, isWatched)
    tag.className = provider === undefined ? 'tag' : 'tag running'
    item.classList.toggle('live', isWatched && provider !== undefined)
    if (!isWatched) value.textContent = ''
  }

  function providerWords(provider, isWatched) {
    if (provider === undefined) return isWatched ? 'no provider' : 'not provided'
    return provider.window === me.window ? 'provided by you' : `provided by ${provider.who}`
  }

  return {
    /** What this window provides, for one that comes later. */
    provided: () => [...timers.keys()].map((ticker) => provision(ticker, true)),
    onProvider,
    forget(name) {
      for (const [ticker, { who }] of [...providers]) if (who === name) setProvider(ticker, undefined)
    },
    clear() {
      for (const ticker of rows.keys()) setProvider(ticker, undefined)
    },
  }
}

function primeAfter(number) {
  for (let next = number + 1; ; next++) {
    let divisor = 2
    while (divisor * divisor <= next && next % divisor !== 0) divisor++
    if (divisor * divisor > next) return next
  }
}
