#!/usr/bin/env node
/**
 * The commands behind `npm run …`. Needs nothing but Node: everything else is found, installed or started from here.
 */
import { join } from 'node:path';
import { isHelp, toHelp } from './lib/help.mjs';
import { provideNode } from './lib/node/fetch-node.mjs';
import { runWith } from './lib/node/run-with.mjs';
import { isOlder, oldestNode, toVersion } from './lib/node/version.mjs';
import { dataDir } from './lib/paths.mjs';
import { reportFailure, say, UserError } from './lib/steps.mjs';

// The reader of our output may stop reading; what was started still has to be stopped in order.
process.stdout.on('error', () => {});

const [name = '', ...args] = process.argv.slice(2);
try {
  const help = isHelp(args) ? toHelp(name) : null;
  if (help !== null) say(help);
  else if (isOlder(toVersion(process.versions.node), oldestNode()))
    process.exitCode = await runWith(await provideNode(), process.argv.slice(1));
  else process.exitCode = await runCommand();
} catch (error) {
  reportFailure(error);
  process.exitCode = 1;
}

async function runCommand() {
  // Every process that is started from here finds compiled code there, and is up sooner.
  process.env.NODE_COMPILE_CACHE ??= join(dataDir, 'compile-cache');
  // Loaded here: the commands may use what an older Node does not have.
  const { commands } = await import('./lib/commands.mjs');
  const command = commands[name];
  if (command === undefined) {
    throw new UserError(`unknown command "${name}"; there are: ${Object.keys(commands).join(', ')}`);
  }
  return command(args.filter((arg) => arg !== '--'));
}
