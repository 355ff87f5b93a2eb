// Cases whose measuring is done by page code.

/** Has a part of a module of page code be performed with a client, in a page of its own. */
export function performed(bench, client, { url, module, part, options = {} }) {
  return bench.browser.withPage(async (stage) => {
    const { page } = stage
    const plan = {
      script: `/${client.path}`,
      url,
      module: `/bench/page/${module}`,
      part,
      options,
    }
    return bench.profiled(stage, client, part, () =>
      page.evaluate(async (plan) => {
        const { perform } = await import('/bench/page/stage.js')
        return perform(plan)
      }, plan),
    )
  })
}

/** A case with one row, whose page code gives samples. */
export const rateCase = ({ title, unit, goal, ...plan }) => ({
  title,
  rows: [{ key: 'rate', title, unit, goal, isRate: true }],
  measure: async (bench, client) => ({ rate: await performed(bench, client, plan) }),
})
