import { loadVerificationKey, verifyLicense } from '@licenseoperator/signing'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchChromium } from '../testing/launch-chromium.ts'
import { download, IssuedEvents, startCheckout } from './buy.ts'
import { type Environment, startEnvironment } from './environment.ts'

let environment: Environment
let browser: Browser
let events: IssuedEvents

beforeAll(async () => {
  environment = await startEnvironment(() => undefined)
  events = await IssuedEvents.subscribe(environment.stack.natsUrl, 'licenseoperator.license.issued')
  browser = await launchChromium()
})

afterAll(async () => {
  await browser.close()
  await events.close()
  await environment.stop()
})

async function openPage(url: string) {
  const page = await browser.newPage()
  const foreign: string[] = []
  const problems: string[] = []
  page.on('request', (request) => {
    const { hostname } = new URL(request.url())
    if (hostname !== '127.0.0.1' && hostname !== 'shop.example') foreign.push(request.url())
  })
  page.on('pageerror', (error) => problems.push(error.message))
  // Where the shop would be there is nothing to load in a test.
  await page.route('https://shop.example/**', (route) =>
    route.fulfill({ status: 200, contentType: 'text/html', body: '<title>shop</title>' }),
  )
  await page.goto(url)
  return { page, foreign, problems }
}

async function fillIn(page: Awaited<ReturnType<typeof openPage>>['page'], card: string) {
  // The shop knows the customer's address, so the page shows it and does not let it be changed.
  expect(await page.getByLabel('Email').inputValue()).toBe('ada@acme.example')
  await page.getByLabel('Name', { exact: true }).fill('Ada Lovelace')
  await page.getByLabel('Card number').fill(card)
  await page.getByLabel(/expir/i).fill('12 / 34')
  await page.getByLabel(/cvc/i).fill('123')
  await page
    .getByRole('button', { name: /pay|subscribe|start/i })
    .first()
    .click()
}

test('a declined card is said so and the session stays open; with a good card the customer gets a license', async () => {
  const session = await startCheckout(environment, { lookupKey: 'core', managedProducts: 5 })
  const { page, foreign, problems } = await openPage(session.url)
  await fillIn(page, '4000000000000002')
  await expect
    .poll(() =>
      page
        .getByText(/declined/i)
        .first()
        .isVisible(),
    )
    .toBe(true)

  await fillIn(page, '4242424242424242')
  await page.waitForURL(/shop\.example/)
  expect(new URL(page.url()).searchParams.get('session_id')).toBe(session.sessionId)
  const event = await events.next(30_000)
  const verdict = verifyLicense(await download(environment, event.licenseId), loadVerificationKey(environment.publicKeyPem))
  expect(verdict).toMatchObject({ status: 'valid', license: { group: 'acme', seats: 5 } })
  expect(foreign).toEqual([])
  expect(problems).toEqual([])

  const again = await openPage(session.url)
  await expect
    .poll(() =>
      again.page
        .getByText(/already|complete/i)
        .first()
        .isVisible(),
    )
    .toBe(true)
})
