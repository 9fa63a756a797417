import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { ArrivalBudget } from './budget.js';
import { type Clock, systemClock } from './clock.js';
import type { NewCalendarBody } from './control/bodies.js';
import { SimControl } from './control/control.js';
import { controlRouter } from './control/router.js';
import { DocumentCheck } from './document-check.js';
import { Faults } from './faults.js';
import { apiRouter } from './http/api.js';
import { imageHost } from './http/images.js';
import { type KeepOptions, noteWrites, noting, openState } from './kept/keep-state.js';
import { moveCovers, restore, toSnapshot } from './kept/snapshot.js';
import { legacyRoutes } from './legacy/routes.js';
import { Mailbox } from './mailbox/mailbox.js';
import { mailboxRouter } from './mailbox/router.js';
import { overviewPage } from './pages/overview-page.js';
import type { Parts } from './parts.js';
import { seededRandom, systemRandom } from './random.js';
import { RequestLog } from './request-log.js';
import { calendarRoutes } from './routes/calendars.js';
import { commerceRoutes } from './routes/commerce.js';
import { eventTagRoutes } from './routes/event-tags.js';
import { eventRoutes } from './routes/events.js';
import { guestRoutes } from './routes/guests.js';
import { Images, imageRoutes } from './routes/images.js';
import { webhookRoutes } from './routes/webhooks.js';
import { changeSettings, settingsSchema } from './settings.js';
import { Ids } from './state/ids.js';
import { World } from './state/world.js';
import { WebhookSender } from './webhooks/sender.js';

export interface LumaSimOptions extends KeepOptions {
  /** Default 127.0.0.1: the control API has no login. */
  host?: string;
  /** Default 0: a free port. */
  port?: number;
  mailboxPort?: number;
  /** Calendars there from the start. Default: one, `cal-default`, opened by `secret-default`. */
  calendars?: NewCalendarBody[];
  /** Settings that differ from the defaults, section by section. */
  settings?: unknown;
  /** Keys the mailbox lets in. Default: any. */
  mailboxApiKeys?: string[];
  /** Fixes ids and which requests faults strike. Default 1. */
  seed?: number;
  clock?: Clock;
}

export interface LumaSim {
  /** Base for Luma's API, the control API (`/_sim`) and the page (`/`). No slash at the end. */
  readonly url: string;
  /** Base for Resend's API, and the page with the mails. */
  readonly mailboxUrl: string;
  readonly control: SimControl;
  readonly mailbox: Mailbox;
  /** Faults of the mailbox; those of the API are laid through `control`. */
  readonly mailboxFaults: Faults;
  /** Where a state file lies that could not be read, and why it could not; null when nothing was wrong. */
  readonly setAside: { path: string; reason: string } | null;
  /** Cuts what is open, saves the state and stops. Calling it again does nothing more. */
  close(): Promise<void>;
}

export const DEFAULT_CALENDAR = { id: 'cal-default', name: 'Default calendar', apiKeys: ['secret-default'] };

/**
 * Starts the simulator and its mailbox.
 *
 * @throws {z.ZodError} for settings that do not exist, before anything listens.
 */
export async function startLumaSim(options: LumaSimOptions = {}): Promise<LumaSim> {
  const host = options.host ?? '127.0.0.1';
  let url = '';
  const random = seededRandom(options.seed ?? 1);
  const { read, saver } = openState(options, () => toSnapshot(parts, mailbox, url));
  const noteChange = () => saver?.noteChange();
  const clock = saver === null ? (options.clock ?? systemClock) : noting(options.clock ?? systemClock, noteChange);
  const context: Context = { options, url: () => url, noteChange };
  const parts = fillParts({ clock }, context);
  const mailIds = new Ids(saver === null ? random : systemRandom);
  const mailbox = new Mailbox(clock, () => mailIds.uuid());
  if (read.kind === 'read') restore(parts, mailbox, read.value);
  addCalendars(parts, options);
  const restart = () => {
    void parts.sender.close();
    fillParts(parts, context);
    addCalendars(parts, options);
  };
  const control = new SimControl(parts, restart);
  const mailboxFaults = new Faults(random);
  const app = apiApp(parts, control, noteChange);
  const mailboxApp = express().disable('x-powered-by').disable('etag').use(noteWrites(noteChange));
  mailboxApp.use(
    mailboxRouter({
      clock,
      mailbox,
      faults: mailboxFaults,
      settings: () => parts.settings.mailbox,
      apiKeys: options.mailboxApiKeys ?? null,
    }),
  );

  const server = await listen(app, host, options.port ?? 0);
  url = urlOf(server, host);
  let mailboxServer: Server;
  try {
    mailboxServer = await listen(mailboxApp, host, options.mailboxPort ?? 0);
  } catch (error) {
    await stop(server);
    throw error;
  }
  if (read.kind === 'read') moveCovers(parts, read.value.url, url);
  noteChange();
  let closed: Promise<void> | null = null;
  return {
    url,
    mailboxUrl: urlOf(mailboxServer, host),
    control,
    mailbox,
    mailboxFaults,
    setAside: read.kind === 'set-aside' ? read : null,
    close: () => {
      closed ??= Promise.all([parts.sender.close(), stop(server), stop(mailboxServer)]).then(() => saver?.close());
      return closed;
    },
  };
}

function apiApp(parts: Parts, control: SimControl, noteChange: () => void): express.Express {
  const routes = [
    ...calendarRoutes,
    ...eventTagRoutes,
    ...eventRoutes,
    ...guestRoutes,
    ...commerceRoutes,
    ...webhookRoutes,
    ...legacyRoutes,
    ...imageRoutes(() => parts.images),
  ];
  const app = express().disable('x-powered-by').disable('etag').use(noteWrites(noteChange));
  app.get('/', (_req, res) => {
    res.type('html').send(overviewPage(control));
  });
  app.use('/_sim', controlRouter(control));
  app.use('/_images', imageHost(parts));
  app.use(apiRouter(parts, routes));
  return app;
}

const KEEP_ALIVE_MS = 65_000;

interface Context {
  options: LumaSimOptions;
  url: () => string;
  noteChange: () => void;
}

/** Fills the same object again on a reset, so that a caller that holds it sees the new parts. */
function fillParts(target: { clock: Clock }, { options, url, noteChange }: Context): Parts {
  const { clock } = target;
  const isKept = options.stateFile !== undefined;
  const parts = target as Parts;
  const random = seededRandom(options.seed ?? 1);
  const budgets = new Map<string, ArrivalBudget>();
  parts.settings = changeSettings(settingsSchema.parse({}), options.settings ?? {});
  const sender = new WebhookSender({
    clock,
    random,
    settings: () => parts.settings.webhooks,
    idPrefix: isKept ? `${new Ids(systemRandom).text(8)}_` : '',
    onChange: noteChange,
  });
  Object.assign(parts, {
    world: new World({
      clock,
      random,
      idRandom: isKept ? systemRandom : random,
      settings: () => parts.settings,
      announce: (calendar, type, data) => sender.announce(calendar, type, data),
      imageBaseUrl: () => `${url()}/_images/`,
    }),
    faults: new Faults(random),
    log: new RequestLog(),
    outside: new DocumentCheck(),
    images: new Images(url),
    sender,
    budgets,
    budgetOf(calendarId: string) {
      const budget = budgets.get(calendarId) ?? new ArrivalBudget(() => parts.settings.budget);
      budgets.set(calendarId, budget);
      return budget;
    },
  } satisfies Omit<Parts, 'clock' | 'settings'>);
  return parts;
}

/** A calendar that is remembered stays as it is. */
function addCalendars({ world }: Parts, options: LumaSimOptions): void {
  for (const calendar of options.calendars ?? [DEFAULT_CALENDAR])
    if (calendar.id === undefined || !world.calendars.has(calendar.id)) world.addCalendar(calendar);
}

function listen(app: express.Express, host: string, port: number): Promise<Server> {
  const server = createServer(app);
  // Node's own 5 s would close idle connections under a client that is about to use them again; real gateways wait
  // longer.
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.headersTimeout = KEEP_ALIVE_MS + 1_000;
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve(server);
    });
  });
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

function urlOf(server: Server, host: string): string {
  const { port } = server.address() as AddressInfo;
  const reachable = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
}
