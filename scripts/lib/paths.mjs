import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/**
 * All that the scripts write: databases, logs, notes on running processes. Ignored by git, safe to delete when nothing
 * runs.
 */
export const dataDir = process.env.LUMA_SYNC_DATA_DIR || join(root, '.data');
export const logsDir = join(dataDir, 'logs');
export const runsDir = join(dataDir, 'runs');
export const locksDir = join(dataDir, 'locks');
export const toolsDir = join(dataDir, 'tools');

export const inRoot = (...parts) => join(root, ...parts);
