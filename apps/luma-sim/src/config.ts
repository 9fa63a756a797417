import { z } from 'zod';
import { changeSettings, settingsSchema } from './settings.js';

const port = z.coerce.number().int().min(0).max(65_535);
const json = z.string().transform((text, ctx): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    ctx.addIssue({ code: 'custom', message: 'Invalid JSON' });
    return z.NEVER;
  }
});

/** Environment of the simulator. All of it has a default: it runs as it is. */
const environmentSchema = z.object({
  HOST: z.string().default('127.0.0.1'),
  PORT: port.default(0),
  MAILBOX_PORT: port.default(0),
  SIM_CALENDAR_ID: z.string().min(1).optional(),
  SIM_API_KEY: z.string().min(1).optional(),
  SIM_SEED: z.coerce.number().int().nonnegative().default(1),
  SIM_BUDGET_LIMIT: z.coerce.number().int().positive().default(200),
  SIM_BUDGET_WINDOW_MS: z.coerce.number().int().positive().default(60_000),
  SIM_BUDGET_LOCKOUT_MS: z.coerce.number().int().nonnegative().default(60_000),
  /** File that keeps the state from one start to the next. Without it the state ends with the process. */
  SIM_STATE_FILE: z.string().optional(),
  /** Any other setting, as JSON: `{"webhooks":{"lossProbability":0.05}}`. */
  SIM_SETTINGS: json.pipe(z.record(z.string(), z.record(z.string(), z.unknown()))).optional(),
});

export type SimConfig = z.output<typeof environmentSchema> & { settings: unknown };

export type ConfigResult = { ok: true; config: SimConfig } | { ok: false; problems: string[] };

/** Reads the environment; names every problem at once. */
export function readConfig(env: Record<string, string | undefined>): ConfigResult {
  // An empty variable is one that was not set: compose files write them so.
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = environmentSchema.safeParse(given);
  const problems = parsed.success
    ? []
    : parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  if (!parsed.success) return { ok: false, problems };
  const {
    SIM_BUDGET_LIMIT: limit,
    SIM_BUDGET_WINDOW_MS: windowMs,
    SIM_BUDGET_LOCKOUT_MS: lockoutMs,
    SIM_SETTINGS,
  } = parsed.data;
  const settings = {
    ...SIM_SETTINGS,
    budget: { rules: [{ methods: 'all', limit, windowMs }], lockoutMs, ...SIM_SETTINGS?.budget },
  };
  try {
    changeSettings(settingsSchema.parse({}), settings);
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error;
    return {
      ok: false,
      problems: error.issues.map((issue) => `SIM_SETTINGS.${issue.path.join('.')}: ${issue.message}`),
    };
  }
  return { ok: true, config: { ...parsed.data, settings } };
}
