// One item: its record, and its line on the page. Each field is a path of its own, for reading as
// for writing, so that two windows can change one item at once.

import { make } from './common.js'

const TEXT_LENGTH = 200

/** How one speaks of an item with a text. */
export const titled = (text = '') => (text.trim() === '' ? 'an item without text' : `“${text.trim()}”`)

export class Item {
  text = ''
  done = false
  element = make('li', 'item')
  #input = make('input', 'text')
  #check = make('input')
  #buttons
  #onChange

  /**
   * @param record
   * @param {{
   *   change(field: string, value: unknown): void, up(): void, down(): void, remove(): void,
   * }} actions what the one who looks may do
   * @param {(item: Item) => void} onChange something is as it was not before
   */
  constructor(record, { change, ...actions }, onChange) {
    this.record = record
    this.#onChange = onChange
    this.#check.type = 'checkbox'
    this.#check.addEventListener('change', () => change('done', this.#check.checked))
    this.#input.maxLength = TEXT_LENGTH
    this.#input.autocomplete = 'off'
    this.#input.setAttribute('aria-label', 'What to do')
    this.#input.addEventListener('input', () => change('text', this.#input.value))
    this.#buttons = {
      up: button('↑', actions.up),
      down: button('↓', actions.down),
      remove: button('✕', actions.remove),
    }
    const mark = make('span', 'tag mark', 'not delivered')
    this.element.append(this.#check, this.#input, mark, ...Object.values(this.#buttons))
    this.#label()
    record.subscribe('text', (text = '') => this.#onText(text), true)
    record.subscribe('done', (done = false) => this.#onDone(done), true)
  }

  get title() {
    return titled(this.text)
  }

  showPlace(isFirst, isLast) {
    this.#buttons.up.disabled = isFirst
    this.#buttons.down.disabled = isLast
  }

  showUndelivered(isUndelivered) {
    this.element.classList.toggle('waiting', isUndelivered)
  }

  /** Where the one who presses a button goes on pressing. */
  focus(action) {
    const { up, down } = this.#buttons
    const wanted = action === 'up' ? [up, down] : [down, up]
    wanted.find((button) => !button.disabled)?.focus()
  }

  focusText() {
    this.#input.focus()
  }

  #onText(text) {
    this.text = String(text)
    if (this.#input.value !== this.text) this.#replaceText()
    this.#label()
    this.#onChange(this)
  }

  /** Another window writes: whoever writes here as well keeps the place. */
  #replaceText() {
    const { selectionStart, selectionEnd } = this.#input
    this.#input.value = this.text
    if (document.activeElement === this.#input) this.#input.setSelectionRange(selectionStart, selectionEnd)
  }

  #onDone(done) {
    this.done = Boolean(done)
    this.#check.checked = this.done
    this.element.classList.toggle('done', this.done)
    this.#onChange(this)
  }

  #label() {
    this.#check.setAttribute('aria-label', `${this.title} is done`)
    const words = { up: `move ${this.title} up`, down: `move ${this.title} down`, remove: `remove ${this.title}` }
    for (const [action, button] of Object.entries(this.#buttons)) button.setAttribute('aria-label', words[action])
  }
}

function button(sign, run) {
  const button = make('button', 'small', sign)
  button.type = 'button'
  button.addEventListener('click', run)
  return button
}
