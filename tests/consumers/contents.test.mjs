// What `npm publish` would send.
import assert from 'node:assert/strict'
import { readFileSync, readdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { INSTALLED, ROOT } from './support.mjs'

const FILES = [
  'CHANGELOG.md',
  'LICENSE',
  'README.md',
  'dist/deepstream.min.js',
  'dist/deepstream_bg.wasm',
  'dist/global.d.ts',
  'dist/index.cjs',
  'dist/index.d.cts',
  'dist/index.d.ts',
  'dist/index.js',
  'dist/node.js',
  'dist/web.d.ts',
  'dist/web.js',
  'package.json',
]

function manifest() {
  return JSON.parse(readFileSync(join(INSTALLED, 'package.json'), 'utf8'))
}

function read(file) {
  return readFileSync(join(INSTALLED, file), 'latin1')
}

test('the tarball has these files and no others', () => {
  const found = readdirSync(INSTALLED, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(INSTALLED.length + 1))
  assert.deepEqual(found.sort(), FILES)
})

test('its version is that of the crate', () => {
  const [, version] = /^version = "(.+)"$/m.exec(readFileSync(join(ROOT, 'Cargo.toml'), 'utf8'))
  assert.equal(manifest().version, version)
})

test('no file names a path of the machine that built it', () => {
  for (const file of FILES) {
    const text = read(file)
    for (const path of [homedir() + '/', ROOT]) {
      assert.equal(text.includes(path), false, `${file} names ${path}`)
    }
  }
})

test('a client that is loaded compiles nothing and asks for nothing', () => {
  assert.deepEqual(manifest().sideEffects, ['./dist/deepstream.min.js'])
  assert.equal(manifest().dependencies, undefined)
  assert.equal(manifest().scripts, undefined)
})

test('publint finds nothing', async () => {
  const { messages, pkg } = await publint({ pkgDir: INSTALLED, strict: true })
  assert.deepEqual(messages.map((message) => formatMessage(message, pkg)), [])
})
