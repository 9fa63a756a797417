export { ConfigError, type ConfigProblem } from './config/config-error.js';
export { type Environment, environment, logLevels } from './config/environment.js';
export { parseConfig } from './config/parse-config.js';
export { findProblemsBetween } from './config/problems-between.js';
export { base64Key, decimal, flag, httpUrl, secret, text, urlWith } from './config/variables.js';
export { type HealthServer, type HealthServerOptions, startHealthServer } from './health/health-server.js';
export { isTokenGiven } from './health/metrics-token.js';
export {
  type CheckResult,
  checkReadiness,
  PublicProblem,
  type Readiness,
  type ReadinessCheck,
} from './health/readiness.js';
export { runMain } from './lifecycle/run-main.js';
export { type GiveUp, type RunUntilSignalOptions, runUntilSignal } from './lifecycle/run-until-signal.js';
export { Shutdown, type ShutdownLog, type ShutdownOptions } from './lifecycle/shutdown.js';
export { TimeLimitError, withTimeLimit } from './lifecycle/time-limit.js';
export { createLogger, type Logger, type LoggerOptions } from './log/logger.js';
export { scrub, scrubText } from './log/scrub.js';
export { createMetrics, type Metrics } from './metrics/metrics.js';
