// The data that the cases send and read, with their sizes as JSON.

/** `{"a":1}`, with another digit each time. */
export const small = (n) => ({ a: n % 10 })

/** 150 bytes. The digits change, their number doesn't. */
export const medium = (n) => ({
  symbol: 'ACME',
  bid: 1000 + (n % 9000),
  ask: 101.25,
  volume: 120934,
  isOpen: true,
  venue: { name: 'XETR', city: 'Frankfurt am Main' },
  tags: ['share', 'industry'],
})

export const EVENTS = {
  small: { make: small, valueOf: (data) => data.a },
  medium: { make: medium, valueOf: (data) => data.bid },
}

/** Records, and the path in them that is subscribed to, patched, set and read. */
export const RECORDS = {
  '150 bytes': { data: medium(0), path: 'bid' },
  '10 kB': { data: { rows: Array.from({ length: 66 }, (_, n) => medium(n)) }, path: 'rows[33].bid' },
}
