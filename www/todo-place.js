// What a window keeps in the browser is its own: two windows that wrote into one store would take
// each other's changes for theirs. So the windows that are open have numbers, and each a store by
// its number. One that is closed leaves its number, with what is in the store, to the next.

const KEY = 'todo-place'
const PATIENCE = 1000

/** The number of this window, from 1: the one that it had, or the first that is free. */
export async function takePlace() {
  // Without locks, which a page from elsewhere than this machine has not, one window is catered for.
  if (!navigator.locks) return 1
  const own = Number(sessionStorage.getItem(KEY))
  // A page that is loaded again may be there a little before the old one is gone.
  if (own > 0 && (await hold(own, { signal: AbortSignal.timeout(PATIENCE) }))) return own
  let place = 1
  while (!(await hold(place, { ifAvailable: true }))) place++
  sessionStorage.setItem(KEY, place)
  return place
}

function hold(place, options) {
  return new Promise((resolve) => {
    const onLock = (lock) => {
      resolve(lock !== null)
      // It is let go when the page is.
      return lock && new Promise(() => {})
    }
    navigator.locks.request(`${KEY}-${place}`, options, onLock).catch(() => resolve(false))
  })
}
