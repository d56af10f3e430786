/** One value's shape. `number` and `decimal` arrive as text in a form; `open` never reaches a table. */
export type Schema =
  | 'string'
  | 'number'
  | 'boolean'
  | 'decimal'
  | 'null'
  | 'open'
  | '*'
  | { enum: string[] }
  | { array: Schema }
  | { map: Schema }
  | { anyOf: Schema[] }
  | { ref: string }
  | Fields

/** An object's fields; a name that ends in `?` may be absent. */
export interface Fields {
  [name: string]: Schema
}

/** What `generate.ts` writes: a schema per `METHOD /path`, the objects they refer to, and (parameters only) all event names. */
export interface SchemaTable {
  routes: Record<string, Schema>
  definitions: Record<string, Fields>
  events?: string[]
}
