/** What a shop is configured with. */
export const settings = {
  rootAppUrl: 'https://shop.example',
  successBaseUrl: undefined,
  frontendBasePath: '',
  requireGroupName: true,
  automaticTax: false,
  defaultSubscriptionSlug: undefined,
  defaultOneOffSlug: undefined,
  defaultTermDays: 365,
  defaultTrialDays: 0,
}
