const { deepstream } = require('deepstream-wasm')

// The server never answers.
const [, , url, how] = process.argv
const client = deepstream(url, { connectTimeout: how === 'connectTimeout' ? 100 : 10_000 })
const states = []
const errors = []
client.on('error', (_, name) => errors.push(name))
client.on('connectionStateChanged', (state) => {
  states.push(state)
  if (state === 'RECONNECTING') setTimeout(() => client.close(), 50)
  // What the socket does about it comes later.
  if (state === 'CLOSED') setTimeout(() => console.log(JSON.stringify({ states, errors })), 200)
})
if (how === 'close()') setTimeout(() => client.close(), 100)
