import { EXAMPLE_LICENSE_ID, type OperationNote } from '../operation-note.ts'

const invalidPage = {
  when: 'The page is no number from 1',
  code: 'invalid_pagination',
  error: 'invalid pagination: page must be a whole number of 1 or more',
  field: 'page',
} as const

export const licenseNotes = {
  getLicense: {
    description:
      'Downloads a license to save as a file, for a member of the group that owns it. The text is exactly what was signed and is never JSON; its present state (revoked, superseded, expired) is in the headers, because a signed text cannot change. Asked for a group instead of a license id, it answers with a page of that group, which `groups/{groupName}/licenses` does for every name.',
    caller: 'member',
    scope: 'licenses:read',
    failed: 'failed to load license',
    parameters: { identifier: EXAMPLE_LICENSE_ID },
    refusals: {
      blank_id: {
        when: 'The license id is blank',
        code: 'invalid_payload',
        error: 'license id required',
        field: 'identifier',
      },
      bad_page: { ...invalidPage, when: 'Asked for a group, and the page is no number from 1' },
      unknown_license: { when: 'No license has this id', code: 'not_found', error: 'license not found' },
    },
  },
  listGroupLicenses: {
    description:
      "All licenses of a group, newest first, for its members: one entry per paid period, so a subscription's history can be read from it. Trials, expired and revoked licenses are in it, with the reason. Each can be downloaded by its `licenseId`.",
    caller: 'member',
    scope: 'licenses:read',
    failed: 'failed to list licenses',
    parameters: { groupName: 'acme' },
    refusals: {
      bad_page: invalidPage,
      no_name: {
        when: 'No group can have this name',
        code: 'invalid_payload',
        error: 'invalid payload: group must not contain control characters',
        field: 'group',
      },
    },
  },
  issueTrial: {
    description:
      'Gives a group its one trial: a license of a few hours (`trials.duration_hours`) that a member asks for without paying. Asked again while it runs it answers 200 with the same license; afterwards it refuses, unless `trials.cooldown_days` allows another. Emits no event.',
    caller: 'member',
    scope: 'trials:issue',
    failed: 'failed to issue trial',
    parameters: { group: 'acme' },
    refusals: {
      no_domain: {
        when: 'The body names no domain',
        code: 'invalid_payload',
        error: 'invalid payload: domain is required',
        field: 'domain',
      },
      unknown_key: {
        when: 'Nothing can be signed for this product key',
        code: 'invalid_payload',
        error: 'invalid payload: productKey has no signing key',
        field: 'productKey',
      },
      had_one: { when: 'The group has had its trial', code: 'trial_already_issued', error: 'trial already issued' },
    },
  },
  issueLicense: {
    description:
      'Signs a license without a payment: for partners, internal use and purchases that were made elsewhere. With `persist` it is stored, shows up in lists and can be revoked; without it is only signed and answered. An equal license that is still good is answered with 200 instead of being issued twice. Emits no event.',
    caller: 'sysadmin',
    scope: 'licenses:issue',
    failed: 'failed to issue license',
    refusals: {
      no_key: {
        when: 'Several keys can sign and none is named',
        code: 'invalid_payload',
        error: 'invalid payload: productKey is required',
        field: 'productKey',
      },
      past_end: {
        when: 'The end of validity is over',
        code: 'invalid_payload',
        error: 'invalid payload: exp must be in the future',
        field: 'exp',
      },
      sold_out: {
        when: 'The product has no license left',
        code: 'quota_exceeded',
        error: 'non-subscription quota exceeded',
      },
    },
  },
  listProductKeys: {
    description:
      'The product keys for which licenses can be signed, one entry per configured signing key, for forms that let somebody choose one. Never contains key material.',
    caller: 'signed in',
    failed: 'failed to list product keys',
    refusals: {
      operator_license: {
        when: "The operator's own license is not good",
        code: 'operator_license_invalid',
        error: 'operator license is not valid',
      },
    },
  },
  getRevocationList: {
    description:
      'For the product that checks licenses offline: all revoked licenses that are not long expired, signed with the same keys as the licenses. Fetch it from time to time, verify it with `@licenseoperator/signing`, keep the one with the highest number and refuse what it names. Caches may keep it for five minutes; `If-None-Match` makes an unchanged list free.',
    caller: 'anyone',
    failed: 'failed to load revocations',
    refusals: {
      long_key: {
        when: 'The product key is too long to be one',
        code: 'invalid_payload',
        error: 'invalid payload: productKey must have at most 128 character(s)',
        field: 'productKey',
      },
      unknown_key: { when: 'No signing key covers this product key', code: 'not_found', error: 'resource not found' },
    },
  },
} satisfies Record<string, OperationNote>
