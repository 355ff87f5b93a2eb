import { StrictMode, useEffect, useState } from 'react'
import { createRoot } from 'react-dom/client'
import { C, deepstream } from 'deepstream-wasm'

const COLOURS = { [C.CONNECTION_STATE.OPEN]: 'good', [C.CONNECTION_STATE.ERROR]: 'bad' }

function ConnectionIndicator({ url }) {
  const [states, setStates] = useState([])

  useEffect(() => {
    const client = deepstream(url, {
      reconnectIntervalIncrement: 10000,
      maxReconnectInterval: 30000,
      maxReconnectAttempts: Infinity,
      heartbeatInterval: 60000,
    })
    setStates([client.getConnectionState()])
    client.on('connectionStateChanged', (state) => setStates((earlier) => [...earlier, state]))
    client.login(() => {})
    return () => client.off().close()
  }, [url])

  const state = states.at(-1)
  useEffect(() => {
    if (state === C.CONNECTION_STATE.OPEN) window.outcome = { states, colour: COLOURS[state] }
  }, [state])
  return <span className={COLOURS[state] ?? 'neutral'}>{state}</span>
}

const url = new URLSearchParams(location.search).get('server')
createRoot(document.getElementById('root')).render(
  <StrictMode>
    <ConnectionIndicator url={url} />
  </StrictMode>,
)
