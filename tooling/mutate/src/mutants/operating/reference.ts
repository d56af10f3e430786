import type { Mutant } from '../../mutant.ts'

const refusals = ['services/api/test/contract/described-refusals.test.ts']
const described = ['services/api/test/openapi.test.ts']
const samples = ['tooling/conformance/src/described-examples.test.ts']

export const referenceMutants: readonly Mutant[] = [
  {
    rule: 'a refusal is shown as it is answered, to the letter',
    file: 'services/api/src/reference/notes/licenses.ts',
    find: "error: 'trial already issued'",
    put: "error: 'a trial was already issued'",
    tests: refusals,
  },
  {
    rule: 'a refusal is answered as it is shown, to the letter',
    file: 'packages/checkout/src/session/resolve-checkout.ts',
    find: "'is not a valid coupon'",
    put: "'is no valid coupon'",
    tests: refusals,
  },
  {
    rule: 'a code that an operation answers is among its examples',
    file: 'services/api/src/reference/notes/licenses.ts',
    find: `      blank_id: {
        when: 'The license id is blank',
        code: 'invalid_payload',
        error: 'license id required',
        field: 'identifier',
      },
`,
    put: '',
    tests: ['services/api/test/contract/get-license.test.ts'],
  },
  {
    rule: 'every refusal that a route declares has an example',
    file: 'services/api/src/reference/refusal-examples.ts',
    find: "    too_large: { when: 'The body is too large', code: 'payload_too_large', error: 'payload too large' },\n",
    put: '',
    tests: described,
  },
  {
    rule: 'the event that is shown is the one whose license is shown',
    file: 'services/api/src/reference/describe-webhooks.ts',
    find: 'licenseText: exampleLicense.text,',
    put: "licenseText: 'a license',",
    tests: described,
  },
  {
    rule: 'scripts of the reference page come from us alone',
    file: 'services/api/src/routes/docs.ts',
    find: "script-src 'self';",
    put: "script-src 'self' 'unsafe-inline';",
    tests: ['services/api/test/contract/docs.test.ts'],
  },
  {
    rule: 'a quote in a body does not end the command of a sample',
    file: 'services/api/src/reference/code-samples.ts',
    find: "`'${text.replaceAll(\"'\", \"'\\\\''\")}'`",
    put: "`'${text}'`",
    tests: ['services/api/src/reference/code-samples.test.ts'],
  },
  {
    rule: 'the customer whom the examples name is there in dev',
    file: 'tooling/demo/src/seed-examples.ts',
    find: "'the examples of the description'",
    put: "'some other seed'",
    tests: samples,
  },
]
