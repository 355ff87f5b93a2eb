import { StrictMode, useEffect, useState } from 'react'
import { createRoot } from 'react-dom/client'
import { useConnectionState } from './hook.jsx'

function App() {
  const [url, setUrl] = useState(new URLSearchParams(location.search).get('server'))
  const state = useConnectionState(url)
  useEffect(() => {
    window.show = setUrl
    window.rendered = [...(window.rendered ?? []), state]
  })
  return <b>{state}</b>
}

createRoot(document.getElementById('root')).render(
  <StrictMode>
    <App />
  </StrictMode>,
)
