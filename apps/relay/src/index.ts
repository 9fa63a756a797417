export { type RelayEnvironment, relayEnvironment } from './config.js';
export { type RunningRelay, startRelay } from './start-relay.js';
