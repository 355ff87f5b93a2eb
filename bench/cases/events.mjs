import { rateCase } from '../page-case.mjs'

const unit = 'events/s'

export const events = [
  { part: 'eventIn', size: 'small', goal: 2, title: 'event in, small' },
  { part: 'eventIn', size: 'medium', goal: 1.5, title: 'event in, medium' },
  { part: 'eventOut', size: 'small', goal: 1, title: 'event out, small' },
  { part: 'eventOut', size: 'medium', goal: 1, title: 'event out, medium' },
].map(({ part, size, goal, title }) =>
  rateCase({ title, unit, goal, module: 'events.js', part, options: { size } }),
)
