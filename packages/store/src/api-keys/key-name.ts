/** Names under which luma-sync itself acts; a key with one of them would make its deeds look like those. */
const RESERVED = [
  'bootstrap',
  'cli',
  'environment',
  'luma',
  'luma-sync',
  'operator',
  'schedule',
  'system',
  'webhook',
  'webhook.watch',
];

const NAME = /^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,59}$/u;

/** @returns why a key cannot have this name, or null when it can. */
export function findNameProblem(name: string): 'malformed' | 'reserved' | null {
  if (!NAME.test(name) || name.trim() !== name) return 'malformed';
  return RESERVED.includes(name.toLowerCase().normalize('NFKC')) ? 'reserved' : null;
}
