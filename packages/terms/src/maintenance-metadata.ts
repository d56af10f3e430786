import { z } from 'zod'

/** What a maintenance checkout writes into its session and payment intent. `license_type` is compared without regard to case. */
export const MaintenanceMetadata = z.object({
  license_type: z
    .string()
    .transform((type) => type.toLowerCase())
    .pipe(z.literal('maintenance_renewal')),
  original_license_id: z.string().min(1),
})

/** True when the session pays for maintenance of a license and not for a license. */
export function isMaintenance(metadata: Readonly<Record<string, string>>): boolean {
  return metadata.license_type?.toLowerCase() === 'maintenance_renewal'
}
