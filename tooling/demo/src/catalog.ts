/** A one-off product with a term and a total cap, and a subscription priced by seats: as they would stand in the configuration file. */
export const demoCatalog = [
  {
    slug: 'core-one-off',
    name: 'Core, one year',
    type: 'one_off',
    plan: 'core',
    product_key: 'core_one_off',
    currency: 'usd',
    unit_amount: 21_900,
    term_duration_days: 365,
    max_license_total: 1000,
  },
  {
    slug: 'core',
    name: 'Core subscription',
    type: 'subscription',
    plan: 'core',
    product_key: 'core',
    pricing_mode: 'tiered',
    currency: 'usd',
    unit_amount: 9900,
    base_amount: 9900,
    billing_interval: 'year',
    max_managed_products: 50,
    pricing_tiers: [
      { upper_bound: 3, amount: 9900 },
      { upper_bound: 6, amount: 12_000 },
      { upper_bound: 10, amount: 24_900 },
      { factor: 0.225, per_unit: true },
    ],
  },
]
