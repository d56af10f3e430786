import { html } from 'hono/html'

export type Html = ReturnType<typeof html>

const style = `
:root { color-scheme: light dark; --ink: #1a1f36; --muted: #59617a; --line: #d5dbe6; --card: #fff; --ground: #f3f5f9; --accent: #4b45c6; --bad: #b3093c; }
@media (prefers-color-scheme: dark) { :root { --ink: #eef0f7; --muted: #a9b1c6; --line: #3a4158; --card: #1d2233; --ground: #12151f; --accent: #8f8bff; --bad: #ff8fa8; } }
* { box-sizing: border-box; }
body { margin: 0; font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--ground); }
.test { background: #ffde92; color: #3d2c00; text-align: center; padding: .4rem 1rem; font-weight: 600; }
main { max-width: 62rem; margin: 2rem auto; padding: 0 1rem; display: grid; gap: 2rem; grid-template-columns: repeat(auto-fit, minmax(19rem, 1fr)); align-items: start; }
section { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 1.5rem; }
h1 { font-size: 1.25rem; margin: 0 0 1rem; } h2 { font-size: 1rem; margin: 1.5rem 0 .5rem; }
table { width: 100%; border-collapse: collapse; } td, th { padding: .4rem 0; text-align: left; vertical-align: top; } td + td { padding-left: .9rem; } td.n, th.n { text-align: right; white-space: nowrap; }
tfoot td, tfoot th { border-top: 1px solid var(--line); }
label { display: block; font-weight: 600; margin: .9rem 0 .25rem; } fieldset { border: 1px solid var(--line); border-radius: 8px; margin: 1rem 0; padding: .75rem 1rem 1rem; } legend { font-weight: 600; padding: 0 .4rem; }
fieldset label.choice { font-weight: 400; margin: .3rem 0; display: flex; gap: .5rem; align-items: baseline; }
input:not([type=radio]), select { width: 100%; padding: .6rem .7rem; font: inherit; color: inherit; background: var(--ground); border: 1px solid var(--line); border-radius: 8px; }
input[aria-invalid=true] { border-color: var(--bad); } .row { display: grid; grid-template-columns: 1fr 1fr; gap: 0 1rem; }
button { font: inherit; font-weight: 600; width: 100%; margin-top: 1.25rem; padding: .75rem; border: 0; border-radius: 8px; background: var(--accent); color: #fff; cursor: pointer; }
@media (prefers-color-scheme: dark) { button { color: #12151f; } }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.error { border: 1px solid var(--bad); color: var(--bad); border-radius: 8px; padding: .6rem .9rem; margin: 0 0 1rem; } .muted { color: var(--muted); font-size: .9rem; } code { font-size: .92em; white-space: nowrap; } a { color: var(--accent); }
`

/** A page of the emulator: no script, nothing from elsewhere, and a line that says it is a test. */
export function layout(title: string, body: Html): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <link rel="icon" href="data:," />
        <title>${title}</title>
        <style>${style}</style>
      </head>
      <body>
        <div class="test" role="note">Test page of the local Stripe emulator: no real money moves</div>
        <main>${body}</main>
      </body>
    </html>`
}

/** Sent with every page: even a mistake in it loads and runs nothing. */
export const pageHeaders = {
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; img-src data:",
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
}

/** Minor units as people read them. */
export function money(amount: number, currency: string): string {
  const format = new Intl.NumberFormat('en', { style: 'currency', currency })
  return format.format(amount / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2))
}
