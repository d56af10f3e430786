export { ConfigError, describeConfigError, EX_CONFIG } from './config-error.ts'
export { configTemplate } from './config-template.ts'
export { cronSchedule } from './cron.ts'
export { type Config, type LoadedConfig, loadConfig, type SectionName, sectionNames } from './load-config.ts'
