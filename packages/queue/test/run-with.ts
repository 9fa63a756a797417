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

/** One run of an operation that nothing remembers. */
export async function runWith({ handler, job = 'event.push', operation = {}, ledger = {}, deps = {} }: RunWith) {
  const warnings: string[] = [];
  const quiet = (): void => {};
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
    log: { debug: quiet, info: quiet, warn: (_fields, message) => void warnings.push(message), error: quiet },
    settings: DEFAULT_RUN_SETTINGS,
    shutdown: new AbortController().signal,
    ...deps,
  });
  return { result, warnings };
}
