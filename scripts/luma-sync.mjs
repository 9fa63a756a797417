#!/usr/bin/env node
/** The commands behind `npm run …`. Needs nothing but Node: everything else is found, installed or started from here. */
import { commands } from './lib/commands.mjs';
import { isHelp, toHelp } from './lib/help.mjs';
import { reportFailure, say, UserError } from './lib/steps.mjs';

// Whoever read our output may stop reading; what was started still has to be stopped in order.
process.stdout.on('error', () => {});

const [name = '', ...args] = process.argv.slice(2);
try {
  const command = commands[name];
  if (command === undefined)
    throw new UserError(`unknown command "${name}"; there are: ${Object.keys(commands).join(', ')}`);
  const help = isHelp(args) ? toHelp(name) : null;
  if (help !== null) say(help);
  else process.exitCode = await command(args.filter((arg) => arg !== '--'));
} catch (error) {
  reportFailure(error);
  process.exitCode = 1;
}
