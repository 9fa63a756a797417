import { existsSync, readdirSync } from 'node:fs';
import { join, sep } from 'node:path';

/** TypeScript files in a folder, without those that are generated. */
export function listSources(dir) {
  if (!existsSync(dir)) return [];
  return readdirSync(dir, { recursive: true })
    .map((file) => join(dir, file))
    .filter((file) => /\.tsx?$/.test(file) && !file.includes(`${sep}generated${sep}`));
}
