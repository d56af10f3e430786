import { closeSync, fstatSync, openSync, readSync } from 'node:fs'

export interface FileText {
  readonly text: string
  /** Permission bits; 0 when there is nothing to say about them. */
  readonly mode: number
}

/** Reads a file. @throws CannotRead */
export type ReadFile = (path: string) => FileText

/** Why a file cannot be read; never holds any of its text. */
export class CannotRead extends Error {
  override readonly name = 'CannotRead'
  /** There is no such file. */
  readonly missing: boolean

  constructor(message: string, missing = false) {
    super(message)
    this.missing = missing
  }
}

const MAX_BYTES = 1024 * 1024
const OTHERS_CAN_READ = 0o044

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EISDIR: 'is a directory, not a file',
  EACCES: 'may not be read by this user',
  EPERM: 'may not be read by this user',
}

/** Reads at most 1 MiB of UTF-8, also from a pipe (`--config <(…)`), whose size nobody knows beforehand. */
export const readFile: ReadFile = (path) => {
  try {
    const descriptor = openSync(path, 'r')
    try {
      return { text: decode(readBytes(descriptor)), mode: fstatSync(descriptor).mode }
    } finally {
      closeSync(descriptor)
    }
  } catch (error) {
    if (error instanceof CannotRead) throw error
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
    throw new CannotRead(REASONS[code] ?? `cannot be read (${code})`, code === 'ENOENT' || code === 'ENOTDIR')
  }
}

/** Whether the group or everybody can read the file. */
export function othersCanRead({ mode }: FileText): boolean {
  return (mode & OTHERS_CAN_READ) !== 0
}

function readBytes(descriptor: number): Buffer {
  const buffer = Buffer.alloc(MAX_BYTES + 1)
  let length = 0
  for (;;) {
    const count = readSync(descriptor, buffer, length, buffer.length - length, null)
    length += count
    if (length > MAX_BYTES) throw new CannotRead('is larger than 1 MiB')
    if (count === 0) return buffer.subarray(0, length)
  }
}

function decode(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new CannotRead('is not UTF-8 text')
  }
}
