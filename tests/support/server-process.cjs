// The real deepstream server, alone in a process of its own so that a test may kill it with SIGKILL.
// It takes its configuration as the first IPC message, and goes when its parent goes.
'use strict'

const { Deepstream } = require('@deepstream/server')

// The channel closes however the parent ends, a SIGKILL included: no orphan can keep the port.
process.on('disconnect', () => process.exit(0))
process.on('SIGTERM', () => process.exit(0))
// Ctrl-C in a terminal goes to the whole process group; stopping in order is the parent's business.
process.on('SIGINT', () => {})

process.once('message', (config) => {
  const server = new Deepstream(config)
  server.once('started', () => process.send({ started: true }))
  server.on('FATAL_EXCEPTION', () => process.exit(1))
  server.start()
})
