// What stands for the database behind the demo's server: one file per record, in a folder. A file is
// replaced by another as a whole, so that a server that is killed leaves the old one or the new one.
'use strict'

const { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } = require('node:fs')
const { join } = require('node:path')

const NO_VERSION = -1

class FolderStorage {
  description = 'a folder'
  #folder

  constructor({ folder }) {
    mkdirSync(folder, { recursive: true })
    this.#folder = folder
  }

  init() {}

  async whenReady() {}

  async close() {}

  set(name, version, data, callback) {
    answer(callback, () => {
      const file = this.#fileOf(name)
      writeFileSync(`${file}.new`, JSON.stringify({ version, data }))
      renameSync(`${file}.new`, file)
      return []
    })
  }

  get(name, callback) {
    answer(callback, () => {
      const text = unlessMissing(() => readFileSync(this.#fileOf(name), 'utf8'))
      if (text === undefined) return [NO_VERSION, null]
      const { version, data } = JSON.parse(text)
      return [version, data]
    })
  }

  delete(name, callback) {
    this.deleteBulk([name], callback)
  }

  deleteBulk(names, callback) {
    answer(callback, () => {
      for (const name of names) rmSync(this.#fileOf(name), { force: true })
      return []
    })
  }

  #fileOf(name) {
    return join(this.#folder, `${encodeURIComponent(name)}.json`)
  }
}

/** The server expects an answer after its own call has returned. */
function answer(callback, act) {
  let results
  try {
    results = [null, ...act()]
  } catch (error) {
    results = [error.message]
  }
  process.nextTick(callback, ...results)
}

function unlessMissing(read) {
  try {
    return read()
  } catch (error) {
    if (error.code === 'ENOENT') return undefined
    throw error
  }
}

module.exports = FolderStorage
