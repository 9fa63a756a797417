import {
  benchBudget,
  benchBulkhead,
  benchHostile,
  benchMemory,
  benchRecovery,
  benchRsvpLatency,
  benchText,
} from './commands/bench.mjs';
import { canary } from './commands/canary.mjs';
import { chaos } from './commands/chaos.mjs';
import { check, checkSchema, compile, format, imports, lint, regexes, types, unused } from './commands/check.mjs';
import { demo } from './commands/demo.mjs';
import { lumaFacts } from './commands/luma-facts.mjs';
import { migrate, newMigration } from './commands/migrate.mjs';
import { services } from './commands/services.mjs';
import { simulate } from './commands/simulate.mjs';
import { simulateBudget } from './commands/simulate-budget.mjs';
import { start } from './commands/start.mjs';
import { test } from './commands/test.mjs';
import { testOne, testUnit } from './commands/test-one.mjs';

/** Every command takes its arguments and answers with the exit code. `npm run` calls them by these names. */
export const commands = {
  demo,
  test,
  'test:unit': testUnit,
  'test:one': testOne,
  start,
  services,
  build: compile,
  format,
  lint,
  types,
  imports,
  regexes,
  unused,
  check,
  'check:schema': checkSchema,
  migrate,
  'migration:new': newMigration,
  'bench:budget': benchBudget,
  simulate,
  'bench:memory': benchMemory,
  'bench:recovery': benchRecovery,
  'bench:text': benchText,
  'bench:hostile': benchHostile,
  'bench:bulkhead': benchBulkhead,
  'bench:rsvp-latency': benchRsvpLatency,
  'simulate:budget': simulateBudget,
  chaos,
  canary,
  'luma:facts': lumaFacts,
};
