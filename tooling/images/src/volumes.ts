import { chownSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The images' user, by number as the Dockerfile has it. */
const OWNER = 1000

/** Compose's named volumes as folders. A fresh one is empty and belongs to whom the image says: `tryEntryPoint` looks at that. */
export class Volumes {
  readonly #root: string
  readonly #made = new Set<string>()

  constructor(root: string) {
    this.#root = root
  }

  folder(name: string): string {
    const folder = join(this.#root, name)
    if (this.#made.has(name)) return folder
    mkdirSync(folder, { mode: 0o755 })
    chownSync(folder, OWNER, OWNER)
    this.#made.add(name)
    return folder
  }

  /** `name:/path[:ro]` of the compose file as buildah takes it. */
  mount(volume: string): string {
    const [name = '', ...rest] = volume.split(':')
    return [this.folder(name), ...rest].join(':')
  }

  read(name: string, file: string): string {
    return readFileSync(join(this.folder(name), file), 'utf8')
  }

  /** All that is in a volume, to see whether it changed. */
  contents(name: string): string {
    const files = readdirSync(this.folder(name)).sort()
    return JSON.stringify(files.map((file) => [file, this.read(name, file)]))
  }
}
