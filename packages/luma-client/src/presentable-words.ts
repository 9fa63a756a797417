/** Luma's own words may quote what we sent. What an operator reads of them is short and holds no address and no secret. */
const WORDS_MAX = 300;

const HIDDEN: readonly [RegExp, string][] = [
  [/[^\s@<>"'(),;:]+@[^\s@<>"'(),;:]+/g, '<mail>'],
  [/\b(?:secret-|whsec_)[A-Za-z0-9_-]+/g, '<secret>'],
  // Guest keys let their bearer in at the door.
  [/\bg-[A-Za-z0-9]{6,}/g, '<guest key>'],
  [/\bpk=[^\s&"']+/g, 'pk=<guest key>'],
  [/\+?\d[\d\s().-]{7,}\d/g, '<number>'],
];

export function toPresentableWords(words: string, secrets: readonly string[]): string {
  let text = words.replace(/\s+/g, ' ').trim();
  for (const secret of secrets) if (secret !== '') text = text.replaceAll(secret, '<secret>');
  for (const [pattern, replacement] of HIDDEN) text = text.replace(pattern, replacement);
  return text.length > WORDS_MAX ? `${text.slice(0, WORDS_MAX)}…` : text;
}
