export { atEnd } from './at-end.js';
export { getDatabaseUrl, getRedisUrl } from './service-urls.js';
export { openTestDatabase, type TestDatabase } from './test-database.js';
export { openTestRedis, type TestRedis } from './test-redis.js';
export { waitFor } from './wait-for.js';
