/**
 * Luma's own words may quote what we sent. What an operator reads of them is short and holds no address and no secret.
 */
const WORDS_MAX = 300;
/**
 * What is hidden is replaced by something shorter: so much is looked at. The rest may be a megabyte, and is never read.
 */
const READ_MAX = 4_000;
/** The end of what is looked at may be half an address or half a key, which no pattern knows. */
const CUT_IN_TWO_MAX = 300;

const HIDDEN: readonly [RegExp, string][] = [
  // From the beginning of a word on only: trying each place within it would take quadratic time.
  [/(?<![^\s@<>"'(),;:])[^\s@<>"'(),;:]+@[^\s@<>"'(),;:]+/g, '<mail>'],
  [/\b(?:secret-|whsec_)[A-Za-z0-9_-]+/g, '<secret>'],
  // Guest keys let their bearer in at the door.
  [/\bg-[A-Za-z0-9]{6,}/g, '<guest key>'],
  [/\bpk=[^\s&"']+/g, 'pk=<guest key>'],
  [/\+?\d[\d\s().-]{7,}\d/g, '<number>'],
];

export function toPresentableWords(words: string, secrets: readonly string[]): string {
  let text = cut(words.trim()).replace(/\s+/g, ' ').trim();
  for (const secret of secrets) if (secret !== '') text = text.replaceAll(secret, '<secret>');
  for (const [pattern, replacement] of HIDDEN) text = text.replace(pattern, replacement);
  return text.length > WORDS_MAX ? `${text.slice(0, WORDS_MAX)}…` : text;
}

/** Cut first, then matched: at the last space that is surely before anything that was cut in two. */
function cut(words: string): string {
  if (words.length <= READ_MAX) return words;
  const whole = words.slice(0, READ_MAX - CUT_IN_TWO_MAX);
  const end = whole.lastIndexOf(' ');
  return end === -1 ? '' : `${whole.slice(0, end)} …`;
}
