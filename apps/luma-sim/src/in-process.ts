import { ArrivalBudget } from './budget.js';
import type { Clock } from './clock.js';
import { SimControl } from './control/control.js';
import { DocumentCheck } from './document-check.js';
import { Faults } from './faults.js';
import { ApiError } from './http-error.js';
import type { Parts } from './parts.js';
import { seededRandom } from './random.js';
import { RequestLog } from './request-log.js';
import { calendarRoutes } from './routes/calendars.js';
import { eventTagRoutes } from './routes/event-tags.js';
import { eventRoutes } from './routes/events.js';
import { guestRoutes } from './routes/guests.js';
import { Images } from './routes/images.js';
import { changeSettings, type SimSettingsInput, settingsSchema } from './settings.js';
import { World } from './state/world.js';
import { WebhookSender } from './webhooks/sender.js';

export interface InProcessOptions {
  clock: Clock;
  seed: number;
  settings?: SimSettingsInput;
  /** Given everything Luma would send a webhook for, as the body it would have. */
  announce: (type: string, body: string) => void;
}

export interface InProcessRequest {
  method: string;
  path: string;
  /** As it stands in a URL: text, or a list of it. */
  query: Record<string, string | string[]>;
  /** As parsed from JSON; undefined for a GET. */
  body: unknown;
}

/** The played Luma without sockets: one calendar, the present routes, and a clock of the caller's. */
export interface InProcessLuma {
  calendarId: string;
  control: SimControl;
  world: World;
  /** Status and JSON text, as a server would answer. Never throws for what Luma would refuse. */
  answer(request: InProcessRequest): { status: number; text: string };
}

const ROUTES = new Map(
  [...calendarRoutes, ...eventTagRoutes, ...eventRoutes, ...guestRoutes].map((route) => [
    `${route.method} ${route.path}`,
    route,
  ]),
);

/** @throws {z.ZodError} for settings that do not exist. */
export function playLumaInProcess({ clock, seed, settings = {}, announce }: InProcessOptions): InProcessLuma {
  const random = seededRandom(seed);
  const chosen = changeSettings(settingsSchema.parse({}), settings);
  const parts: Parts = {
    clock,
    settings: chosen,
    world: new World({
      clock,
      random,
      settings: () => parts.settings,
      announce: (_calendar, type, data) => announce(type, JSON.stringify({ type, data })),
      imageBaseUrl: () => 'https://images.invalid/',
    }),
    faults: new Faults(random),
    log: new RequestLog(),
    outside: new DocumentCheck(),
    images: new Images(() => 'https://images.invalid'),
    sender: new WebhookSender({ clock, random, settings: () => chosen.webhooks }),
    budgets: new Map(),
    budgetOf: () => new ArrivalBudget(() => parts.settings.budget),
  };
  const calendar = parts.world.addCalendar({ id: 'cal-default', name: 'Default calendar' });
  const restart = (): never => {
    throw new Error('a Luma in this process starts once; make another one');
  };
  return {
    calendarId: calendar.id,
    control: new SimControl(parts, restart),
    world: parts.world,
    answer({ method, path, query, body }) {
      try {
        const route = ROUTES.get(`${method} ${path}`);
        if (route === undefined) throw new ApiError(404, 'Not found.');
        const work = () => route.handle({ world: parts.world, calendar, query, body });
        return { status: 200, text: JSON.stringify(parts.outside.admit({ method, path, query, body }, work)) };
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        return { status: error.status, text: JSON.stringify({ message: error.message, code: null }) };
      }
    },
  };
}
