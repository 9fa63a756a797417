import { type Command, InvalidArgumentError } from 'commander';
import { type CliContext, CliError } from '../cli-context.js';
import { toLine, toTroubles } from '../doctor/checks/finding.js';

interface Options {
  json?: true;
  postgresDiskGb?: number;
  redisDiskGb?: number;
}

export function addDoctor(program: Command, context: CliContext): void {
  program
    .command('doctor')
    .description('look at every setting, service and queue, and at what work left behind, and say what to do')
    .option('--json', 'the findings as one JSON document')
    .option('--postgres-disk-gb <size>', 'of the disk of a Postgres on another machine', readSize)
    .option('--redis-disk-gb <size>', 'of the disk of a Redis on another machine', readSize)
    .action(async ({ json: isJson, postgresDiskGb: postgresGb, redisDiskGb: redisGb }: Options) => {
      // Loads what workers are made of: not for the help.
      const { examine } = await import('../doctor/examine.js');
      const findings = await examine(withoutBlanks(context.env), { postgresGb, redisGb });
      const troubles = toTroubles(findings);
      if (isJson === true) context.print(JSON.stringify({ isWell: troubles === null, findings }, null, 2));
      else for (const finding of findings) context.print(toLine(finding));
      if (troubles !== null) throw new CliError(troubles);
      if (isJson !== true) context.print('All is well.');
    });
}

/** As processes read their settings: what is set to nothing counts as not set. */
function withoutBlanks(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value.trim() !== ''));
}

function readSize(value: string): number {
  const size = Number(value);
  if (!(size > 0)) throw new InvalidArgumentError('a size in GB, such as 20.');
  return size;
}
