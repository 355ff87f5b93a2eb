// Cases whose measuring is done by page code.

/** The figures of a part of a module of page code, in a page of its own. */
export function performed(bench, client, plan) {
  return bench.browser.withPage((stage) => performIn(stage, bench, client, plan))
}

/**
 * Loads a client into a page and performs a part of a case with it.
 * @param {object} plan that of `perform` in page/stage.js, and
 * @param {Record<string, Function>} [plan.exposed] functions of ours that the page may call
 */
export async function performIn({ page, cdp }, bench, client, { exposed = {}, ...plan }) {
  for (const [name, call] of Object.entries(exposed)) await page.exposeFunction(name, call)
  const { url, module, part, options = {} } = plan
  const inPage = { script: `/${client.path}`, url, module: `/bench/page/${module}`, part, options }
  return bench.profiled(cdp, `${client.name}: ${part}`, () =>
    page.evaluate(async (plan) => {
      const { perform } = await import('/bench/page/stage.js')
      return perform(plan)
    }, inPage),
  )
}

/** A case with one row, whose page code gives samples. */
export const rateCase = ({ title, unit, goal, ...plan }) => ({
  title,
  rows: [{ key: 'rate', title, unit, goal, isRate: true }],
  measure: async (bench, client) => ({ rate: await performed(bench, client, plan) }),
})
