import { choosePorts } from './dev-ports.ts'
import { type Environment, startEnvironment } from './environment.ts'
import { EMULATOR_SEED, MAINTENANCE_LOOKUP_KEY, seedExamples, seedStripe } from './seed-examples.ts'
import { startStorefront } from './storefront.ts'

/** Everything that `pnpm dev` starts. */
export interface Dev {
  readonly environment: Environment
  readonly storefrontUrl: string
  stop(): Promise<void>
}

/**
 * Starts the environment on the ports of `dev`, with what the examples of the description name, and a storefront that sells in it.
 *
 * @param say  progress, a line at a time
 */
export async function startDev(say: (line: string) => void): Promise<Dev> {
  const ports = await choosePorts(say)
  const storefrontUrl = `http://127.0.0.1:${ports.storefront}`
  let customerId = ''
  const environment = await startEnvironment(say, {
    ports,
    endsWithUs: true,
    emulatorSeed: EMULATOR_SEED,
    onEmulator: async (emulator) => {
      customerId = await seedStripe(emulator)
    },
    settings: {
      server: { cors_allowed_origins: [storefrontUrl] },
      stripe: {
        root_app_url: storefrontUrl,
        frontend_base_path: '',
        maintenance_price_lookup_key: MAINTENANCE_LOOKUP_KEY,
      },
    },
  })
  try {
    say('examples and storefront')
    await seedExamples(environment, customerId)
    const storefront = await startStorefront({ port: ports.storefront, environment })
    const stop = async () => {
      await storefront.stop()
      await environment.stop()
    }
    return { environment, storefrontUrl, stop }
  } catch (error) {
    await environment.stop()
    throw error
  }
}
