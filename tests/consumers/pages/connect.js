// For scripts, modules and workers alike: makes a client, logs in, and tells its states.
globalThis.connectWith = async (deepstream) => {
  try {
    const client = deepstream(new URLSearchParams(location.search).get('server'))
    const states = [client.getConnectionState()]
    client.on('connectionStateChanged', (state) => states.push(state))
    await client.login()
    const outcome = { states: [...states] }
    client.close()
    return outcome
  } catch (error) {
    return { error: error.message }
  }
}
