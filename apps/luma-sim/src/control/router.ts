import express, { type NextFunction, type Request, type Response, Router } from 'express';
import { ZodError } from 'zod';
import { ApiError } from '../http-error.js';
import type { SimControl } from './control.js';

const param = (req: Request, name: string): string => String(req.params[name]);
const isSilent = (req: Request): boolean => req.query.silent === 'true';

/** `/_sim/...`: the verbs of `SimControl` over HTTP. Costs no budget and is not in the log. */
export function controlRouter(control: SimControl): Router {
  const router = Router();
  router.use(express.json({ limit: '5mb' }));
  const answer = (act: (req: Request) => object) => (req: Request, res: Response) => {
    res.json(act(req));
  };

  router.get(
    '/state',
    answer((req) => control.state(req.query.calendarId as string | undefined)),
  );
  router.get(
    '/counters',
    answer(() => control.counters()),
  );
  router.get(
    '/log',
    answer((req) => ({ entries: control.log(req.query) })),
  );
  router.get(
    '/outside',
    answer(() => control.outside()),
  );
  router.get(
    '/mails',
    answer(() => ({ entries: control.mails() })),
  );
  router.get(
    '/deliveries',
    answer(() => ({ entries: control.deliveries() })),
  );
  router.get(
    '/settings',
    answer(() => control.settings()),
  );
  router.post(
    '/settings',
    answer((req) => control.changeSettings(req.body)),
  );
  router.get(
    '/faults',
    answer(() => ({ entries: control.faults() })),
  );
  router.post(
    '/faults',
    answer((req) => control.layFault(req.body)),
  );
  router.delete(
    '/faults',
    answer(() => control.liftFaults()),
  );
  router.delete(
    '/faults/:id',
    answer((req) => control.liftFaults(param(req, 'id'))),
  );
  router.post(
    '/calendars',
    answer((req) => control.addCalendar(req.body ?? {})),
  );
  router.patch(
    '/calendars/:id',
    answer((req) => control.changeCalendar(param(req, 'id'), req.body)),
  );
  router.post(
    '/foreign-slugs',
    answer((req) => control.reserveSlugs(req.body)),
  );
  router.post(
    '/foreign-traffic',
    answer((req) => control.addForeignTraffic(req.body)),
  );
  router.post(
    '/events',
    answer((req) => control.createEvent(req.body)),
  );
  router.patch(
    '/events/:id',
    answer((req) => control.changeEvent(param(req, 'id'), req.body)),
  );
  router.delete(
    '/events/:id',
    answer((req) => control.removeEvent(param(req, 'id'), { silent: isSilent(req) })),
  );
  router.post(
    '/events/:id/guests',
    answer((req) => control.registerGuests(param(req, 'id'), req.body ?? {})),
  );
  router.patch(
    '/events/:id/guests/:guestId',
    answer((req) => control.changeGuest(param(req, 'id'), param(req, 'guestId'), req.body)),
  );
  router.delete(
    '/events/:id/guests/:guestId',
    answer((req) => control.removeGuest(param(req, 'id'), param(req, 'guestId'))),
  );
  router.post(
    '/webhooks/redeliver',
    answer((req) => control.redeliver(req.body)),
  );
  router.post(
    '/webhooks/release',
    answer((req) => control.release(req.body ?? {})),
  );
  router.post(
    '/reset',
    answer(() => control.reset()),
  );

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
