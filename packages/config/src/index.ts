export { ConfigError, type ConfigProblem, describeConfigError, EX_CONFIG } from './config-error.ts'
export { describeConfig } from './describe-config.ts'
export { type Config, type LoadedConfig, loadConfig, type SectionName, sectionNames } from './load-config.ts'
export { Secret } from './secret.ts'
