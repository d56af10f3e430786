export { ConfigError, describeConfigError, EX_CONFIG } from './config-error.ts'
export { cronSchedule } from './cron.ts'
export { describeConfig } from './describe-config.ts'
export { type Config, loadConfig, type SectionName, sectionNames } from './load-config.ts'
