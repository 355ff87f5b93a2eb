import { check, rates } from './stage.js'

const IN_FLIGHT = 64

/** Calls, so many at a time, of what answers with the number that it is given. */
export async function roundTrips({ server, url, connect }, { name }) {
  const client = await connect(url)
  let [answered, sum] = [0, 0]
  return rates({
    own: () => server?.ownMilliseconds ?? 0,
    async run(count) {
      let next = 0
      answered = sum = 0
      const callOnAndOn = async () => {
        while (next < count) {
          const answer = await client.rpc.make(name, next++)
          sum += answer
          answered += 1
        }
      }
      await Promise.all(Array.from({ length: IN_FLIGHT }, callOnAndOn))
    },
    verify(count) {
      check(answered === count, `${answered} of ${count} calls answered`)
      check(sum === (count * (count - 1)) / 2, 'another sum of the answers')
    },
  })
}
