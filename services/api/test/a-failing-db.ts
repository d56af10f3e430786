import type { Db } from '@licenseoperator/db'

/** What the driver says when the server went away. */
export const gone = Object.assign(new Error('gone'), { code: 'PROTOCOL_CONNECTION_LOST', fatal: true })

/** A database that lets so many queries on a table through and fails every later one. */
export function failAfter(db: Db, allowed: number, table: string, failure: Error): Db {
  let seen = 0
  return db.withPlugin({
    transformQuery: ({ node }) => {
      if (JSON.stringify(node).includes(`"name":"${table}"`) && ++seen > allowed) throw failure
      return node
    },
    transformResult: async ({ result }) => result,
  })
}
