import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { scratchFolder } from '../../test/scratch-folder.ts'
import { type CheckoutState, readState, removeState, writeState } from './checkout-state.ts'

const common = { providerDetail: 'mysql 9.7.4, nats 2.15.1', ports: { mysql: 20001, nats: 20002 } }
const native: CheckoutState = {
  ...common,
  provider: 'debian',
  mysql: { pid: 11, startTime: '100' },
  nats: { pid: 12, startTime: '101' },
}
const docker: CheckoutState = { ...common, provider: 'docker', containers: { mysql: 'aa', nats: 'bb' } }

test.each([native, docker])('state of $provider is read as it was written', (state) => {
  const folder = scratchFolder()
  writeState(folder, state)
  expect(readState(folder)).toEqual(state)
  removeState(folder)
  expect(readState(folder)).toBeUndefined()
})

test.each([
  ['nothing', ''],
  ['half of it', JSON.stringify(native).slice(0, 40)],
  ['null', 'null'],
  ['no processes', JSON.stringify({ ...common, provider: 'debian' })],
  ['no containers', JSON.stringify({ ...common, provider: 'docker' })],
  ['a process number as text', JSON.stringify({ ...native, mysql: { pid: '11', startTime: '100' } })],
  ['an unknown provider', JSON.stringify({ ...native, provider: 'podman' })],
])('a file with %s is no state', (_what, content) => {
  const folder = scratchFolder()
  writeFileSync(join(folder, 'state.json'), content)
  expect(readState(folder)).toBeUndefined()
})
