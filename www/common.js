// What the pages that watch a connection and its server have in common.

const SERVER_POLL = 500

/** What can be done with a server, by its condition. */
const SERVER_ACTIONS = {
  running: ['stop', 'freeze', 'kill'],
  frozen: ['stop', 'thaw', 'kill'],
  stopped: ['start'],
}

/** The states by what they mean for the one who looks; each kind is a colour of style.css. */
export const KINDS = {
  good: ['OPEN'],
  bad: ['ERROR', 'CHALLENGE_DENIED', 'TOO_MANY_AUTH_ATTEMPTS', 'AUTHENTICATION_TIMEOUT'],
  warn: ['RECONNECTING'],
  step: ['AWAITING_CONNECTION', 'CHALLENGING', 'REDIRECTING', 'AWAITING_AUTHENTICATION', 'AUTHENTICATING'],
  neutral: ['CLOSED', 'CLOSING', 'PAUSING', 'OFFLINE'],
}
export const kindOf = (state) => Object.keys(KINDS).find((kind) => KINDS[kind].includes(state)) ?? 'neutral'

export const $ = (id) => document.getElementById(id)
export const show = (id, text) => ($(id).textContent = text)

/** An element with a text, which is never taken for markup. */
export function make(tag, className = '', text = '') {
  const element = document.createElement(tag)
  if (className) element.className = className
  if (text !== '') element.textContent = text
  return element
}

/** The state in the corner of the page, in its colour. */
export function showState(state) {
  const output = $('state')
  output.textContent = state
  output.className = `state ${kindOf(state)}`
}

/** What the demo says of its server: `{ url, condition }`. */
export const askServer = async () => (await fetch('/server')).json()

/** Makes the buttons work that act on the server, and shows beside them how it is. */
export function controlServer(onPress = () => {}) {
  document.addEventListener('click', ({ target }) => {
    const { server } = target.dataset ?? {}
    if (!server) return
    onPress(server)
    fetch(`/server/${server}`, { method: 'POST' }).then(showServer)
  })
  showServer()
  // Another page may have stopped it.
  setInterval(() => showServer().catch(() => {}), SERVER_POLL)
}

async function showServer() {
  const { condition } = await askServer()
  const tag = $('server')
  tag.textContent = condition
  tag.className = `tag ${condition}`
  for (const button of document.querySelectorAll('[data-server]')) {
    button.disabled = !SERVER_ACTIONS[condition].includes(button.dataset.server)
  }
}
