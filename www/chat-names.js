// What a name looks like in the room.

import { make } from './common.js'

/** For the next window. */
export const NAMES = ['ada', 'grace', 'alan', 'barbara', 'edsger', 'katherine']
// White text stands out from each of them, in light and dark pages.
const COLOURS = ['#2f5fd0', '#a83279', '#0f766e', '#b45309', '#6d43c0', '#b3261e', '#3f6212', '#0369a1']

export function avatar(name) {
  const element = make('span', 'avatar', [...name][0].toUpperCase())
  element.style.setProperty('--colour', colourOf(name))
  element.setAttribute('aria-hidden', 'true')
  return element
}

/** One name has one colour, in every window; those of NAMES differ. */
export function colourOf(name) {
  let hash = 0
  for (const letter of name) hash = (hash * 3 + letter.codePointAt(0)) % 9973
  return COLOURS[hash % COLOURS.length]
}
