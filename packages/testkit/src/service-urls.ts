const howTo = 'run `npm test`, or start services with `npm run services` and export what it prints';

function getUrl(name: 'DATABASE_URL' | 'REDIS_URL'): string {
  const url = process.env[name];
  // A missing service fails and never skips: a test that did not run has shown nothing.
  if (url === undefined || url === '') throw new Error(`${name} is missing: ${howTo}`);
  return url;
}

/** A Postgres server on which tests may create databases. */
export const getDatabaseUrl = (): string => getUrl('DATABASE_URL');

/** A Redis that tests share: each keeps to keys of its own. */
export const getRedisUrl = (): string => getUrl('REDIS_URL');

/** The URL of another database on the same server. */
export function withDatabase(serverUrl: string, name: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}
