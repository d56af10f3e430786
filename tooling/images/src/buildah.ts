import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { type Ended, run, type Started, start, tryRun } from './run.ts'

const Inspected = z.object({
  Docker: z.object({
    config: z.object({
      User: z.string(),
      Entrypoint: z.array(z.string()),
      WorkingDir: z.string(),
      Env: z.array(z.string()),
      Labels: z.record(z.string(), z.string()).nullish(),
      Healthcheck: z.object({ Test: z.array(z.string()) }).optional(),
    }),
  }),
})

/** What an image says of itself. */
export type ImageConfig = z.infer<typeof Inspected>['Docker']['config']

export interface InContainer {
  readonly env?: Readonly<Record<string, string>>
  readonly mounts?: readonly string[]
  /** Default the image's. */
  readonly user?: string
}

/** buildah with a store of its own, which nothing else of this host sees and which `close` removes. */
export class Buildah {
  readonly folder = mkdtempSync(join(tmpdir(), 'licenseoperator-images-'))
  private readonly env = { BUILDAH_ISOLATION: 'chroot' }

  private args(...args: string[]): string[] {
    // With a root of its own buildah does not look at STORAGE_DRIVER. vfs needs nothing of the kernel, so it works inside a container too.
    return ['--storage-driver', 'vfs', '--root', join(this.folder, 'store'), '--runroot', join(this.folder, 'run'), ...args]
  }

  private buildah(...args: string[]): Promise<string> {
    return run('buildah', this.args(...args), { env: this.env })
  }

  /** Makes an image of a root file system. */
  async importBase(archive: string, tag: string): Promise<void> {
    const container = await this.from('scratch')
    await this.buildah('add', '--quiet', container, archive, '/')
    await this.buildah(
      'config',
      '--env',
      'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      '--cmd',
      'node',
      container,
    )
    await this.buildah('commit', '--quiet', '--rm', container, tag)
  }

  /**
   * Builds a target of a Dockerfile with nothing but the images that are here.
   *
   * @param built  images that take the place of the stage of that name, which then is not built again
   */
  build(
    context: string,
    options: { tag: string; target: string; built: Readonly<Record<string, string>>; mounts: readonly string[] },
  ): Promise<string> {
    return this.buildah(
      'build',
      // A layer is a whole copy of the files with vfs: one for each stage, not for each instruction.
      '--layers=false',
      // The format of OCI has no health check.
      '--format=docker',
      '--pull=never',
      '--network=host',
      ...options.mounts.map((mount) => `--volume=${mount}`),
      ...Object.entries(options.built).map(([stage, image]) => `--build-context=${stage}=container-image://${image}`),
      `--target=${options.target}`,
      `--tag=${options.tag}`,
      context,
    )
  }

  async config(image: string): Promise<ImageConfig> {
    return Inspected.parse(JSON.parse(await this.buildah('inspect', '--type', 'image', image))).Docker.config
  }

  /** A container of the image. @returns its name */
  async from(image: string): Promise<string> {
    return (await this.buildah('from', '--pull-never', image)).trim().split('\n').at(-1) ?? ''
  }

  /** Runs a command in a container, as the image's user, in its folder and network of this host. */
  exec(container: string, command: readonly string[], options: InContainer = {}): Promise<Ended> {
    return tryRun('buildah', this.execArgs(container, command, options), { env: this.env })
  }

  /** As `exec`, for a program that goes on. */
  start(container: string, command: readonly string[], options: InContainer): Started {
    return start('buildah', this.execArgs(container, command, options), { env: this.env })
  }

  private execArgs(container: string, command: readonly string[], options: InContainer): string[] {
    const mounts = (options.mounts ?? []).map((mount) => `--volume=${mount}`)
    const env = Object.entries(options.env ?? {}).map(([name, value]) => `--env=${name}=${value}`)
    const user = options.user === undefined ? [] : [`--user=${options.user}`]
    return this.args('run', ...mounts, ...env, ...user, container, '--', ...command)
  }

  async close(): Promise<void> {
    // A buildah that was killed leaves its store mounted on itself. The deepest first.
    const mounted = readFileSync('/proc/self/mounts', 'utf8')
      .split('\n')
      .map((line) => line.split(' ')[1] ?? '')
    for (const path of mounted
      .filter((one) => one.startsWith(`${this.folder}/`))
      .sort()
      .reverse())
      await run('umount', ['--lazy', path])
    rmSync(this.folder, { recursive: true, force: true })
  }

  /** A folder that goes with everything else. */
  scratch(name: string): string {
    const folder = join(this.folder, name)
    mkdirSync(folder, { mode: 0o700 })
    return folder
  }
}
