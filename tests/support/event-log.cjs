// A monitoring plugin for the real server, which writes down each event of one name as it is taken in,
// before anything else is done with it: a file outlives the SIGKILL that takes everything else along.
'use strict'

const { appendFileSync } = require('node:fs')
const { EVENT_ACTION, TOPIC } = require('@deepstream/protobuf/dist/types/all')

module.exports = class EventLog {
  description = 'A log of events'

  constructor({ file, name }) {
    this.file = file
    this.name = name
  }

  onMessageReceived({ topic, action, name, data }) {
    if (topic === TOPIC.EVENT && action === EVENT_ACTION.EMIT && name === this.name) {
      appendFileSync(this.file, `${data}\n`)
    }
  }

  // The rest of what the server asks of such a plugin.
  init() {}
  async whenReady() {}
  async close() {}
  onErrorLog() {}
  onLogin() {}
  onMessageSend() {}
  onBroadcast() {}
}
