/** A record with all its answers is well below that; what is longer is cut, and read anew when it matters. */
const BYTES_MAX = 16_384;
const TEXT_MAX = 500;
const LIST_MAX = 50;
const DEPTH_MAX = 8;

export interface KeptRaw {
  raw: unknown;
  /** False: cut, so that reading it again would tell nothing. */
  isWhole: boolean;
}

/** A record as Luma sent it, in a bounded size. */
export function toKeptRaw(raw: unknown): KeptRaw {
  const text = JSON.stringify(raw) ?? 'null';
  if (text.length <= BYTES_MAX) return { raw: JSON.parse(text), isWhole: true };
  const cut = cutDown(raw, 0);
  return { raw: (JSON.stringify(cut) ?? '').length <= BYTES_MAX ? cut : null, isWhole: false };
}

function cutDown(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return value.length > TEXT_MAX ? `${value.slice(0, TEXT_MAX)}…` : value;
  if (typeof value !== 'object' || value === null) return value;
  if (depth === DEPTH_MAX) return '…';
  if (Array.isArray(value)) return value.slice(0, LIST_MAX).map((item) => cutDown(item, depth + 1));
  const fields = Object.entries(value).slice(0, LIST_MAX);
  return Object.fromEntries(fields.map(([key, item]) => [key.slice(0, TEXT_MAX), cutDown(item, depth + 1)]));
}
