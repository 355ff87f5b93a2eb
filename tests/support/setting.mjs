// The two servers as a test wants them: gone when the test is.

import assert from 'node:assert/strict'
import { startScriptedServer } from './scripted-server.mjs'
import { startServer } from './server.mjs'

/** The real deepstream server, for the duration of the test `t`. */
export async function realServer(t, options) {
  const server = await startServer(options)
  t.after(() => server.kill())
  return server
}

/** A fake server that follows a script, for the duration of the test `t`. */
export async function fakeServer(t, options) {
  const server = await startScriptedServer(options)
  t.after(() => server.close())
  return server
}

/** For the proof that something does not happen, which no event can tell. */
export const quietFor = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds))

/**
 * Timers never come early, but what is measured is the distance of two moments that were each noted
 * late, by what a busy machine takes: so it may be too short as well as too long. The exact schedules
 * are the native tests', on a virtual clock.
 */
export function assertNear(measured, expected, what) {
  assert.ok(
    Math.abs(measured - expected) < TOLERANCE,
    `${what}: ${measured.toFixed(1)} ms instead of ${expected} ms`,
  )
}

/** Each measured time beside the one of the schedule. */
export function assertSchedule(measured, expected, what) {
  const text = `${what}: waited ${measured.map(Math.round).join(', ')} ms instead of ${expected.join(', ')}`
  assert.equal(measured.length, expected.length, text)
  measured.forEach((wait, n) => assertNear(wait, expected[n], `${text}; wait ${n + 1}`))
}

const TOLERANCE = 120
