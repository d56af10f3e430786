import { type ChildProcess, spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { loadVerificationKey, verifyLicense } from '@licenseoperator/signing'
import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { launchChromium } from '../testing/launch-chromium.ts'

let browser: Browser
let child: ChildProcess | undefined
beforeAll(async () => {
  browser = await launchChromium()
})
afterAll(() => browser.close())
afterEach(() => {
  child?.kill('SIGKILL')
})

const script = fileURLToPath(new URL('./dev.ts', import.meta.url))
/** As `npm run` does it: in a shell that passes no signal on. */
const inShell = ['sh', '-c', `"${process.execPath}" "${script}"; exit $?`] as const

/** `dev` as a terminal starts it, and what it printed once everything runs. */
async function startDev(
  command: readonly string[] = [process.execPath, script],
): Promise<{ dev: ChildProcess; printed: string }> {
  const [program = '', ...args] = command
  const dev = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'], detached: true })
  child = dev
  let printed = ''
  await new Promise<void>((resolve, reject) => {
    dev.stdout?.setEncoding('utf8').on('data', (text: string) => {
      printed += text
      if (printed.includes('Ctrl-C ends everything.')) resolve()
    })
    dev.once('exit', () => reject(new Error(`dev ended: ${printed}`)))
  })
  return { dev, printed }
}

/** Everybody who descends from a process, as the kernel knows them. */
function descendants(pid: number): number[] {
  const parents = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => ({ pid: Number(name), parent: parentOf(Number(name)) }))
  const below = (one: number): number[] =>
    parents.filter(({ parent }) => parent === one).flatMap((found) => [found.pid, ...below(found.pid)])
  return below(pid)
}

/** Of a process that has just gone there is none. */
function parentOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return state === 'Z' ? undefined : Number(parent)
  } catch {
    return undefined
  }
}

const addressesIn = (printed: string) => printed.match(/(?<=^ {4}.*)\b127\.0\.0\.1:\d+/gm) ?? []
const line = (printed: string, name: string) => new RegExp(`^ *${name} +(\\S+)$`, 'm').exec(printed)?.[1] ?? ''

test('a customer buys with the mouse and holds a license; Ctrl-C leaves no process', async () => {
  const { dev, printed } = await startDev()
  const context = await browser.newContext({ viewport: { width: 390, height: 800 } })
  const page = await context.newPage()
  const problems: string[] = []
  page.on('pageerror', (error) => problems.push(error.message))
  page.on('requestfailed', (request) => problems.push(request.url()))

  await page.goto(line(printed, 'storefront'))
  await page.locator('.card', { hasText: 'Core, one year' }).getByRole('button', { name: 'Buy' }).click()
  await page.getByLabel('Name', { exact: true }).fill('Ada Lovelace')
  await page.getByLabel('Card number').fill('4242 4242 4242 4242')
  await page.getByLabel(/expir/i).fill('12 / 34')
  await page.getByLabel(/cvc/i).fill('123')
  await page.getByRole('button', { name: /pay/i }).first().click()
  await page.getByRole('heading', { name: 'Here is your license' }).waitFor()
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390)

  const downloading = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Download license' }).click()
  const download = await downloading
  expect(download.suggestedFilename()).toBe(`${await page.locator('#id').textContent()}.lic`)
  const folder = /configuration +(\S+)\/config\.yaml/.exec(printed)?.[1] ?? ''
  const key = loadVerificationKey(readFileSync(`${folder}/demo.pub.pem`, 'utf8'))
  expect(verifyLicense(readFileSync(await download.path(), 'utf8'), key)).toMatchObject({
    status: 'valid',
    license: { group: 'acme', productKey: 'core_one_off' },
  })
  expect(problems).toEqual([])

  await page.goto(line(printed, 'Stripe emulator'))
  await page.getByLabel(/token/i).fill(line(printed, 'its token'))
  await page.getByRole('button').first().click()
  await page.getByText('Advance time').first().waitFor()
  await context.close()

  // What a terminal does: everybody in its foreground gets the signal.
  await expectAllGone(dev, () => process.kill(-(dev.pid ?? 0), 'SIGINT'))
})

test('the addresses are those of the last start; a closed terminal, SIGTERM and even SIGKILL leave no process', async () => {
  const runs: string[] = []
  const direct = [process.execPath, script]
  const ends: [command: readonly string[], end: (dev: ChildProcess) => void][] = [
    [
      direct,
      (dev) => {
        dev.stdout?.destroy()
        process.kill(-(dev.pid ?? 0), 'SIGHUP')
      },
    ],
    // Of the shell, which is what whoever ends `pnpm dev` by its id ends.
    [inShell, (dev) => dev.kill('SIGTERM')],
    [direct, (dev) => dev.kill('SIGKILL')],
  ]
  for (const [command, end] of ends) {
    const { dev, printed } = await startDev(command)
    runs.push(printed)
    await expectAllGone(dev, () => end(dev))
  }
  const undisturbed = runs.filter((printed) => !printed.includes('is taken')).map((printed) => addressesIn(printed))
  for (const addresses of undisturbed) expect(addresses).toEqual(undisturbed[0])
})

async function expectAllGone(dev: ChildProcess, end: () => void): Promise<void> {
  const all = [dev.pid ?? 0, ...descendants(dev.pid ?? 0)]
  // Emulator, api and ingest, MySQL and NATS behind a process each.
  expect(all.length).toBeGreaterThanOrEqual(6)
  end()
  await expect.poll(() => all.filter((pid) => parentOf(pid) !== undefined), { timeout: 30_000 }).toEqual([])
}
