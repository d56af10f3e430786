import { z } from 'zod'
import { optionalLeaf, Wrong } from './leaf.ts'
import { readCertificates, readClientKey } from './pem.ts'
import { Secret } from './secret.ts'

/** What encrypts a connection beyond the authorities that this machine trusts. */
export interface TlsFiles {
  /** Authorities that are trusted instead of the machine's, PEM. */
  readonly ca: string | undefined
  /** The client certificate, PEM. */
  readonly cert: string | undefined
  readonly key: Secret | undefined
}

/** Certificates of a connection; `undefined` where nothing is set. */
export const tlsFiles = z
  .object(
    { ca: optionalLeaf(readCertificates), cert: optionalLeaf(readCertificates), key: optionalLeaf(readClientKey) },
    'must be a map',
  )
  .prefault({})
  .transform(({ ca, cert, key }): TlsFiles | undefined =>
    ca === undefined && cert === undefined && key === undefined ? undefined : { ca, cert, key },
  )

/** The text of a NATS credentials file: a user's JWT and its seed. */
export const natsCredentials = optionalLeaf((value) =>
  typeof value === 'string' && /BEGIN NATS USER JWT-+[^-]+-+END/.test(value) && /BEGIN USER NKEY SEED-+[^-]+-+END/.test(value)
    ? new Secret(value.trim())
    : new Wrong('must be the text of a NATS credentials file'),
)

/** The seed of a user's NKey. Only the form: the client judges its checksum. */
export const natsSeed = optionalLeaf((value) =>
  typeof value === 'string' && /^SU[A-Z2-7]{56}$/.test(value.trim())
    ? new Secret(value.trim())
    : new Wrong('must be the seed of a NATS user, SU… and 58 characters long'),
)
