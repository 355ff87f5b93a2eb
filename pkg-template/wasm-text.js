// The wasm as text in a script: each common byte is one printable ASCII character, each rare one two.
// Whole bytes stay whole characters, so what compresses the script still sees what repeats in the
// wasm: of base64, in which it does not, a quarter more would be downloaded.

/** Printable ASCII without what a string literal or an HTML page would need to escape. */
const PRINTABLE = [...Array(95).keys()].map((n) => n + 32).filter((code) => !'"\\`<'.includes(String.fromCharCode(code)))

/** A character that is one of these, and the next one, are a rare byte. */
export const PREFIXES = [94, 126] // ^ and ~

export const CHARACTERS = PRINTABLE.filter((code) => !PREFIXES.includes(code))

/** `order` has the bytes as they are numbered in `text`: those of one character, then those with the first prefix, and so on. */
export function decode({ order, text, length }) {
  const places = new Uint8Array(128)
  CHARACTERS.forEach((code, place) => (places[code] = place))
  const bytes = new Uint8Array(length)
  for (let read = 0, written = 0; read < text.length; written += 1) {
    const code = text.charCodeAt(read++)
    const block = PREFIXES.indexOf(code) + 1
    const place = block ? block * CHARACTERS.length + places[text.charCodeAt(read++)] : places[code]
    bytes[written] = order[place]
  }
  return bytes
}
