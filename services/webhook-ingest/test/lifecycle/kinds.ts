// Of billing, which proves its rules with it; tests outside this repository find it here.
export * from '@licenseoperator/billing/testing'
