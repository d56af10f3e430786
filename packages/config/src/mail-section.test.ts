import { expect, test } from 'vitest'
import { aFile, load, problemsOf } from './testing/a-config.ts'

const whole = { host: 'smtp.acme.test', from: 'licenses@acme.test' }
const withMail = (mail: object, nats = {}) => ({ ...aFile(), nats: { url: 'nats://localhost:4222', ...nats }, mail })
const pathsOf = (mail: object) => problemsOf(withMail(mail)).map(({ path, message }) => `${path}: ${message}`)

test('nothing is asked for where there is no server', () => {
  expect(load(aFile()).config.mail.host).toBeUndefined()
  expect(load(withMail({ secure: 'starttls', locale: 'en', from: 'a@acme.test' })).warnings).toEqual([
    'mail.host: is empty, so no mail is sent',
  ])
})

test('a server needs a sender, and a user a password', () => {
  expect(pathsOf(whole)).toEqual([])
  expect(pathsOf({ host: whole.host })).toEqual(['mail.from: is required: mail.host is set'])
  expect(pathsOf({ ...whole, user: 'x' })).toEqual(['mail.password: is required: user and password go together'])
  expect(pathsOf({ ...whole, password: 'x' })).toEqual(['mail.user: is required: user and password go together'])
})

test('a password is not sent unencrypted', () => {
  expect(pathsOf({ ...whole, user: 'x', password: 'y', secure: 'none' })).toEqual([
    'mail.secure: must not be none where a password is sent',
  ])
})

test('the password comes from a file, and prints as a secret', () => {
  const { config } = load(withMail({ ...whole, user: 'x', password_file: 'smtp' }), {
    others: { '/etc/licenseoperator/smtp': 'pw\n' },
  })
  expect(config.mail.password?.reveal()).toBe('pw')
  expect(JSON.stringify(config.mail)).not.toContain('pw')
})

test('what is allowed and seldom meant is a warning', () => {
  expect(load(withMail({ ...whole, secure: 'none' })).warnings).toEqual(['mail.secure: none sends licenses unencrypted'])
  expect(load(withMail({ ...whole, host: '127.0.0.1', secure: 'none' })).warnings).toEqual([])
  expect(load(withMail(whole, { license_issued_retention: 'workqueue' })).warnings).toEqual([
    'nats.license_issued_retention: workqueue admits one consumer, and mail is it',
  ])
})
