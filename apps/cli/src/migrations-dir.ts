import { fileURLToPath } from 'node:url';

/** Where the migrations lie beside this app, in the repository and in the image. */
export const MIGRATIONS_DIR = fileURLToPath(new URL('../../../prisma/migrations', import.meta.url));
