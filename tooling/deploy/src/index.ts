export { type Pod, pods } from './pods.ts'
export { type Manifest, render } from './render.ts'
