import express, { type NextFunction, type Request, type Response, Router } from 'express';
import { ZodError } from 'zod';
import { ApiError } from '../http-error.js';
import type { SimControl } from './control.js';

const param = (req: Request, name: string): string => String(req.params[name]);
const isSilent = (req: Request): boolean => req.query.silent === 'true';

type Method = 'get' | 'post' | 'patch' | 'delete';

/** Each control: its method, its path under `/_sim`, and the verb it calls. */
const CONTROLS: readonly [Method, string, (control: SimControl, req: Request) => object][] = [
  ['get', '/state', (control, req) => control.state(req.query.calendarId as string | undefined)],
  ['get', '/counters', (control) => control.counters()],
  ['get', '/log', (control, req) => ({ entries: control.log(req.query) })],
  ['get', '/outside', (control) => control.outside()],
  ['get', '/mails', (control) => ({ entries: control.mails() })],
  ['get', '/deliveries', (control) => ({ entries: control.deliveries() })],
  ['get', '/settings', (control) => control.settings()],
  ['post', '/settings', (control, req) => control.changeSettings(req.body)],
  ['get', '/faults', (control) => ({ entries: control.faults() })],
  ['post', '/faults', (control, req) => control.layFault(req.body)],
  ['delete', '/faults', (control) => control.liftFaults()],
  ['delete', '/faults/:id', (control, req) => control.liftFaults(param(req, 'id'))],
  ['post', '/calendars', (control, req) => control.addCalendar(req.body ?? {})],
  ['patch', '/calendars/:id', (control, req) => control.changeCalendar(param(req, 'id'), req.body)],
  ['post', '/foreign-slugs', (control, req) => control.reserveSlugs(req.body)],
  ['post', '/foreign-traffic', (control, req) => control.addForeignTraffic(req.body)],
  ['post', '/events', (control, req) => control.createEvent(req.body)],
  ['patch', '/events/:id', (control, req) => control.changeEvent(param(req, 'id'), req.body)],
  ['delete', '/events/:id', (control, req) => control.removeEvent(param(req, 'id'), { silent: isSilent(req) })],
  ['post', '/events/:id/guests', (control, req) => control.registerGuests(param(req, 'id'), req.body ?? {})],
  [
    'patch',
    '/events/:id/guests/:guestId',
    (control, req) => control.changeGuest(param(req, 'id'), param(req, 'guestId'), req.body),
  ],
  [
    'delete',
    '/events/:id/guests/:guestId',
    (control, req) => control.removeGuest(param(req, 'id'), param(req, 'guestId')),
  ],
  ['post', '/webhooks/redeliver', (control, req) => control.redeliver(req.body)],
  ['post', '/webhooks/release', (control, req) => control.release(req.body ?? {})],
  ['post', '/reset', (control) => control.reset()],
];

/** `/_sim/...`: the verbs of `SimControl` over HTTP. Costs no budget and is not in the log. */
export function controlRouter(control: SimControl): Router {
  const router = Router();
  router.use(express.json({ limit: '5mb' }));
  for (const [method, path, act] of CONTROLS) {
    router[method](path, (req: Request, res: Response) => {
      res.json(act(control, req));
    });
  }
  router.use((_req: Request, res: Response) => {
    res.status(404).json({ error: 'No such control.' });
  });
  router.use((error: unknown, _req: Request, res: Response, _next: NextFunction) => {
    if (error instanceof ZodError) {
      res.status(400).json({
        error: 'Invalid body.',
        problems: error.issues.map(({ path, message }) => ({ path: path.join('.'), message })),
      });
    } else if (error instanceof ApiError) res.status(error.status).json({ error: error.message });
    else if (error instanceof SyntaxError) res.status(400).json({ error: 'Invalid JSON.' });
    else res.status(500).json({ error: error instanceof Error ? error.message : 'unknown error' });
  });
  return router;
}
