// Leaves in pkg/ what `npm publish` would send: wasm-pack's output, optimised, and wrapped by
// pkg-template/ once for each way of loading it.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { decode } from '../pkg-template/wasm-text.js'
import { shortenNames } from './short-names.mjs'
import { encode } from './wasm-text.mjs'

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..')
const TEMPLATE = join(ROOT, 'pkg-template')
const CRATE = join(ROOT, 'target/wasm-crate')
const GENERATED = join(ROOT, 'target/wasm-pack')
const UNOPTIMISED = join(GENERATED, 'deepstream_bg.wasm')
const OPTIMISED = join(GENERATED, 'optimised.wasm')
const SHORTENED = { glue: join(GENERATED, 'short.js'), wasm: join(GENERATED, 'short.wasm') }
const OPTIMISED_FROM = join(GENERATED, 'optimised-from.txt')
const PACKAGE = join(ROOT, 'pkg')
const DIST = join(PACKAGE, 'dist')

// What `#[inline]` marks, which is most of the standard library, is otherwise inlined up to 325, and
// the rest up to 50, wherever it is called: for a thirteenth more bytes in brotli, which gain less speed
// than what `make bench` spreads by.
const INLINING = '-inlinehint-threshold=12 -inline-threshold=12'

// Without feature flags wasm-opt uses the features that the wasm itself says it needs. The lowest
// memory is the end of the stack, which nothing but an overflow gets to. What has one caller is only put
// into it where it is small: many short functions compress better than few long ones.
const OPTIMISE = [
  ...['-Oz', '--low-memory-unused', '--one-caller-inline-max-function-size=30'],
  ...['--strip-debug', '--strip-producers', '--strip-target-features'],
]

// Private fields and what wasm-bindgen generates need these; so does compiling synchronously.
const BROWSERS = ['es2022']

/** As text, so that it is decoded when the first client is made, and not when it is loaded. */
const WASM_AS_TEXT = {
  name: 'wasm-as-text',
  setup: ({ onLoad }) => onLoad({ filter: /\.wasm$/ }, () => ({ contents: JSON.stringify(wasmText()), loader: 'json' })),
}

compileRust()
optimiseWasm()
shorten()
rmSync(PACKAGE, { recursive: true, force: true })
mkdirSync(DIST, { recursive: true })
await bundleEntries()
copyStaticFiles()
writeManifest()

/**
 * Compiles a crate that is this one but for the rlib, which the tests link: Cargo optimises nothing
 * across crates where one is made, and wasm-pack can't be told to leave it out.
 */
function compileRust() {
  const manifest = readFileSync(join(ROOT, 'Cargo.toml'), 'utf8')
  const kinds = 'crate-type = ["cdylib", "rlib"]'
  if (!manifest.includes(kinds)) throw new Error(`Cargo.toml has no line: ${kinds}`)
  rmSync(CRATE, { recursive: true, force: true })
  mkdirSync(CRATE, { recursive: true })
  writeFileSync(join(CRATE, 'Cargo.toml'), manifest.replace(kinds, 'crate-type = ["cdylib"]'))
  copyFileSync(join(ROOT, 'Cargo.lock'), join(CRATE, 'Cargo.lock'))
  symlinkSync(join(ROOT, 'src'), join(CRATE, 'src'))
  const kind = ['--release', '--target', 'web', '--no-pack', '--mode', 'no-install']
  const output = ['--out-dir', GENERATED, '--out-name', 'deepstream']
  const options = [...kind, ...output, '--', '--target-dir', join(ROOT, 'target')]
  run('wasm-pack', ['build', CRATE, ...options], flagsOfRust())
}

/**
 * Messages of panics hold paths of sources, which shall not tell of the machine. The encoded variable
 * takes paths with blanks, and is used instead of RUSTFLAGS and of what Cargo's configuration has:
 * those are meant for the machine's own processor and linker.
 */
function flagsOfRust() {
  const cargo = process.env.CARGO_HOME ?? join(homedir(), '.cargo')
  // The standard library's are there where its source is installed, as editors have it.
  const rust = execFileSync('rustc', ['--print', 'sysroot'], { encoding: 'utf8' }).trim()
  const shown = { [cargo]: 'cargo', [rust]: 'rust', [ROOT]: '.' }
  const remapped = Object.entries(shown).map(([path, as]) => `--remap-path-prefix=${path}=${as}`)
  return { CARGO_ENCODED_RUSTFLAGS: [...remapped, `-Cllvm-args=${INLINING}`].join('\x1f') }
}

/** The slowest step, so it is left out where neither the wasm nor wasm-opt nor its flags changed. */
function optimiseWasm() {
  const binaryen = readFileSync(join(ROOT, 'node_modules/binaryen/package.json'), 'utf8')
  const from = createHash('sha256')
    .update([JSON.parse(binaryen).version, ...OPTIMISE, ''].join('\n'))
    .update(readFileSync(UNOPTIMISED))
    .digest('hex')
  if (existsSync(OPTIMISED_FROM) && readFileSync(OPTIMISED_FROM, 'utf8') === from) return
  // Written last, so that a step which was interrupted counts for nothing.
  rmSync(OPTIMISED_FROM, { force: true })
  run(join(ROOT, 'node_modules/.bin/wasm-opt'), [...OPTIMISE, UNOPTIMISED, '-o', OPTIMISED])
  writeFileSync(OPTIMISED_FROM, from)
}

function shorten() {
  const glue = readFileSync(join(GENERATED, 'deepstream.js'), 'utf8')
  const short = shortenNames({ wasm: readFileSync(OPTIMISED), glue })
  writeFileSync(SHORTENED.glue, short.glue)
  writeFileSync(SHORTENED.wasm, short.wasm)
}

async function bundleEntries() {
  await Promise.all([
    bundle('index.js', 'index.js', { format: 'esm' }),
    bundle('index.js', 'index.cjs', { format: 'cjs' }),
    bundle('web.js', 'web.js', { format: 'esm' }),
    bundle('script.js', 'deepstream.min.js', { format: 'iife', minify: true }),
  ])
}

function bundle(entry, output, options) {
  return build({
    entryPoints: [join(TEMPLATE, entry)],
    outfile: join(DIST, output),
    bundle: true,
    target: BROWSERS,
    plugins: [WASM_AS_TEXT],
    alias: { 'deepstream-shell': snippets() },
    inject: [join(TEMPLATE, 'finalization.js')],
    logOverride: {
      // What is generated names a file once for each Rust module that imports from it.
      'duplicate-object-key': 'silent',
      // The loader for a page's own URL, which only ./web uses, is in the generated file of all.
      ...(options.format !== 'esm' && { 'empty-import-meta': 'silent' }),
    },
    legalComments: 'none',
    ...options,
  })
}

/** Where wasm-bindgen puts the JavaScript that the crate has: in a folder that has a hash in its name. */
function snippets() {
  const [, folder] = /'\.\/(snippets\/[^']*\/src\/shell)\//.exec(readFileSync(join(GENERATED, 'deepstream.js'), 'utf8'))
  return join(GENERATED, folder)
}

function wasmText() {
  const wasm = readFileSync(SHORTENED.wasm)
  const text = encode(wasm)
  if (!wasm.equals(decode(text))) throw new Error('The text of the wasm does not decode to it')
  return text
}

function copyStaticFiles() {
  copyFileSync(SHORTENED.wasm, join(DIST, 'deepstream_bg.wasm'))
  copyFileSync(join(TEMPLATE, 'node.js'), join(DIST, 'node.js'))
  for (const name of ['index.d.ts', 'web.d.ts', 'global.d.ts']) {
    copyFileSync(join(TEMPLATE, name), join(DIST, name))
  }
  copyFileSync(join(TEMPLATE, 'index.d.ts'), join(DIST, 'index.d.cts'))
  for (const name of ['LICENSE', 'README.md', 'CHANGELOG.md']) {
    copyFileSync(join(ROOT, name), join(PACKAGE, name))
  }
}

function writeManifest() {
  const { name, ...rest } = JSON.parse(readFileSync(join(TEMPLATE, 'package.json'), 'utf8'))
  const manifest = { name, version: crateVersion(), ...rest }
  writeFileSync(join(PACKAGE, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`)
}

function crateVersion() {
  const version = /^version = "(.+)"$/m.exec(readFileSync(join(ROOT, 'Cargo.toml'), 'utf8'))
  if (!version) throw new Error('Cargo.toml has no version')
  return version[1]
}

function run(command, options, variables = {}) {
  const env = { ...process.env, ...variables }
  execFileSync(command, options, { cwd: ROOT, env, stdio: 'inherit' })
}
