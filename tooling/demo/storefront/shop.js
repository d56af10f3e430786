import { ask, session, showProblem } from './operator.js'

try {
  for (const product of await (await ask('products')).json()) show(product)
} catch (error) {
  showProblem(error)
}

function show(product) {
  const card = document.querySelector('#product').content.cloneNode(true)
  const tiered = product.pricingMode === 'tiered'
  card.querySelector('h2').textContent = product.name
  const price = card.querySelector('.price')
  price.append(money(product.unitAmount, product.currency), small(` ${product.interval ? `per ${product.interval}` : 'once'}`))
  if (tiered) price.prepend(small('from '))
  for (const feature of product.features) {
    const item = document.createElement('li')
    item.textContent = feature
    card.querySelector('.features').append(item)
  }
  const seats = card.querySelector('input')
  seats.closest('label').hidden = !tiered
  seats.max = product.maxManagedProducts ?? 1_000_000
  card.querySelector('form').addEventListener('submit', (event) => {
    event.preventDefault()
    void buy(event.target, { lookupKey: product.slug, ...(tiered ? { managedProducts: Number(seats.value) } : {}) })
  })
  document.querySelector('#products').append(card)
}

/** Opens a checkout and goes to the page on which it is paid. */
async function buy(form, order) {
  const button = form.querySelector('button')
  button.disabled = true
  showProblem()
  try {
    const group = { organizationName: session.group, organizationLongName: 'Acme Inc.', cookieDomain: '.acme.example' }
    const { url } = await (await ask('payments/api/v1/checkout-session', { ...order, ...group })).json()
    location.assign(url)
  } catch (error) {
    showProblem(error)
    button.disabled = false
  }
}

function money(minor, currency) {
  const format = new Intl.NumberFormat('en', { style: 'currency', currency })
  return format.format(minor / 10 ** format.resolvedOptions().maximumFractionDigits)
}

function small(text) {
  const element = document.createElement('small')
  element.textContent = text
  return element
}

// Back from the payment page a browser shows this page as it was left.
addEventListener('pageshow', () => {
  for (const button of document.querySelectorAll('button')) button.disabled = false
})
