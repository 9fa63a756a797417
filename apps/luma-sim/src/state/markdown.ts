/**
 * What Luma makes of a description. It turns Markdown into its own format and back (seen live), so what is read is not
 * what was sent: rules become `***`, links are rewritten, blank paragraphs hold a zero-width space, trailing blanks go.
 * Sending the result again changes nothing more.
 */

const ZERO_WIDTH_SPACE = '\u200b';
/** One pass may make room for another; two have always been enough, the bound is for what nobody thought of. */
const PASSES_MAX = 10;

export function throughLumaEditor(markdown: string): string {
  let text = markdown;
  for (let pass = 0; pass < PASSES_MAX; pass += 1) {
    const next = onePass(text);
    if (next === text) return next;
    text = next;
  }
  return text;
}

function onePass(markdown: string): string {
  const lines = markdown.replace(/\r\n?/g, '\n').split('\n').map(oneLine);
  return (
    lines
      .join('\n')
      // A paragraph of nothing is kept as one that holds a zero-width space.
      .replace(/\n{3,}/g, `\n\n${ZERO_WIDTH_SPACE}\n\n`)
      .replace(/^\n+|(?<!\n)\n+$/g, '')
  );
}

function oneLine(line: string): string {
  // A run of blanks is tried from its beginning alone: from each place within it would take quadratic time.
  const text = line.replace(/(?<![ \t])[ \t]+$/, '');
  if (/^ {0,3}([-_*])( *\1){2,} *$/.test(text)) return '***';
  return (
    text
      .replace(/^(\s*)[*+] (?=\S)/, '$1- ')
      .replace(/__(?=\S)([^_]+)__/g, '**$1**')
      // `<https://…>` becomes a link with its own address as text.
      .replace(/<(https?:\/\/[^\s<>()[\]]+)>/g, '[$1]($1)')
      .replace(/\]\((https?:\/\/[^\s()]+)\)/g, (_match, url: string) => `](${rewriteUrl(url)})`)
  );
}

/** A parser takes quadratic time to write a long international host name in ASCII. */
const URL_MAX = 2_000;

/** As a URL parser prints it: a bare host gets its slash, letters that need it are escaped. */
function rewriteUrl(url: string): string {
  if (url.length > URL_MAX) return url;
  try {
    return new URL(url).href;
  } catch {
    return url;
  }
}

/** The plain-text `description` beside `description_md`. */
export function toPlainText(markdown: string): string {
  return markdown
    .replaceAll(ZERO_WIDTH_SPACE, '')
    .replace(/\[([^\][]*)\]\([^)(]*\)/g, '$1')
    .replace(/^(#{1,6} |- |> |\*\*\*$)/gm, '')
    .replace(/\*\*|`/g, '')
    .trim();
}
