// Runs a case: each client in fresh pages, by turns, so that what else the machine does, and which
// of them comes first, weighs on both alike.

import { OURS, THEIRS } from './clients.mjs'
import { median } from './statistics.mjs'

/**
 * A case has rows: one figure of each client. `measure(bench, client)` gives, from a page of its own,
 * by the key of each row, a number or several samples.
 * @returns {Promise<object[]>} the rows, each with `values: { theirs: number[], ours: number[] }`,
 *   a number for each page
 */
export async function runCase(bench, plan) {
  const { title, rows, measure, contestants = [THEIRS, OURS], maxRounds = Infinity } = plan
  const values = new Map(rows.map((row) => [row, {}]))
  for (let round = 0; round < Math.min(bench.rounds, maxRounds); round++) {
    // A B, B A, A B ...
    const turn = round % 2 === 0 ? contestants : contestants.toReversed()
    for (const contestant of turn) {
      const measured = await measure(bench, contestant).catch((cause) => {
        throw new Error(`${title}, with ${contestant.name}: ${cause.message}`, { cause })
      })
      for (const row of rows) {
        const value = measured[row.key]
        if (value === undefined) continue
        const ofRow = values.get(row)
        ;(ofRow[contestant.key] ??= []).push(Array.isArray(value) ? median(value) : value)
      }
    }
  }
  return rows.map((row) => ({ ...row, values: values.get(row) }))
}
