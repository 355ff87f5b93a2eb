// What a page waits for that has just been loaded.

import { loadScript } from './stage.js'

/** The script is loaded here, by the clock. */
export const loadsScript = true

/** Milliseconds from the start of the script, which the browser has fetched already, on. */
export async function startUp({ url, script }) {
  await preload(script)
  const begun = performance.now()
  await loadScript(script)
  const evaluated = performance.now()
  const client = new DeepstreamClient.DeepstreamClient(url)
  let awaiting
  client.on('connectionStateChanged', (state) => {
    if (state === 'AWAITING_AUTHENTICATION') awaiting ??= performance.now()
  })
  await client.login({})
  const open = performance.now()
  return {
    evaluation: evaluated - begun,
    awaiting: awaiting - evaluated,
    open: open - evaluated,
    all: open - begun,
  }
}

function preload(href) {
  return new Promise((resolve, reject) => {
    const link = Object.assign(document.createElement('link'), { rel: 'preload', as: 'script', href })
    link.onload = resolve
    link.onerror = () => reject(new Error(`cannot preload ${href}`))
    document.head.append(link)
  })
}
