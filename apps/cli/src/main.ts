#!/usr/bin/env node
import { scrubText } from '@luma-sync/runtime/log/scrub';
import { runCli } from './run-cli.js';

process.exitCode = await runCli(process.argv.slice(2), {
  env: process.env,
  print: (line) => console.log(line),
  printError: (line) => console.error(scrubText(line)),
});
