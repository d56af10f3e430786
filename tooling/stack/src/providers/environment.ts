/** The servers that the environment names. @returns their addresses, or the reason why there are none */
export function environmentAddresses(): { mysqlDsn: string; natsUrl: string; providerDetail: string } | string {
  const { LICENSEOPERATOR_MYSQL_DSN: mysqlDsn = '', LICENSEOPERATOR_NATS_URL: natsUrl = '' } = process.env
  if (mysqlDsn === '' || natsUrl === '') return 'LICENSEOPERATOR_MYSQL_DSN and LICENSEOPERATOR_NATS_URL are not both set'
  return { mysqlDsn, natsUrl, providerDetail: 'mysql and nats named by the environment' }
}
