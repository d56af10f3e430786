/**
 * Which file may import which, beyond what `turbo boundaries` says of packages: no circles of files or folders, and the rows of floors. Imports of
 * types count: a type that two files need from each other belongs in a file of its own.
 */

/** From the ground up: a folder imports itself and the floors before it; the files beside the folders stand on all of them. */
const emulatorFloors = [
  'schema', // what each route takes and answers, generated from the SDK's declarations
  'core', // the store and its types, clock, ids, forms, errors, switches, faults: no resource, no rule of one
  'webhooks', // events, their versions and signatures, delivery
  'customers', // who pays and with what
  'catalog', // what is sold: products, prices, discounts, amounts
  'billing', // subscriptions, invoices, payments, refunds, disputes, time
  'checkout', // sessions
  'resources', // one file per resource of the API: its routes
  'server', // a request from bytes to bytes
  'pages', // what a browser sees
  'control', // the control API
]

const catalogAdminFloors = [
  'parts', // what a bundle consists of
  'sync', // our catalog at Stripe
  'admin', // what an administrator changes, which is told to Stripe
  'config-file', // what the file changes, as an administrator would
]

const checkoutFloors = [
  'session', // one order: its price, its holds, its session at Stripe
  'maintenance', // a year more for a license
  'portal', // the customer's own door to Stripe
]

const billingFloors = [
  'failures', // what an error means to whoever is on call
  'handling', // what an event handler is and what becomes of an event
  'maintenance', // until when a license is maintained
  'lifecycle', // what ends, comes back or is disputed
  'purchase', // what is paid for, and the license it brings
  'events', // what each event does; its way from bytes to an outcome
  'webhook-endpoint', // where Stripe sends them
  'reconcile', // Stripe's books against ours
]

/**
 * Rules that make a row of the folders of `root`.
 *
 * @param {string} root  path from the repository's root, without a slash at its end
 * @param {readonly string[]} floors  its folders, from the ground up
 */
function rowOf(root, floors) {
  const inFloors = (names) => `^${root}/(${names.join('|')})/`
  return [
    ...floors.map((floor, index) => ({
      name: `floor-${root.split('/')[1]}-${floor}`,
      comment: `${root}/${floor} imports only what lies below it in the row of floors.`,
      severity: 'error',
      from: { path: inFloors([floor]) },
      to: { path: `^${root}/`, pathNot: inFloors(floors.slice(0, index + 1)) },
    })),
    {
      name: `floor-${root.split('/')[1]}-unknown`,
      comment: `Every folder of ${root} has its place in the row of floors.`,
      severity: 'error',
      from: { path: `^${root}/[^/]+/`, pathNot: inFloors(floors) },
      to: {},
    },
  ]
}

export default {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-circular-folders', severity: 'error', scope: 'folder', from: {}, to: { circular: true } },
    {
      name: 'not-to-unresolvable',
      comment: 'What is not found is not judged. The client of tooling/conformance imports what is generated when it runs.',
      severity: 'error',
      from: { pathNot: '^tooling/conformance/client/' },
      to: { couldNotResolve: true },
    },
    {
      name: 'sources-know-no-tests',
      comment:
        'What is shipped knows neither the emulator nor the stack nor what tests share; the tests of a package may use them.',
      severity: 'error',
      from: { path: '^(packages|services)/[^/]+/src/' },
      to: { path: '^(tooling/|packages/[^/]+/testing/)' },
    },
    ...rowOf('packages/catalog-admin/src', catalogAdminFloors),
    ...rowOf('packages/checkout/src', checkoutFloors),
    ...rowOf('packages/billing/src', billingFloors),
    ...rowOf('tooling/stripe-emulator/src', emulatorFloors),
  ],
  options: {
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    // Nobody imports a test, so none is in a circle; one beside its source may use helpers of `test/`, which use the source.
    exclude: { path: ['\\.test\\.ts$', '(^|/)dist/'] },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  },
}
