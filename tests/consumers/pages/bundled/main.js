import './connect.js'
import deepstream from 'deepstream-wasm'

window.outcome = await connectWith(deepstream)
