/** Text that is safe to put into a page. Only `html` makes it. */
export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

type Piece = string | number | null | undefined | Html | Html[];

/** A template whose values are escaped, unless they are `Html` themselves. */
export function html(strings: TemplateStringsArray, ...values: Piece[]): Html {
  return new Html(strings.reduce((text, part, index) => `${text}${toText(values[index - 1])}${part}`));
}

function toText(value: Piece): string {
  if (value instanceof Html) return value.text;
  if (Array.isArray(value)) return value.map((item) => item.text).join('');
  return String(value ?? '').replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}

const STYLE = `
  :root { color-scheme: light dark; --line: color-mix(in srgb, currentColor 15%, transparent); --soft: color-mix(in srgb, currentColor 60%, transparent); }
  body { font: 15px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem; }
  h1 { font-size: 1.4rem; margin: 0 0 .25rem; } h2 { font-size: 1.05rem; margin: 2rem 0 .5rem; }
  p.note, .soft { color: var(--soft); }
  table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
  th, td { text-align: left; padding: .3rem .6rem .3rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
  th { font-weight: 600; color: var(--soft); font-size: .85rem; }
  td.num, th.num { text-align: right; }
  code { font-size: .9em; }
  .bad { color: #c62828; font-weight: 600; } .good { color: #2e7d32; }
  .cards { display: flex; flex-wrap: wrap; gap: .75rem; margin: 1rem 0; }
  .card { border: 1px solid var(--line); border-radius: .5rem; padding: .5rem .9rem; min-width: 8rem; }
  .card b { display: block; font-size: 1.3rem; }
  details { border-bottom: 1px solid var(--line); padding: .4rem 0; } summary { cursor: pointer; }
  iframe { width: 100%; height: 24rem; border: 1px solid var(--line); border-radius: .5rem; background: #fff; margin: .5rem 0; }
`;

/** A whole page. Reads itself anew every few seconds when asked, so that one can watch. */
export function page(title: string, body: Html, refreshSeconds: number | null): string {
  const refresh = refreshSeconds === null ? html`` : html`<meta http-equiv="refresh" content="${refreshSeconds}">`;
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport"
  content="width=device-width"><title>${title}</title>${refresh}
<style>${new Html(STYLE)}</style></head><body>${body}</body></html>`.text;
}

/** A number under its name. */
export const card = (name: string, value: string | number, kind = ''): Html =>
  html`<div class="card"><b class="${kind}">${value}</b>${name}</div>`;
