import { isUuid } from '@luma-sync/domain';

/** Postgres refuses to compare a uuid column with anything else. */
export const asUuid = (key: string): string | null => (isUuid(key) ? key : null);
