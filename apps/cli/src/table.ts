import { toVisibleLine } from '@luma-sync/domain';

/** Columns as wide as their widest cell, two spaces apart. */
export function toTable(headings: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const lines = [headings, ...rows.map((row) => row.map(toVisibleLine))];
  const widths = headings.map((_, column) => Math.max(...lines.map((line) => (line[column] ?? '').length)));
  return lines.map((line) =>
    line
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** `2027-01-05 18:00:00`, UTC. */
export const toMoment = (at: Date | null): string => at?.toISOString().slice(0, 19).replace('T', ' ') ?? '-';
