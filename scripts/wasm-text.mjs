// Writes the text that pkg-template/wasm-text.js reads.
import { CHARACTERS, PREFIXES } from '../pkg-template/wasm-text.js'

export function encode(bytes) {
  const order = numbered(bytes)
  const codes = []
  order.forEach((byte, number) => (codes[byte] = characters(number)))
  return { order, text: Array.from(bytes, (byte) => codes[byte]).join(''), length: bytes.length }
}

/**
 * The most frequent bytes are the ones of a single character. A byte that is printable itself stays
 * itself, so that names in the wasm, and what stands in the script beside it, are alike to a compressor.
 */
function numbered(bytes) {
  const counts = new Uint32Array(256)
  for (const byte of bytes) counts[byte] += 1
  const byFrequency = [...counts.keys()].sort((a, b) => counts[b] - counts[a])
  const common = new Set(byFrequency.slice(0, CHARACTERS.length))
  const moved = [...common].filter((byte) => !CHARACTERS.includes(byte))
  const rare = [...counts.keys()].filter((byte) => !common.has(byte))
  return [...CHARACTERS.map((code) => (common.has(code) ? code : moved.shift())), ...rare]
}

function characters(number) {
  const place = String.fromCharCode(CHARACTERS[number % CHARACTERS.length])
  const block = Math.floor(number / CHARACTERS.length)
  return block ? String.fromCharCode(PREFIXES[block - 1]) + place : place
}
