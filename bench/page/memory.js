// A page that has many records, to be looked at from outside between the parts.

import { fakeRecords, namesOf, open } from './many-records.js'
import { loadScript } from './stage.js'
import { ACTION, TOPIC } from './wire.js'

const { RECORD } = TOPIC
const { UNSUBSCRIBE } = ACTION[RECORD]

/** The first measurement is of the page before. */
export const loadsScript = true

let kept = null

/** Not made where the records are known: it would keep them, as all that is made there does. */
const ignore = () => {}

export function begin(stage) {
  kept = { stage }
}

export async function openRecords(count) {
  const { stage } = kept
  await loadScript(stage.script)
  const client = await stage.connect(stage.url, { recordDiscardTimeout: 100 })
  fakeRecords(stage.server, namesOf(count), { areKept: false })
  kept.client = client
  kept.records = await open(client, namesOf(count), () => {})
}

export async function discardRecords() {
  const { stage, client, records } = kept
  kept.records = null
  let left = records.length
  await new Promise((resolve) => {
    stage.server.onMessage = ({ topic, action, names }) => {
      if (topic !== RECORD || action !== UNSUBSCRIBE) return
      left -= names.length
      if (left === 0) stage.server.reply(resolve)
    }
    for (const record of records) record.discard()
  })
  stage.server.onMessage = ignore
  // What keeps times looks after them at times only.
  await new Promise((resolve) => setTimeout(resolve, 500))
  if (client.record.names && client.record.names().length > 0) throw new Error('records are left')
}
