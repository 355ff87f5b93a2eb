importScripts('connect.js', '../node_modules/deepstream-wasm/dist/deepstream.min.js')

connectWith(deepstream).then(postMessage)
