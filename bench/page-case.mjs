// Cases whose measuring is done by page code.

/** The figures of a part of a module of page code, in a page of its own. */
export function performed(bench, client, plan) {
  return bench.browser.withPage((page) => performIn(page, bench, client, plan))
}

/**
 * Loads a client into a page and performs a part of a case with it.
 * @param {object} plan that of `perform` in page/stage.js, and
 * @param {Record<string, () => void>} [plan.exposed] functions of ours that the page may call
 */
export async function performIn(page, bench, client, { exposed = {}, ...plan }) {
  for (const [name, call] of Object.entries(exposed)) await page.expose(name, call)
  const { url, module, part, options = {} } = plan
  const script = client.path && `/${client.path}`
  return bench.profiled(page.cdp, `${client.name}: ${part}`, () =>
    page.call('stage.js', 'perform', { script, url, module: `/bench/page/${module}`, part, options }),
  )
}

/** A case with one row, whose page code gives samples. */
export const rateCase = ({ title, unit, goal, note, ...plan }) => ({
  title,
  rows: [{ key: 'rate', title, unit, goal, note, isRate: true }],
  measure: async (bench, client) => ({ rate: await performed(bench, client, plan) }),
})
