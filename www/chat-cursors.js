// The cursors of all windows over one area, by events.

import { colourOf } from './chat-names.js'
import { $, make } from './common.js'

const EVENT = 'cursor'
/** How far an arrow key leads, as a share of the area. */
const STEP = 0.03
const ARROWS = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] }

const clamp = (share) => Math.min(1, Math.max(0, share))

/** Tells the others of the pointer of this window, `me`, and shows all pointers. */
export function shareCursors(client, me) {
  const area = $('area')
  const cursors = new Map()
  let place = { x: 0.5, y: 0.5 }
  let isMovePlanned = false

  client.event.subscribe(EVENT, onCursor)
  area.addEventListener('pointerdown', onPointer)
  area.addEventListener('pointermove', onPointer)
  area.addEventListener('keydown', onArrow)
  area.addEventListener('blur', () => tell({}))
  area.addEventListener('pointerleave', ({ pointerType }) => {
    // A finger that is lifted has pointed at something.
    if (pointerType !== 'touch') tell({})
  })

  function onPointer({ clientX, clientY }) {
    const { left, top, width, height } = area.getBoundingClientRect()
    moveTo((clientX - left) / width, (clientY - top) / height)
  }

  function onArrow(event) {
    const step = ARROWS[event.key]
    if (step === undefined) return
    event.preventDefault()
    moveTo(place.x + step[0], place.y + step[1])
  }

  /** However many moves there are, a frame tells one. */
  function moveTo(x, y) {
    place = { x: clamp(x), y: clamp(y) }
    if (isMovePlanned) return
    isMovePlanned = true
    requestAnimationFrame(() => {
      isMovePlanned = false
      tell(place)
    })
  }

  /** A place is of no use later, so it is not queued while the connection is away. */
  function tell(at) {
    if (client.getConnectionState() === 'OPEN') client.event.emit(EVENT, { window: me.window, who: me.name, ...at })
  }

  /** Without a place the pointer has left the area. */
  function onCursor({ window, who, x, y }) {
    if (typeof x !== 'number') return remove(window)
    const { item } = cursors.get(window) ?? add(window, String(who))
    item.style.left = `${100 * clamp(x)}%`
    item.style.top = `${100 * clamp(y)}%`
  }

  function add(window, who) {
    const isOwn = window === me.window
    const item = make('div', isOwn ? 'cursor own' : 'cursor')
    item.style.setProperty('--colour', colourOf(who))
    item.append(make('span', 'label', isOwn ? 'you' : who))
    area.append(item)
    const cursor = { who, item }
    cursors.set(window, cursor)
    return cursor
  }

  function remove(window) {
    cursors.get(window)?.item.remove()
    cursors.delete(window)
  }

  return {
    forget(name) {
      for (const [window, { who }] of [...cursors]) if (who === name) remove(window)
    },
    clear() {
      for (const window of [...cursors.keys()]) remove(window)
    },
  }
}
