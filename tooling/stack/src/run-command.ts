import { spawn } from 'node:child_process'

export interface CommandResult {
  /** 127 when there is no such program, 124 when it took too long, 130 when it was interrupted. */
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export interface CommandOptions {
  readonly cwd?: string
  readonly signal?: AbortSignal
  readonly timeoutMs?: number
}

/** Runs a program to its end, with its messages in English. Never rejects. */
export function runCommand(command: string, args: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, LC_ALL: 'C' },
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    })
    let ended: number | undefined
    const end = (code: number) => {
      ended = code
      child.kill('SIGKILL')
    }
    const interrupt = () => end(130)
    const timer = options.timeoutMs === undefined ? undefined : setTimeout(() => end(124), options.timeoutMs)
    if (options.signal?.aborted) interrupt()
    options.signal?.addEventListener('abort', interrupt)
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      stdout += chunk
    })
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      stderr += chunk
    })
    const finish = (code: number) => {
      clearTimeout(timer)
      options.signal?.removeEventListener('abort', interrupt)
      resolve({ code: ended ?? code, stdout, stderr })
    }
    child.on('error', (error) => {
      stderr = error.message
      // Without a process there is no 'close'.
      if (child.pid === undefined) finish(127)
    })
    child.on('close', (code) => finish(code ?? 1))
  })
}
