// The table, and the file that it is kept in.

import { writeFile } from 'node:fs/promises'
import { cpus, loadavg, totalmem, type } from 'node:os'
import { join } from 'node:path'
import { chartOf } from './chart.mjs'
import { OURS, THEIRS } from './clients.mjs'
import { median, range } from './statistics.mjs'

const GIB = 2 ** 30

/** What a row comes to: figures, and whether its goal is met. */
export function outcomeOf({ values, goal, isRate = false, reference = THEIRS.key }) {
  const [theirs, ours] = [values[reference], values[OURS.key]]
  const ratio = median(ours) / median(theirs)
  // Of the pages of the same round, which were measured one after the other.
  const ratios = range(ours.map((value, n) => value / theirs[n]))
  const isMet = goal === undefined ? undefined : isRate ? ratio >= goal : ratio <= goal
  return { theirs, ours, ratio, ratios, isMet }
}

/** A row in words, for whoever watches. */
export function lineOf(row) {
  const [title, theirs, ours, ratio, spread, goal, isMet] = cellsOf(row)
  const verdict = goal === '' ? '' : `, goal ${goal}: ${isMet.replaceAll('*', '')}`
  return `${title}: ${theirs} -> ${ours}, ratio ${ratio} (${spread})${verdict}`
}

function cellsOf(row) {
  const { theirs, ours, ratio, ratios, isMet } = outcomeOf(row)
  const sign = row.isRate ? '≥' : '≤'
  const ofReference = row.reference === undefined ? '' : ` (${row.reference})`
  return [
    row.title,
    `${figure(theirs, row.unit)}${ofReference}`,
    figure(ours, row.unit),
    ratio.toFixed(2),
    ratios.map((each) => each.toFixed(2)).join('–'),
    row.goal === undefined ? '' : `${sign} ${row.goal}`,
    isMet === undefined ? '' : isMet ? 'yes' : '**no**',
  ]
}

/** The median with its unit, and how far the pages' figures are from it. */
function figure(values, unit) {
  const middle = median(values)
  const farthest = Math.max(...range(values).map((value) => Math.abs(value - middle)))
  const spread = middle === 0 ? 0 : (100 * farthest) / middle
  return `${number(middle, unit)} ${unit} ±${spread.toFixed(0)} %`
}

function number(value, unit) {
  if (unit === 'bytes') return grouped(value)
  if (value >= 1_000) return grouped(Number(value.toPrecision(3)))
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3)
}

const grouped = (value) => String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ' ')

function tableOf(rows) {
  const header = ['case', THEIRS.name, OURS.name, 'ratio', 'of each round', 'goal', 'met']
  const lines = [header, header.map(() => '---'), ...rows.map(cellsOf)]
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

/** Returns the report, and keeps it in `folder` if there is one. */
export async function writeReport({ rows, bench, folder }) {
  const notes = [...new Set(rows.map(({ note }) => note).filter(Boolean))]
  const report = `# Speed and size, next to ${THEIRS.name}

Written by \`make bench\`: no figure here was written by hand.

${tableOf(rows)}

A ratio is ${OURS.name}'s figure divided by ${THEIRS.name}'s: of rates more is better, of times,
memory and bytes less is. A figure is the median of the pages', with the distance of the one farthest
from it; "of each round" are the least and the largest ratio of two pages that were measured one
after the other.

${notes.map((note) => `- ${note}`).join('\n')}

${machineOf(bench)}
`
  if (folder !== undefined) {
    await writeFile(join(folder, 'results.svg'), chartOf(rows))
    const chart = '![How many times as good, for each case](results.svg)\n\n'
    await writeFile(join(folder, 'RESULTS.md'), report.replace('\n| case', `\n${chart}| case`))
  }
  return report
}

function machineOf(bench) {
  const { browser, rounds } = bench
  const [{ model }] = cpus()
  const memory = Math.round(totalmem() / GIB)
  const day = new Date().toISOString().slice(0, 10)
  const [before, after] = [bench.loadBefore, loadavg()[0]].map((load) => load.toFixed(1))
  return (
    `Measured on ${day} in Chromium ${browser.version}, headless, on ${type()}, ${cpus().length} cores ` +
    `(${model}), ${memory} GiB; Node ${process.versions.node}; rounds: ${rounds}. Load of the machine: ` +
    `${before} before, ${after} at the end, of which the run itself makes one to two. What others do on ` +
    `it shows in the spreads.`
  )
}
