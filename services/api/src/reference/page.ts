/** The reference page. Its three files are ours, so the path works behind whatever host serves it. */
export const referencePage = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>License Operator API</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
</head>
<body><div id="reference"></div>
<noscript>This page needs JavaScript. The same is said, for programs, by <a href="openapi.json">openapi.json</a>.</noscript>
<script src="docs/reference.js"></script>
<script src="docs/start.js"></script>
</body>
</html>
`

const configuration = {
  url: 'openapi.json',
  theme: 'default',
  layout: 'modern',
  // Nothing of the page may come from or go to anybody else: no fonts, no proxy for requests, no telemetry, no assistant, no registry.
  withDefaultFonts: false,
  proxyUrl: '',
  telemetry: false,
  agent: { disabled: true },
  mcp: { disabled: true },
  hideClientButton: true,
  showDeveloperTools: 'never',
  // A token that was typed in is forgotten with the page.
  persistAuth: false,
  // The description's own samples are the ones that are tested.
  hiddenClients: true,
  defaultOpenAllTags: true,
  documentDownloadType: 'direct',
  orderSchemaPropertiesBy: 'preserve',
  orderRequiredPropertiesFirst: false,
  customCss: `
    :root { --scalar-font: system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; --scalar-font-code: ui-monospace, "SF Mono", Menlo, Consolas, monospace; }
    /* The name of the place in the head of a narrow screen would else be wider than it. */
    span.flex-1.text-sm.font-medium.whitespace-nowrap { min-width: 0; overflow: hidden; text-overflow: ellipsis; }
  `,
}

export const referenceStart = `Scalar.createApiReference('#reference', ${JSON.stringify(configuration, undefined, 2)})
`
