import { bundleProblems, pathText } from '@licenseoperator/catalog'
import type { ConfigProblem } from './config-error.ts'
import { ConfigProductSchema, inFileWords } from './product-schema.ts'
import type { Raw } from './read-yaml.ts'

/**
 * A bundle of the file consists of what the file sells. Products that are wrong by themselves are known well enough by their own problems, so a bundle
 * is looked at only when all products could be read: a part may be one of the others.
 */
export function checkBundles(products: readonly (Raw | undefined)[]): ConfigProblem[] {
  const read = products.map((product) => ConfigProductSchema.safeParse(product).data?.product)
  if (read.includes(undefined)) return []
  const onSale = read.filter((product) => product !== undefined)
  return onSale.flatMap((bundle, index) =>
    bundle.active
      ? bundleProblems(bundle, onSale).map(({ path, message }) => ({
          path: pathText(['stripe', 'products', index, ...inFileWords(path)]),
          message,
        }))
      : [],
  )
}
