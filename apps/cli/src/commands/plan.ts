import { JobError, orgBackfill, SLOT_WAIT_MS } from '@luma-sync/jobs';
import { type LumaAccess, openLumaAccess } from '@luma-sync/luma-access';
import { connectRedis, disconnectRedis } from '@luma-sync/queue';
import { createLogger, environment, parseConfig } from '@luma-sync/runtime';
import {
  type BackfillPlanRecord,
  type BackfillStepRecord,
  type BackfillStore,
  createBackfillStore,
  createEventSyncStore,
  type Database,
  type EventSyncStore,
  enqueueOperation,
  listBackfillQuestions,
  listCalendars,
  openDatabase,
  openKeyring,
  type QuestionRecord,
} from '@luma-sync/store';
import { DEFAULT_LOOK_BACK_MS, makePlan } from '@luma-sync/sync';
import { type Command, InvalidArgumentError } from 'commander';
import { type CliContext, CliError } from '../cli-context.js';
import { toMoment, toTable } from '../table.js';

/** A long list within a spent budget takes its time; a person does not wait for ever. */
const PLAN_WITHIN_MS = 10 * 60_000;
/** A plan compares page by page; a command runs nothing side by side. */
const POOL_MAX = 4;
/** As a plan holds at most; a longer table is nothing a person reads. */
const STEPS_SHOWN = 1_000;

export function addPlan(program: Command, context: CliContext): void {
  program
    .command('plan')
    .description('show what connecting a calendar would do: every request, and what it costs')
    .argument('<calendar>', 'its name or id')
    .option('--starts-after <moment>', 'compare events that start then or later; by default two days ago', readMoment)
    .option('--apply', 'let the workers carry the plan out')
    .action(async (calendar: string, options: { startsAfter?: Date; apply?: boolean }) => {
      await withParts(context, async (parts) => {
        const calendarId = await findCalendarId(parts, calendar);
        const plan = await plannedOf(parts, calendarId, options.startsAfter);
        await show(plan, parts, context);
        if (options.apply === true) await apply(plan, parts, context);
      });
    });
}

const planSettings = environment.pick({
  DATABASE_URL: true,
  REDIS_URL: true,
  REDIS_KEY_PREFIX: true,
  ENCRYPTION_KEY: true,
  LUMA_API_BASE_URL: true,
  LUMA_RATE_LIMIT_PER_MINUTE: true,
  LUMA_RATE_LIMIT_HEADROOM: true,
});

interface PlanParts {
  db: Database;
  luma: LumaAccess;
  events: EventSyncStore;
  backfills: BackfillStore;
}

async function withParts(context: CliContext, work: (parts: PlanParts) => Promise<void>): Promise<void> {
  const config = parseConfig(planSettings, context.env);
  const keyring = openKeyring(config.ENCRYPTION_KEY);
  const db = openDatabase({ url: config.DATABASE_URL, poolMax: POOL_MAX, applicationName: 'luma-sync-cli' });
  const redis = connectRedis(config.REDIS_URL, 'failing', 'luma-sync-cli');
  const log = createLogger({ app: 'cli', level: 'silent' });
  try {
    const luma = openLumaAccess({ db, redis, keyring, config, log });
    await work({ db, luma, events: createEventSyncStore(db), backfills: createBackfillStore(db) });
  } catch (error) {
    if (error instanceof JobError) throw new CliError(`${error.message} (${error.code}; see docs/failure-modes.md)`);
    throw error;
  } finally {
    await disconnectRedis(redis);
    await db.$disconnect();
  }
}

async function findCalendarId({ db }: PlanParts, nameOrId: string): Promise<string> {
  const calendars = await listCalendars(db, { kind: 'luma' });
  const found = calendars.find(({ id, name }) => id === nameOrId.toLowerCase() || name === nameOrId);
  if (found !== undefined) return found.id;
  const names = calendars.map(({ name }) => `"${name}"`).join(', ');
  throw new CliError(`there is no calendar "${nameOrId}" at Luma; there ${names === '' ? 'is none' : `are: ${names}`}`);
}

async function plannedOf(parts: PlanParts, calendarId: string, since: Date | undefined): Promise<BackfillPlanRecord> {
  const now = new Date();
  const startsAfter = since ?? new Date(now.getTime() - DEFAULT_LOOK_BACK_MS);
  const call = {
    signal: AbortSignal.timeout(PLAN_WITHIN_MS),
    priority: 'bulk' as const,
    maxWaitMs: SLOT_WAIT_MS,
  };
  const account = await parts.luma.accounts.open(calendarId);
  const planned = await makePlan(account, { startsAfter, now }, parts, call);
  const perMinute = await parts.luma.requestsPerMinute(calendarId);
  return parts.backfills.storePlan({ ...planned, calendarId, startsAfter, actor: 'cli', perMinute });
}

async function show(plan: BackfillPlanRecord, parts: PlanParts, { print }: CliContext): Promise<void> {
  const steps = await parts.backfills.listSteps(plan.id, { after: null, limit: STEPS_SHOWN });
  print(`${plan.compared} events compared, those that start before ${toMoment(plan.startsAfter)} left out.`);
  if (steps.length > 0) {
    const rows = steps.map((step) => [step.kind, step.eventId ?? '-', step.lumaEventId ?? '-', toWhy(step), '']);
    const withRequests = steps.flatMap((step, index) => [
      rows[index] ?? [],
      ...step.requests.map((request) => ['', '', '', '', request]),
    ]);
    for (const line of toTable(['do', 'our event', 'Luma’s', 'because', 'request'], withRequests)) print(line);
  }
  const questions = await listBackfillQuestions(parts.db, {
    calendarId: plan.calendarId,
    state: 'open',
    limit: STEPS_SHOWN,
  });
  if (questions.length > 0) {
    print('');
    print('To be answered first, by POST /v1/backfill-questions/{id}/answer; nothing is done with these until then:');
    for (const line of toTable(['question', 'our event', 'Luma’s', 'because'], questions.map(toQuestionRow)))
      print(line);
  }
  const minutes = Math.ceil((plan.requests / plan.perMinute) * 10) / 10;
  print('');
  print(`Plan ${plan.id}: ${plan.requests} requests, ${minutes} minutes of the budget (${plan.perMinute} a minute).`);
}

async function apply({ id, calendarId }: BackfillPlanRecord, { db }: PlanParts, { print }: CliContext): Promise<void> {
  const payload = { calendarId, planId: id, apply: true, startsAfter: null };
  const operation = await enqueueOperation(db, orgBackfill, payload, { trigger: 'manual', actor: 'cli', calendarId });
  print(`Carried out by operation ${operation.id}, unless the world changes before.`);
}

const WHY: Record<string, string> = {
  answer: 'somebody said so',
  slug: 'the address is made from our id',
  time_and_name: 'same start and name',
};

function toWhy({ kind, matchedBy, sends, takes, mergesEventId }: BackfillStepRecord): string {
  if (kind === 'create') return 'Luma does not have it';
  if (kind === 'import') return 'we do not have it';
  const words = [WHY[matchedBy ?? ''] ?? 'matched'];
  if (sends.length > 0) words.push(`sends ${sends.join(', ')}`);
  if (takes.length > 0) words.push(`takes ${takes.join(', ')}`);
  if (mergesEventId !== null) words.push('one record of two');
  return words.join('; ');
}

const REASONS: Record<string, string> = {
  several_fit: 'more than one fits',
  near_in_time: 'same name, another start',
  like_name: 'same start, a name like it',
};

function toQuestionRow({ id, eventId, event, lumaEventId, reason }: QuestionRecord): string[] {
  return [id, event.externalId ?? eventId, lumaEventId, REASONS[reason] ?? reason];
}

function readMoment(value: string): Date {
  const at = new Date(value);
  if (Number.isNaN(at.getTime()))
    throw new InvalidArgumentError('not a moment, such as 2026-01-31 or 2026-01-31T18:00Z.');
  return at;
}
