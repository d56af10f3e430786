/** The version the emulator's objects are built in: the one the installed SDK sends. */
export const pinnedVersion = '2026-10-28.endive'

/** Versions an endpoint may be pinned to; older ones are rendered from the pin by `webhooks/render-event.ts`. */
export const eventVersions: readonly string[] = [pinnedVersion, '2025-08-27.basil', '2025-02-24.acacia']
