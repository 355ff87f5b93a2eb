const { Options, deepstream } = require('deepstream-wasm')

const warnings = []
console.warn = (...args) => warnings.push(args.join(' '))
deepstream('ws://127.0.0.1:1', { ...Options, lazyConnect: true }).close()
console.log(JSON.stringify({ warnings }))
