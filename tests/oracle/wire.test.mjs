// Our codec against the official one, over a corpus of all that can be said.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { test } from 'node:test'

import { constants, corpus, decode, encode, frame, numbers, plain, topics } from './corpus.mjs'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Our answers to these questions, a line each. */
function ask (questions) {
  const { status, stdout, stderr, error } = spawnSync(
    'cargo',
    ['run', '--quiet', '--example', 'wire_oracle'],
    { cwd: root, input: questions.join('\n') + '\n', encoding: 'utf8', maxBuffer: 1 << 28 }
  )
  assert.ifError(error)
  assert.equal(status, 0, stderr)
  return stdout.split('\n').slice(0, -1)
}

/** The frame that the JavaScript client would send in JSON mode, but with the payload as text. */
function toJson ({ topic }, { originalTOPIC, registryTOPIC, requestorData, ...message }) {
  return JSON.stringify({
    topic,
    ...message,
    ...(originalTOPIC !== undefined && { originalTopic: originalTOPIC }),
    ...(registryTOPIC !== undefined && { registryTopic: registryTOPIC }),
    ...(requestorData !== undefined && { requestorData: JSON.parse(requestorData) })
  })
}

/** The message of one of our JSON frames, as the official decoder would have it. */
function fromJson (text, { isAck, requestorData }) {
  const { topic, parsedData, originalTopic, registryTopic, ...message } = JSON.parse(text)
  if (parsed(message.data) === undefined || message.data.trim() !== message.data) {
    assert.equal(parsedData, undefined, short(message))
  } else {
    assert.deepEqual(parsedData, parsed(message.data), short(message))
  }
  if (originalTopic !== undefined) message.originalTOPIC = originalTopic
  if (registryTopic !== undefined) message.registryTOPIC = registryTopic
  if (isAck === undefined) {
    assert.equal(message.isAck, false, short(message))
    delete message.isAck
  }
  if (message.requestorData !== undefined) {
    assert.deepEqual(message.requestorData, JSON.parse(requestorData), short(message))
    message.requestorData = requestorData
  }
  return { topic, message: plain(message) }
}

function parsed (text) {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function short (message) {
  return JSON.stringify(message).slice(0, 300)
}

test('a frame of the official encoder is misread, or encoded otherwise', () => {
  const asked = [...corpus()]
  assert.ok(asked.length > 3000, `only ${asked.length} messages`)
  const frames = asked.map(({ entry, message }) => encode(entry, message).toString('hex'))
  const answers = ask(frames.map((hex) => `binary ${hex}`))
  assert.equal(answers.length, asked.length)
  asked.forEach(({ entry, message }, i) => {
    const [text, again] = answers[i].split('\t')
    assert.equal(again, frames[i], short(message))
    const read = fromJson(text, message)
    assert.equal(read.topic, entry.topic)
    assert.deepEqual(read.message, message)
  })
})

test('a frame of ours is misread by the official decoder', () => {
  const asked = [...corpus(2)]
  const answers = ask(asked.map(({ entry, message }) => `json ${toJson(entry, message)}`))
  assert.equal(answers.length, asked.length)
  asked.forEach(({ entry, message }, i) => {
    assert.match(answers[i], /^([0-9a-f]{2})+$/, short(message))
    assert.deepEqual(decode(entry, Buffer.from(answers[i], 'hex')), message)
  })
})

test('fields that are repeated, unknown or in another order are read otherwise', () => {
  const messages = [...corpus(3)]
  const asked = messages.slice(1).map(({ entry, message }, i) => {
    const other = messages[i].entry === entry ? messages[i].message : message
    const body = Buffer.concat([
      Buffer.from('fa3f0161f83f01', 'hex'),
      entry.type.encode(message).finish(),
      entry.type.encode(other).finish()
    ])
    return { entry, bytes: frame(entry.topic, body) }
  })
  const answers = ask(asked.map(({ bytes }) => `binary ${bytes.toString('hex')}`))
  asked.forEach(({ entry, bytes }, i) => {
    const expected = decode(entry, bytes)
    const { message } = fromJson(answers[i].split('\t')[0], expected)
    assert.deepEqual(message, expected)
  })
})

test('a frame that the official decoder refuses is taken', () => {
  const refused = ['', 'ffffff', '10021a020804', '0610021a0208', '0610631a020802', '0610001a020802']
  for (const [i, answer] of ask(refused.map((hex) => `binary ${hex}`)).entries()) {
    assert.match(answer, /^error /, refused[i])
  }
})

test('a topic or an action has another name or number', () => {
  const expected = numbers(constants.TOPIC).map(([name, number]) => `${name} ${number}`)
  for (const { topic, actions } of topics) {
    if (topic === constants.TOPIC.MONITORING) continue
    for (const [name, number] of numbers(actions)) {
      expected.push(`${constants.TOPIC[topic]} ${name} ${number}`)
    }
  }
  assert.deepEqual(numbers(constants.MONITORING_ACTION), [])
  const ours = ask(['names']).filter((line) => line !== '')
  assert.deepEqual(ours.sort(), expected.sort())
})
