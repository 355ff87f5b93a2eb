import './connect.js'
import url from 'deepstream-wasm/deepstream_bg.wasm?url'
import init, { deepstream } from 'deepstream-wasm/web'

await init(url)
window.outcome = await connectWith(deepstream)
