/** What `--version` prints, in the form of the `licenseoperator` command: `licenseoperator-api/0.1.0 linux-x64 node-v26.9.0`. */
export function programLine(program: string, release: string): string {
  return `${program}/${release} ${process.platform}-${process.arch} node-${process.version}`
}
