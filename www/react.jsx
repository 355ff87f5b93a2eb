import { useSyncExternalStore } from 'react'
import { createRoot } from 'react-dom/client'
import { deepstream } from 'deepstream-wasm'

const options = {
  // Reconnect at once, after 10, 20 and 30 seconds, and then every 30 seconds
  reconnectIntervalIncrement: 10000,
  maxReconnectInterval: 30000,
  // Never stop trying
  maxReconnectAttempts: Infinity,
  // Send a heartbeat once a minute
  heartbeatInterval: 60000
}

const client = deepstream('<url>', options)

client.login()

function subscribe(onChange) {
  client.on('connectionStateChanged', onChange)
  return () => client.off('connectionStateChanged', onChange)
}

function Indicator() {
  const connectionState = useSyncExternalStore(subscribe, () => client.getConnectionState())
  const colour = connectionState === 'OPEN' ? 'good' : connectionState === 'ERROR' ? 'bad' : 'neutral'
  return <div id="indicator" className={`indicator ${colour}`}>{connectionState}</div>
}

createRoot(document.getElementById('root')).render(<Indicator />)
