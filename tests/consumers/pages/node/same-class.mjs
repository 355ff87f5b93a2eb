import { createRequire } from 'node:module'
import * as imported from 'deepstream-wasm'

const required = createRequire(import.meta.url)('deepstream-wasm')
console.log(
  JSON.stringify({
    same: Object.keys(required).filter((name) => required[name] === imported[name]).sort(),
    imported: Object.keys(imported).sort(),
    required: Object.keys(required).sort(),
    defaultIsFunction: imported.default === imported.deepstream,
  }),
)
