// In Node, `import` and `require` give the same class: with two, `instanceof` would lie.
import api from './index.cjs'

export const {
  deepstream,
  DeepstreamClient,
  C,
  Options,
  DefaultOptions,
  LOCAL_WINS,
  REMOTE_WINS,
} = api

export default deepstream
