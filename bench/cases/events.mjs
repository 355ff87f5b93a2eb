import { rateCase } from '../page-case.mjs'

const unit = 'events/s'
const note =
  'Where no server is named, frames are handed to the client, and taken from it, by a fake ' +
  '`window.WebSocket` in the page, the same for both. A frame counts when it has arrived, and the ' +
  'values are checked. A page warms up for a second; its figure is the median of nine samples of at least ' +
  '50 ms, or of fewer that are longer.'

export const events = [
  { part: 'eventIn', size: 'small', goal: 2, title: 'event in, small' },
  { part: 'eventIn', size: 'medium', goal: 1.5, title: 'event in, medium' },
  { part: 'eventOut', size: 'small', goal: 1, title: 'event out, small' },
  { part: 'eventOut', size: 'medium', goal: 1, title: 'event out, medium' },
].map(({ part, size, goal, title }) =>
  rateCase({ title, unit, goal, note, module: 'events.js', part, options: { size } }),
)
