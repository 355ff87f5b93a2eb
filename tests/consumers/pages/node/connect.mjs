import deepstream from 'deepstream-wasm'

const client = deepstream(process.argv[2])
const states = [client.getConnectionState()]
client.on('connectionStateChanged', (state) => states.push(state))
await client.login()
console.log(JSON.stringify({ states }))
// Nothing may keep the process alive after this.
client.close()
