import './connect.js'
import { deepstream } from '../node_modules/deepstream-wasm/dist/index.js'

connectWith(deepstream).then(postMessage)
