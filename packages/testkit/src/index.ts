export { atEnd } from './at-end.js';
export {
  type ChildExit,
  nodeEnvironment,
  type SpawnOptions,
  spawnNode,
  spawnProcess,
  type TestProcess,
} from './child-process.js';
export { findFreePort } from './free-port.js';
export { HOSTILE_INPUTS, type HostileInput } from './hostile/hostile-inputs.js';
export { type HostileTarget, playHostileInput } from './hostile/play-hostile-input.js';
export { watchEventLoop } from './hostile/watch-event-loop.js';
export { type PostgresServer, startPostgresServer } from './postgres-server.js';
export { createRandom, type Random, withRandom } from './random.js';
export { type RedisCluster, type RedisClusterOptions, startRedisCluster } from './redis-cluster.js';
export { type RedisServer, startRedisServer } from './redis-server.js';
export { type Finding, searchDatabase } from './search-database.js';
export { searchRedis } from './search-redis.js';
export { getDatabaseUrl, getRedisUrl } from './service-urls.js';
export { type ProxyMode, startTcpProxy, type TcpProxy } from './tcp-proxy.js';
export { openTestDatabase, type TestDatabase } from './test-database.js';
export { openTestRedis, type TestRedis } from './test-redis.js';
export { waitFor } from './wait-for.js';
export { type RedisWatch, watchRedis } from './watch-redis.js';
export { expectWithinDocument } from './within-document.js';
