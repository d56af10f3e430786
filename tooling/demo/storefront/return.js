import { ask, session, showProblem } from './operator.js'

const ASK_EVERY_MS = 700
const place = (id) => document.querySelector(`#${id}`)
const sessionId = new URLSearchParams(location.search).get('session_id')

if (sessionId === null) location.replace('/')
else await waitForLicense()

/** The customer has paid when they come here, and Stripe tells the operator on its own: all there is to do is to ask until the license is there. */
async function waitForLicense() {
  for (;;) {
    try {
      const licenseId = await licenseOf(sessionId)
      showProblem()
      if (licenseId !== undefined) return await show(licenseId)
    } catch (error) {
      if (error.code === 'expired') return giveUp()
      showProblem(error)
    }
    await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS))
  }
}

/** @returns {Promise<string | undefined>} the license that the session paid for, once it is there */
async function licenseOf(id) {
  try {
    const state = await (await ask(`payments/api/v1/checkout-sessions/${encodeURIComponent(id)}`)).json()
    if (state.status === 'expired') throw Object.assign(new Error('the checkout has expired'), { code: 'expired' })
    return state.licenseId
  } catch (error) {
    // Operators of an earlier release do not know the question: their newest licenses say what they were bought with.
    if (error.code !== 'not_found') throw error
    const { items } = await (await ask(`groups/${encodeURIComponent(session.group)}/licenses?pageSize=5`)).json()
    for (const { licenseId } of items) {
      const { license } = await (await ask(`payments/api/v1/verify-payment/${licenseId}`)).json()
      if (license.stripeCheckoutId === id) return licenseId
    }
    return undefined
  }
}

async function show(licenseId) {
  const text = await (await ask(licenseId)).text()
  const { items } = await (await ask(`groups/${encodeURIComponent(session.group)}/licenses?pageSize=100`)).json()
  const license = items.find((one) => one.licenseId === licenseId)
  place('state').textContent = 'License issued'
  place('state').classList.add('done')
  place('title').textContent = 'Here is your license'
  place('lead').textContent =
    'Save the file beside your installation. It is in your list of licenses too, whenever you need it again.'
  place('id').textContent = licenseId
  place('plan').textContent = license?.plan ?? ''
  place('until').textContent = license === undefined ? '' : new Date(license.exp).toLocaleDateString('en', { dateStyle: 'long' })
  place('group').textContent = session.group
  place('text').textContent = text
  place('download').addEventListener('click', () => save(`${licenseId}.lic`, text))
  place('license').hidden = false
}

function giveUp() {
  place('state').hidden = true
  place('title').textContent = 'Nothing was bought'
  place('lead').textContent = 'The payment page was open for too long. Nothing was paid; start again from the shop.'
}

function save(name, text) {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([text], { type: 'text/plain' }))
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
}
