import './connect.js'
import init, { deepstream } from 'deepstream-wasm/web'

await init()
window.outcome = await connectWith(deepstream)
