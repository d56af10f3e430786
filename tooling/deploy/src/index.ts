export { type Pod, pods } from './pods.ts'
export { configuration, type Manifest, render } from './render.ts'
