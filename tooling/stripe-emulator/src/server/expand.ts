import { isList } from '../core/list.ts'
import { findById, type Store } from '../core/store.ts'
import { invalidRequest } from '../core/stripe-error.ts'
import type { JsonObject } from '../core/wire.ts'
import { lazyFields } from '../resources/lazy-fields.ts'

const deepest = 4

/**
 * A copy of an answer with the `expand` paths filled in: ids become objects, and fields that are sent only on request appear.
 *
 * @throws StripeError 400 for a path that cannot be expanded
 */
export function expand(store: Store, answer: object, paths: readonly string[]): JsonObject {
  const copy: JsonObject = structuredClone({ ...answer })
  for (const path of paths) {
    const segments = path.split('.')
    if (segments.filter((segment) => segment !== 'data').length > deepest) {
      throw invalidRequest(`You cannot expand more than ${deepest} levels of a property (${path}).`, 'expand')
    }
    expandPath(store, copy, segments, path)
  }
  return copy
}

function expandPath(store: Store, target: JsonObject, segments: readonly string[], path: string): void {
  const [segment, ...rest] = segments
  if (segment === undefined) return
  if ((isList(target) || target.object === 'search_result') && segment === 'data' && Array.isArray(target.data)) {
    for (const item of target.data) expandPath(store, item, rest, path)
    return
  }
  const [inner = '', ...deeper] = rest
  const nested = lazyFields(store, target, `${segment}.${inner}`)
  if (nested !== undefined) {
    target[segment] = { ...Object(target[segment]), [inner]: expandValue(store, nested, deeper, path) }
    return
  }
  const value = target[segment] ?? lazyFields(store, target, segment)
  if (value === undefined) {
    if (segment in target) return // present and null: nothing to expand, and no mistake
    throw notExpandable(path)
  }
  if (value === null) {
    target[segment] = null
    return
  }
  target[segment] = expandValue(store, value, rest, path)
}

function expandValue(store: Store, value: unknown, rest: readonly string[], path: string): unknown {
  if (Array.isArray(value)) return value.map((item) => expandValue(store, item, rest, path))
  const object = typeof value === 'string' ? findById(store, value) : value
  if (typeof object !== 'object' || object === null) throw notExpandable(path)
  const copy: JsonObject = structuredClone({ ...object })
  // The path's last step must have been an id, or a field sent on request (which `lazyFields` just made).
  expandPath(store, copy, rest, path)
  return copy
}

function notExpandable(path: string): Error {
  return invalidRequest(`This property cannot be expanded (${path}).`, 'expand')
}
