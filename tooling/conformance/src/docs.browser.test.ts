import { type Environment, startEnvironment } from '@licenseoperator/demo'
import { launchChromium } from '@licenseoperator/demo/testing'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'

interface Operation {
  readonly summary: string
  readonly description: string
  readonly 'x-codeSamples': readonly { readonly label: string; readonly source: string }[]
}
type Items = Readonly<Record<string, Readonly<Record<string, Operation>>>>

let environment: Environment
let browser: Browser
let description: { readonly paths: Items; readonly webhooks: Items }

beforeAll(async () => {
  environment = await startEnvironment(() => undefined, { ingest: false })
  description = await (await fetch(`${environment.apiUrl}/authlance/license/openapi.json`)).json()
  browser = await launchChromium()
})
afterAll(async () => {
  await browser.close()
  await environment.stop()
})

/** The page, and what it has complained about and asked others for by the time that it is looked at. */
async function openReference(size = { width: 1360, height: 900 }, place = '') {
  const page = await browser.newPage({ viewport: size })
  const complaints: string[] = []
  const foreign: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('request', (request) => {
    const url = new URL(request.url())
    if (url.protocol !== 'data:' && url.origin !== environment.apiUrl) foreign.push(request.url())
  })
  await page.goto(`${environment.apiUrl}/authlance/license/docs${place}`)
  await page.getByRole('heading', { name: 'License Operator', exact: true }).waitFor()
  return { page, expectQuiet: () => expect({ complaints, foreign }).toEqual({ complaints: [], foreign: [] }) }
}

const operationsOf = (items: Items) => Object.values(items).flatMap((methods) => Object.values(methods))
const background = (page: Page) => page.evaluate(() => getComputedStyle(document.body).backgroundColor)

test('every operation and webhook is listed, without a console error and without asking another host', async () => {
  const { page, expectQuiet } = await openReference()
  const entries = (await page.locator('aside a, nav a').allInnerTexts()).map((text) => text.split('\n')[0])
  for (const { summary } of [...operationsOf(description.paths), ...operationsOf(description.webhooks)])
    expect(entries).toContain(summary)
  expectQuiet()
})

test('the search finds an operation, and its place shows what it does, how to ask and each refusal', async () => {
  const { page, expectQuiet } = await openReference()
  await page.keyboard.press('Control+k')
  await page.getByRole('dialog').getByRole('combobox').fill('hosted checkout')
  await page.getByRole('option', { name: 'Start a purchase on the hosted checkout page' }).click()
  await page.waitForURL(/checkout-session/)
  const section = page.locator('[id$="/checkout-session"]').first()
  await section.getByText('Starts a purchase for a group.').waitFor()
  await section.getByText('curl --fail-with-body').waitFor()
  await section.getByRole('tab', { name: '409' }).click()
  await section.getByText('non-subscription quota exceeded').waitFor()
  expectQuiet()
})

test('dark mode turns the page dark, and it stays so', async () => {
  const { page, expectQuiet } = await openReference()
  expect(await background(page)).toBe('rgb(255, 255, 255)')
  await page.getByRole('button', { name: /dark mode|toggle/i }).click()
  await expect.poll(() => background(page)).toBe('rgb(15, 15, 15)')
  await page.reload()
  await expect.poll(() => background(page), { timeout: 20_000 }).toBe('rgb(15, 15, 15)')
  expectQuiet()
})

test('a request that is tried on the page is answered by the service that serves it', async () => {
  const { page, expectQuiet } = await openReference(undefined, '#tag/catalog/GET/authlance/license/products')
  const section = page.locator('[id$="tag/catalog/GET/authlance/license/products"]')
  await section.getByRole('button', { name: 'Test Request' }).click()
  const dialog = page.getByRole('dialog')
  const answered = page.waitForResponse(`${environment.apiUrl}/authlance/license/products`)
  await dialog.getByRole('button', { name: /^Send/ }).first().click()
  expect((await answered).status()).toBe(200)
  await dialog.getByText('200 OK').first().waitFor()
  await dialog.getByText('core-one-off').first().waitFor()
  expectQuiet()
})

test('on a telephone nothing is wider than the screen', async () => {
  const longest = '#tag/licenses/GET/authlance/license/{identifier}'
  for (const place of ['', longest]) {
    const { page, expectQuiet } = await openReference({ width: 390, height: 800 }, place)
    await page
      .locator('header, main')
      .getByText(place === '' ? 'Introduction' : 'A license by its id')
      .first()
      .waitFor()
    expect(await page.evaluate(() => document.documentElement.scrollWidth), place).toBe(390)
    expectQuiet()
  }
})
