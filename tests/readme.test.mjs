// The tables in README.md map sentences to tests. Here it is checked that each row names some, and
// that they are there.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'

const REFERENCE = /^`([\w./-]+)`: (.+)$/

const cellsOf = (line) => line.split('|').slice(1, -1).map((cell) => cell.trim())

for (const table of readFileSync(new URL('README.md', import.meta.url), 'utf8').split('\n\n')) {
  const [header, , ...rows] = table.split('\n').filter((line) => line.startsWith('|')).map(cellsOf)
  if (header?.at(-1) !== 'tests') continue
  for (const [sentence, tests] of rows) {
    test(`there are tests of: ${sentence}`, () => {
      for (const text of tests.split('<br>')) {
        const [, file, name] = REFERENCE.exec(text) ?? assert.fail(`no reference: ${text}`)
        assert.ok(names(file).some((there) => there.includes(name)), `${file} has no test '${name}'`)
      }
    })
  }
}

/** The lines that name the tests of a file: a title may stand in a table that makes several. */
function names(file) {
  const source = readFileSync(new URL(file, import.meta.url), 'utf8')
  const isName = file.endsWith('.rs') ? /^\s*fn \w+\(/ : /^\s*test\(|^\s+'/
  return source.split('\n').filter((line) => isName.test(line))
}
