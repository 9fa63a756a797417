import { toNormalForm } from '@luma-sync/domain';

/** Capitals, accents, punctuation and spaces are written differently on both sides without meaning anything. */
export function toPlainName(title: string): string {
  const plain = toNormalForm(title, 'NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
  // A name of signs alone is compared as it is.
  return plain === '' ? title.trim() : plain;
}
