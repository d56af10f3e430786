import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A folder of its own for one test, in which `openssl` and the shell can be run. */
export class Workbench implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'licenseoperator-signing-'))

  write(name: string, content: string | Uint8Array): void {
    writeFileSync(join(this.folder, name), content)
  }

  read(name: string): string {
    return readFileSync(join(this.folder, name), 'utf8')
  }

  readBytes(name: string): Buffer {
    return readFileSync(join(this.folder, name))
  }

  /** Runs `openssl` from PATH; its standard output. Throws when it fails. */
  openssl(commandLine: string): string {
    return execFileSync('openssl', commandLine.split(' '), { cwd: this.folder, encoding: 'utf8', stdio: 'pipe' })
  }

  shell(script: string): string {
    return execFileSync('sh', ['-euc', script], { cwd: this.folder, encoding: 'utf8', stdio: 'pipe' })
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}
