import { expect, test } from 'vitest'
import { announcedBytes } from './download-progress.ts'

test("the size of a download is the sum of what apt announces, whatever is in the packages' names", () => {
  const uris = [
    "'http://deb.debian.org/debian/pool/main/n/nats-server/nats-server_2.15.1-1_amd64.deb' nats-server_2.15.1-1_amd64.deb 7000100 SHA256:00",
    "'http://deb.debian.org/debian/pool/main/libz/libzstd/libzstd1_1%3a1.5.7-1_amd64.deb' libzstd1_1%3a1.5.7-1_amd64.deb 23 SHA256:11",
    '',
  ].join('\n')
  expect(announcedBytes(uris)).toBe(7_000_123)
})
