import { createHash } from 'node:crypto'

/** A part of the public catalog as it is answered: the JSON text and its entity tag. */
export interface CatalogPage {
  readonly json: string
  readonly etag: string
}

export interface CatalogView {
  /** From memory while it is fresh. Requests that come together share one load. @throws what `load` throws */
  page(name: string, load: () => Promise<unknown>): Promise<CatalogPage>
  /** Somebody else changed the catalog: forget everything. */
  forget(): void
  /** We changed the catalog: forget everything and tell the other instances. */
  changed(): void
}

/** How long a page is served without an announcement that it changed: announcements can be lost, because NATS may be away. */
const MAX_AGE_MS = 15_000

/** @param announce  tells the other instances; must not throw */
export function createCatalogView(options: { announce: () => void; now?: () => number }): CatalogView {
  const { announce, now = () => performance.now() } = options
  let pages = new Map<string, { loadedAt: number; page: Promise<CatalogPage> }>()
  const forget = () => {
    // A load that began before the change ends in the old map, where nobody looks any more.
    pages = new Map()
  }
  return {
    page(name, load) {
      const known = pages.get(name)
      if (known !== undefined && now() - known.loadedAt < MAX_AGE_MS) return known.page
      const into = pages
      const page = load().then(asPage)
      into.set(name, { loadedAt: now(), page })
      // A failure is not remembered.
      page.catch(() => into.delete(name))
      return page
    },
    forget,
    changed() {
      forget()
      announce()
    },
  }
}

function asPage(body: unknown): CatalogPage {
  const json = JSON.stringify(body)
  return { json, etag: `"${createHash('sha256').update(json).digest('base64url').slice(0, 27)}"` }
}
