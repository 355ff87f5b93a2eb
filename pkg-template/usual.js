import { isPlain } from 'deepstream-shell/browser.js'
import { isObjectOf } from './methods.js'

const { stringify } = JSON

/**
 * Has `emit`, `set` and `subscribe` hand over in one crossing of the border what they are mostly called
 * with. The methods of the wasm, for which it is crossed back and forth, read everything else, and find
 * what is wrong with it.
 */
export function handOverAtOnce(EventHandler, Record) {
  replace(EventHandler, 'emit', '__emit', (emit) => (object, given) => {
    const [name, data] = [given[0], given[1]]
    if (!isName(name)) return false
    let text
    try {
      text = stringify(data)
    } catch {
      return false
    }
    return emit.call(object, name, text, data)
  })
  replace(Record, 'set', '__put', (put) => (object, given) => {
    const [path, value] = [given[0], given[1]]
    const isUsual = given.length === 2 && isName(path) && isPlain(value)
    return isUsual && put.call(object, path, stringify(value), value)
  })
  replace(Record, 'subscribe', '__subscribe', (subscribe) => (object, given) => {
    const [path, callback] = [given[0], given[1]]
    const isUsual = given.length === 2 && isName(path) && typeof callback === 'function'
    return isUsual && subscribe.call(object, path, callback)
  })
}

/** Has a method do all that `quickOf` the other one does not. */
function replace(Class, name, quickName, quickOf) {
  const { prototype } = Class
  const { [name]: method, [quickName]: quickMethod } = prototype
  delete prototype[quickName]
  const quick = quickOf(quickMethod)
  prototype[name] = function (...args) {
    if (!isObjectOf(Class, this) || !quick(this, args)) method.apply(this, args)
  }
}

const isName = (value) => typeof value === 'string' && value !== ''
