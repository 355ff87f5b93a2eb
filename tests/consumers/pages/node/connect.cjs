const { deepstream } = require('deepstream-wasm')

run(process.argv[2])

async function run(url) {
  const client = deepstream(url)
  const states = [client.getConnectionState()]
  client.on('connectionStateChanged', (state) => states.push(state))
  await client.login()
  console.log(JSON.stringify({ states }))
  // Nothing may keep the process alive after this.
  client.close()
}
