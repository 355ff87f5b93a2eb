// Which records this window has changed without a confirmation of the server, and what each of them
// was before. The changes themselves the client keeps; this is kept beside them, so that a page that
// is loaded again still knows what is its own.

export class Undelivered {
  #key
  #onChange
  #onSettled
  /** By name, `null` for a record that the server never had. */
  #bases
  /** How many promises of each are pending: none of those that an earlier page has left. */
  #pending = new Map()

  constructor(key, { onChange, onSettled }) {
    this.#key = key
    this.#onChange = onChange
    this.#onSettled = onSettled
    this.#bases = new Map(stored(key))
  }

  get size() {
    return this.#bases.size
  }

  /** Those which no promise of this page tells of. */
  get left() {
    return [...this.#bases.keys()].filter((name) => !this.#pending.get(name))
  }

  /** `undefined` if the server has all. */
  baseOf(name) {
    return this.#bases.get(name)
  }

  /** Follows a write to a record that was `base` before it. */
  async follow(name, base, promise) {
    if (!this.#bases.has(name)) this.#bases.set(name, base)
    this.#pending.set(name, (this.#pending.get(name) ?? 0) + 1)
    this.#changed()
    try {
      await promise
    } finally {
      this.#pending.set(name, this.#pending.get(name) - 1)
      if (this.#pending.get(name) === 0) this.#settle(name)
    }
  }

  /** The own changes were merged into what the server has now. */
  rebase(name, base) {
    if (!this.#bases.has(name)) return
    this.#bases.set(name, base)
    this.#changed()
  }

  /** The record is of no interest any more. */
  forget(name) {
    if (this.#bases.delete(name)) this.#changed()
  }

  #settle(name) {
    const base = this.#bases.get(name)
    this.#bases.delete(name)
    this.#pending.delete(name)
    if (base !== undefined) this.#onSettled(name, base)
    this.#changed()
  }

  #changed() {
    store(this.#key, [...this.#bases])
    this.#onChange()
  }
}

function stored(key) {
  try {
    return JSON.parse(localStorage.getItem(key)) ?? []
  } catch {
    return []
  }
}

/** Where nothing can be stored, the page goes on without. */
function store(key, value) {
  try {
    localStorage.setItem(key, JSON.stringify(value))
  } catch {}
}
