import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { copyFileSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { C } from '../../pkg-template/constants.js'
import { INSTALLED, PROJECT, ROOT } from './support.mjs'

const USES = join(ROOT, 'tests/types')
/** What `@deepstream/client` exports, and what its `C` does. */
const OFFICIAL = [
  'client/dist/src/deepstream-client.d.ts',
  'client/dist/src/constants.d.ts',
  'protobuf/dist/types/all.d.ts',
  'protobuf/dist/types/messages.d.ts',
]

/** Compiles what `fill` puts into a folder of the project. */
function compile(name, options, fill) {
  const folder = join(PROJECT, name)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  fill(folder)
  const compilerOptions = { strict: true, noEmit: true, target: 'es2022', types: [], ...options }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions }))
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module' }))
  const tsc = join(ROOT, 'node_modules/.bin/tsc')
  const { status, stdout } = spawnSync(tsc, ['-p', '.'], { cwd: folder, encoding: 'utf8' })
  assert.equal(status, 0, stdout)
}

function copyUses(folder) {
  cpSync(USES, folder, { recursive: true })
}

test('the types hold for bundlers', () => {
  compile('types-bundler', { module: 'esnext', moduleResolution: 'bundler' }, copyUses)
})

test('the types hold for Node, imported and required', () => {
  compile('types-node', { module: 'nodenext' }, (folder) => {
    copyUses(folder)
    copyFileSync(join(USES, 'usage.ts'), join(folder, 'required.cts'))
  })
})

test('the file that says it was written for @deepstream/client compiles with that', () => {
  const options = { module: 'esnext', moduleResolution: 'bundler', skipLibCheck: true }
  compile('types-official', options, (folder) => {
    const ported = readFileSync(join(USES, 'ported.ts'), 'utf8')
    const original = ported.replace("from 'deepstream-wasm'", "from '@deepstream/client'")
    writeFileSync(join(folder, 'original.ts'), original)
  })
})

test('each name that @deepstream/client exports is declared', () => {
  const declared = exportedNames(readFileSync(join(INSTALLED, 'dist/index.d.ts'), 'utf8'))
  for (const file of OFFICIAL) {
    const names = exportedNames(readFileSync(join(ROOT, 'node_modules/@deepstream', file), 'utf8'))
    assert.notEqual(names.length, 0, `no exports found in ${file}`)
    assert.deepEqual(names.filter((name) => !declared.includes(name)), [], file)
  }
})

test('the declared enums are those that exist', () => {
  const text = readFileSync(join(INSTALLED, 'dist/index.d.ts'), 'utf8')
  const declared = [...text.matchAll(/export enum (\w+) \{(.*?)\}/gs)].map(([, name, body]) => [
    name,
    Object.fromEntries([...body.matchAll(/(\w+) = (?:'(.*)'|(\d+)),/g)].map(toMember)),
  ])
  const { ACTIONS: _, RESPONSE_TO_REQUEST: __, ...enums } = C
  assert.deepEqual(Object.fromEntries(declared), mapValues(enums, withoutNumbersAsKeys))
})

function exportedNames(text) {
  const one = /export (?:declare )?(?:class|const|enum|function|interface|type) (\w+)/g
  const several = /export \{ (.*) \}/g
  return [
    ...[...text.matchAll(one)].map(([, name]) => name),
    ...[...text.matchAll(several)].flatMap(([, names]) => names.split(', ')),
  ].filter((name) => name !== 'C')
}

function toMember([, name, text, number]) {
  return [name, text ?? Number(number)]
}

function withoutNumbersAsKeys(members) {
  return Object.fromEntries(Object.entries(members).filter(([name]) => !/^\d/.test(name)))
}

function mapValues(object, map) {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, map(value)]))
}
