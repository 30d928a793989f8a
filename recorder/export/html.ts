/** Pieces of HTML pages that stand alone: nothing from people gets into markup, and nothing is fetched. */
import { hash } from 'node:crypto';

export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

/** JSON that may stand inside a script: no `</script>` and no `<!--` can arise in it. */
export function scriptJson(value: unknown): string {
  return JSON.stringify(value)
    .replaceAll('<', '\\u003c')
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029');
}

export interface Page {
  readonly language: string;
  readonly title: string;
  /** Markup; texts in it are escaped already. */
  readonly body: string;
  readonly script?: string;
}

const STYLE = `body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#111;background:#fff}
table{border-collapse:collapse;width:100%;margin:1rem 0}th,td{border:1px solid #bbb;padding:.3rem .5rem;text-align:left;vertical-align:top}
code{overflow-wrap:anywhere;font-size:.85em}.good{color:#065f2c;font-weight:bold}.bad{color:#a30000;font-weight:bold}
button,input{font:inherit;padding:.4rem .8rem;margin:.2rem 0}
@media(prefers-color-scheme:dark){body{color:#eee;background:#161616}.good{color:#6ee7a0}.bad{color:#ff9d9d}}
`;

/** A whole page whose policy allows its own style and script and nothing else, no network above all. */
export function htmlPage({ language, title, body, script }: Page): string {
  const source = (text: string) => `'sha256-${hash('sha256', text, 'base64')}'`;
  const scripts = script === undefined ? "'none'" : source(script);
  const policy = `default-src 'none'; script-src ${scripts}; style-src ${source(STYLE)}; base-uri 'none'; form-action 'none'`;
  return `<!doctype html>
<html lang="${escapeHtml(language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escapeHtml(policy)}">
<meta name="viewport" content="width=device-width,initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
${body}
${script === undefined ? '' : `<script>${script}</script>\n`}</body>
</html>
`;
}
