// Merging in three ways: what the server has, with what this window made of `base`, which is what
// it once had from the server. Without a base everything is this window's.

/** The fields that one side has changed. */
export const changedFields = (base, side) => Object.keys(side).filter((field) => side[field] !== base?.[field])

/** An item: the fields that this window changed are as they are here, the others as there. */
export function mergeItem(base, own, remote) {
  const changed = changedFields(base, own).map((field) => [field, own[field]])
  return { ...remote, ...Object.fromEntries(changed) }
}

/** The fields that both have changed, each in another way; none if there was nothing before. */
export function conflictsOf(base, own, remote) {
  if (base === null) return []
  const theirs = changedFields(base, remote)
  return changedFields(base, own).filter((field) => theirs.includes(field) && own[field] !== remote[field])
}

/** Whether what both have in common stands in another order. */
export function isReordered(before, after) {
  const kept = after.filter((entry) => before.includes(entry))
  const rest = before.filter((entry) => after.includes(entry))
  return kept.some((entry, index) => entry !== rest[index])
}

/** A list: what either has added is in it, what either has removed is not. */
export function mergeEntries(base, own, remote) {
  const isInBoth = (entry) => own.includes(entry) && remote.includes(entry)
  const stays = (entry) => isInBoth(entry) || !base.includes(entry)
  // The order is that of this window if it has changed it.
  const [leading, other] = isReordered(base, own) ? [own, remote] : [remote, own]
  const merged = leading.filter(stays)
  other.forEach((entry, index) => {
    if (!stays(entry) || merged.includes(entry)) return
    const neighbour = other.slice(0, index).findLast((before) => merged.includes(before))
    merged.splice(merged.indexOf(neighbour) + 1, 0, entry)
  })
  return merged
}
