import { deepstream } from 'deepstream-wasm'
import 'deepstream-wasm/web'

try {
  deepstream('ws://127.0.0.1:1')
} catch (error) {
  console.log(JSON.stringify({ error: error.message }))
}
