import './connect.js'
import init, { deepstream } from '../node_modules/deepstream-wasm/dist/web.js'

window.outcome = await init().then(() => connectWith(deepstream), (error) => ({ error: error.message }))
