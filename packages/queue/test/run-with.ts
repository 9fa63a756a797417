import { type ClaimedOperation, type JobContext, type Outcome, toJobError } from '@luma-sync/jobs';
import { DEFAULT_RUN_SETTINGS, type Ledger, type RunDeps, type RunResult, runOperation } from '../src/index.js';
import { carefreeLedger } from './carefree-ledger.js';

export interface RunWith {
  handler: (ctx: JobContext) => Promise<Outcome>;
  job?: string;
  operation?: Partial<ClaimedOperation>;
  ledger?: Partial<Ledger>;
  deps?: Partial<RunDeps>;
}

export interface LogLine {
  level: 'debug' | 'info' | 'warn' | 'error';
  message: string;
  [field: string]: unknown;
}

/** One run of an operation that nothing remembers. */
export async function runWith({ handler, job = 'event.push', operation = {}, ledger = {}, deps = {} }: RunWith) {
  const lines: LogLine[] = [];
  const at =
    (level: LogLine['level']) =>
    (fields: object, message: string): void =>
      void lines.push({ level, message, ...fields });
  const id = crypto.randomUUID();
  const result: RunResult = await runOperation(id, 'process/run', {
    ledger: {
      ...carefreeLedger,
      begin: async (run) => {
        const begun = await carefreeLedger.begin(run);
        return begun.kind === 'begun' ? { ...begun, operation: { ...begun.operation, job, ...operation } } : begun;
      },
      ...ledger,
    },
    handlers: { [job]: (_payload, ctx) => handler(ctx) },
    classify: toJobError,
    log: { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') },
    settings: DEFAULT_RUN_SETTINGS,
    shutdown: new AbortController().signal,
    ...deps,
  });
  const messagesAt = (level: LogLine['level']) =>
    lines.filter((line) => line.level === level).map(({ message }) => message);
  return { result, lines, warnings: messagesAt('warn'), errors: messagesAt('error') };
}
