/** What a template can name. Where there is nothing to say the value is absent, and its section left out. */
export const templateNames = [
  'product',
  'licenseId',
  'group',
  'plan',
  'seats',
  'domain',
  'expires',
  'maintenanceUntil',
  'fileName',
  'link',
  'sender',
] as const
export type TemplateName = (typeof templateNames)[number]
export type TemplateValues = Readonly<Partial<Record<TemplateName, string>>>
