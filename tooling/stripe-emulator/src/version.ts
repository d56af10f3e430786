/** The package's version, as its package.json has it (a test compares them): the bundle lies elsewhere than the source. */
export const version = '0.1.0'
