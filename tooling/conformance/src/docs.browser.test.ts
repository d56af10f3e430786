import { type Environment, startEnvironment } from '@licenseoperator/demo'
import { launchChromium } from '@licenseoperator/demo/testing'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'

let environment: Environment
let browser: Browser

beforeAll(async () => {
  environment = await startEnvironment(() => undefined, { ingest: false })
  browser = await launchChromium()
})
afterAll(async () => {
  await browser.close()
  await environment.stop()
})

test('the reference page lists every operation, without a console error and without asking another host', async () => {
  const page = await browser.newPage()
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
  await page.goto(`${environment.apiUrl}/authlance/license/docs`)
  await page.waitForSelector('.opblock')
  const description: { paths: Record<string, Record<string, { summary: string }>> } = await (
    await fetch(`${environment.apiUrl}/authlance/license/openapi.json`)
  ).json()
  const described = Object.entries(description.paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, { summary }]) => `${method.toUpperCase()} ${path} ${summary}`),
  )
  const shown = await page.locator('.opblock').evaluateAll((blocks) =>
    blocks.map((block) => {
      const text = (selector: string) => block.querySelector(selector)?.textContent?.replaceAll('\u200b', '').trim() ?? ''
      return `${text('.opblock-summary-method')} ${text('.opblock-summary-path')} ${text('.opblock-summary-description')}`
    }),
  )
  expect(shown.toSorted()).toEqual(described.toSorted())

  // Interactive: it asks the very service that serves it.
  const block = page.locator('#operations-Catalog-listPublicProducts')
  await block.locator('.opblock-summary-control').click()
  await block.getByRole('button', { name: 'Try it out' }).click()
  await block.getByRole('button', { name: 'Execute' }).click()
  await block.locator('.live-responses-table .response-col_status', { hasText: '200' }).waitFor()
  expect({ complaints, foreign }).toEqual({ complaints: [], foreign: [] })
})
