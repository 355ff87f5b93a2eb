// The table as a picture: a bar for each row, from 1 (no difference) to how many times as good.

import { outcomeOf } from './report.mjs'

const [WIDTH, LABELS, FIGURES, ROW, TOP] = [960, 360, 60, 22, 44]
const LOOK = { met: '#2e7d32', missed: '#c62828', none: '#607d8b', goal: '#212121', line: '#bdbdbd' }

export function chartOf(rows) {
  const bars = rows.map((row) => {
    const { ratio, isMet } = outcomeOf(row)
    const better = (value) => (row.isRate ? value : 1 / value)
    return { title: row.title, times: better(ratio), goal: row.goal && better(row.goal), isMet }
  })
  const all = bars.flatMap(({ times, goal }) => [times, goal ?? 1])
  const least = Math.floor(Math.log2(Math.min(0.5, ...all)))
  const most = Math.ceil(Math.log2(Math.max(2, ...all)))
  const unit = (WIDTH - LABELS - FIGURES) / (most - least)
  const x = (times) => LABELS + (Math.log2(times) - least) * unit
  const height = TOP + rows.length * ROW + 16
  const ticks = Array.from({ length: most - least + 1 }, (_, n) => 2 ** (least + n))
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="12">
<title>How many times as good as the JS client, for each case</title>
<rect width="${WIDTH}" height="${height}" fill="#fff"/>
<text x="8" y="16" font-weight="bold">How many times as good as the JS client; the mark is the goal</text>
${ticks.map((tick) => tickAt(x(tick), tick, height)).join('\n')}
${bars.map((bar, n) => barAt(bar, TOP + n * ROW, x)).join('\n')}
</svg>
`
}

function tickAt(x, tick, height) {
  const colour = tick === 1 ? LOOK.goal : LOOK.line
  const text = tick < 1 ? `1/${1 / tick}` : tick
  return (
    `<line x1="${x}" x2="${x}" y1="${TOP - 6}" y2="${height - 8}" stroke="${colour}"/>` +
    `<text x="${x}" y="${TOP - 12}" text-anchor="middle">${text}</text>`
  )
}

function barAt({ title, times, goal, isMet }, y, x) {
  const colour = isMet === undefined ? LOOK.none : isMet ? LOOK.met : LOOK.missed
  const [from, to] = [x(1), x(times)].sort((one, other) => one - other)
  const middle = y + ROW / 2 + 4
  const mark = goal
    ? `<rect x="${x(goal) - 1.5}" y="${y + 1}" width="3" height="${ROW - 2}" fill="${LOOK.goal}"/>`
    : ''
  return (
    `<text x="8" y="${middle}">${escaped(title)}</text>` +
    `<rect x="${from}" y="${y + 3}" width="${Math.max(1, to - from)}" height="${ROW - 6}" fill="${colour}"/>` +
    mark +
    `<text x="${Math.max(to, x(1), goal ? x(goal) : 0) + 6}" y="${middle}">${times.toFixed(2)}</text>`
  )
}

const escaped = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
