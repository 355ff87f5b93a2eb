// The overloads of `set`, which go by the number of arguments and their types.

/**
 * Reads `(data, callback?)` or `(path, data, callback?)`, from the argument of this number on. Throws
 * as the JavaScript client does.
 *
 * @returns {[path: string | undefined, data: unknown, callback: Function | undefined]}
 */
export function readSet(given, first) {
  const [one, two, three] = [given[first], given[first + 1], given[first + 2]]
  const isPath = typeof one === 'string' && one !== ''
  const isData = typeof one === 'object' && one !== null
  switch (given.length - first) {
    case 1:
      if (isData) return [undefined, one, undefined]
      break
    case 2:
      // What is no value of JSON takes away what is there.
      if (isPath) return [one, two, undefined]
      if (!isData) break
      if (typeof two === 'function') return [undefined, one, two]
      throw new Error('Invalid set callback argument')
    case 3: {
      // Whatever else stands before data and a callback is passed over.
      const isSecond = typeof one !== 'string' && two && typeof two !== 'function'
      if (!isPath && !isSecond) break
      if (typeof three === 'function') return [isPath ? one : undefined, two, three]
      throw new Error('Invalid set callback argument')
    }
    default:
      throw new Error('Invalid set arguments')
  }
  throw new Error('Invalid set path argument')
}
