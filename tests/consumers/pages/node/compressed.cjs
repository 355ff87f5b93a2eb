const { deepstream } = require('deepstream-wasm')

run(process.argv[2])

/** Sends a frame that takes long to compress, and short ones in the meantime. */
async function run(url) {
  const client = deepstream(url)
  await client.login()
  const sent = ['x'.repeat(300_000), ...Array.from({ length: 50 }, (_, n) => `short ${n}`)]
  for (const data of sent) client.event.emit('news', data)
  console.log(JSON.stringify({ sent }))
  // What was sent still leaves.
  client.close()
}
