/** No way to get a MySQL and a NATS was found. The message lists the choices and why each was not taken. */
export class StackUnavailable extends Error {
  override readonly name = 'StackUnavailable'

  constructor(reasons: readonly string[]) {
    super(
      [
        'no MySQL and NATS to work with. Any one of these helps:',
        '  - set LICENSEOPERATOR_MYSQL_DSN and LICENSEOPERATOR_NATS_URL to running servers',
        '  - install mysqld (8.0.19 or newer, not MariaDB) and nats-server (2.10 or newer) on PATH',
        '  - start a Docker engine',
        '  - use a Debian or Ubuntu host with apt-get: nothing is installed, packages are unpacked into a cache folder',
        'What was tried:',
        ...reasons.map((reason) => `  - ${reason}`),
      ].join('\n'),
    )
  }
}
