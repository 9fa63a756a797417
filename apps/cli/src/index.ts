export type { CliContext } from './cli-context.js';
export { runCli } from './run-cli.js';
