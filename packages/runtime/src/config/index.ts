export { describeIssue } from '../input/describe-issue.js';
export { ConfigError, type ConfigProblem } from './config-error.js';
export { type Environment, environment } from './environment.js';
export { parseConfig } from './parse-config.js';
export { findProblemsBetween } from './problems-between.js';
