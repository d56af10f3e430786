import { invalidParameter } from './stripe-error.ts'

/** A decoded form: text, or fields by name. Arrays are still fields named 0, 1, …: only the schema tells them apart. */
export type FormValue = string | FormFields
export interface FormFields {
  [name: string]: FormValue
}

/** Decodes `a[0][b]=c&d[]=e` (a body or a query string), as the SDK, curl and Stripe's own examples write it. */
export function decodeForm(text: string): FormFields {
  const root = emptyFields()
  for (const [name, value] of new URLSearchParams(text)) {
    const path = segments(name)
    let fields = root
    for (const [depth, raw] of path.entries()) {
      const segment = raw === '' ? String(Object.keys(fields).length) : raw
      if (depth === path.length - 1) {
        fields[segment] = value
        break
      }
      const inner = fields[segment] ?? emptyFields()
      if (typeof inner === 'string') throw invalidParameter(`Invalid parameter: ${name}`, name)
      fields[segment] = inner
      fields = inner
    }
  }
  return root
}

/** `a[0][b]` → `a`, `0`, `b`. A name without a clean bracket structure is one plain name. */
function segments(name: string): string[] {
  const match = /^([^[\]]+)((?:\[[^[\]]*\])*)$/.exec(name)
  if (match === null) return [name]
  const [, head = name, brackets = ''] = match
  return [head, ...Array.from(brackets.matchAll(/\[([^[\]]*)\]/g), (bracket) => bracket[1] ?? '')]
}

// Without a prototype, a parameter named `__proto__` is a name like any other.
function emptyFields(): FormFields {
  return Object.create(null)
}
