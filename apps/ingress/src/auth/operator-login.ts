import express, { type Request, type RequestHandler, type Response, type Router } from 'express';
import { rateLimit } from 'express-rate-limit';
import type { Log } from '../http/log.js';
import { contextOf } from '../http/request-context.js';
import { escapeHtml, renderPage } from '../pages/page.js';
import { readCookie } from './cookies.js';
import { sameOriginOnly } from './same-origin.js';
import type { OperatorSession, OperatorSessions } from './session.js';

const SESSION_COOKIE = 'luma_sync_operator';

/** Ten wrong passwords in a quarter of an hour are no typing mistakes any more. */
const LOGIN_TRIES = 10;
const LOGIN_WINDOW_MS = 15 * 60_000;

/** Sessions that a logout ended, known to every process. */
export interface EndedSessions {
  add(session: OperatorSession): Promise<void>;
  has(session: OperatorSession): Promise<boolean>;
}

export interface OperatorLoginDeps {
  sessions: OperatorSessions;
  ended: EndedSessions;
  publicUrl: string;
  log: Log;
}

/** `GET|POST /login`, `POST /logout` */
export function operatorLogin({ sessions, ended, publicUrl, log }: OperatorLoginDeps): Router {
  const router = express.Router();
  const cookie = { httpOnly: true, sameSite: 'strict', path: '/', secure: publicUrl.startsWith('https:') } as const;
  const form = express.urlencoded({ extended: false, limit: '2kb' });
  const throttle = rateLimit({
    windowMs: LOGIN_WINDOW_MS,
    limit: LOGIN_TRIES,
    skipSuccessfulRequests: true,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    handler: (req, res) => {
      log.warn({ requestId: contextOf(res).requestId }, 'operator login throttled');
      res.status(429).send(page(targetOf(req), 'Too many attempts. Wait a quarter of an hour.'));
    },
  });

  router.get('/login', (req, res) => {
    contextOf(res).route = '/login';
    res.set('cache-control', 'no-store').send(page(targetOf(req), null));
  });
  router.post('/login', sameOriginOnly(publicUrl), throttle, form, (req, res) => {
    contextOf(res).route = '/login';
    const given: unknown = (req.body as { password?: unknown } | undefined)?.password;
    const session = sessions.open(typeof given === 'string' ? given : '');
    if (session === null) {
      log.warn({ requestId: contextOf(res).requestId }, 'operator login refused');
      res
        .status(401)
        .set('cache-control', 'no-store')
        .send(page(targetOf(req), 'That is not the password.'));
      return;
    }
    res.cookie(SESSION_COOKIE, session.token, { ...cookie, maxAge: session.maxAgeMs });
    res.redirect(303, targetOf(req));
  });
  router.post('/logout', sameOriginOnly(publicUrl), async (req, res) => {
    contextOf(res).route = '/logout';
    const session = sessionOf(req, sessions);
    // Before the cookie is taken away: while this cannot be stored, somebody with a copy of it is still let in, and the operator is told.
    if (session !== null) await ended.add(session);
    res.clearCookie(SESSION_COOKIE, cookie);
    res.redirect(303, '/login');
  });
  return router;
}

/** Lets operators through; browsers are sent to the login page, other callers get 401. */
export function operatorOnly(sessions: OperatorSessions, ended: EndedSessions): RequestHandler {
  return async (req: Request, res: Response, next) => {
    const session = sessionOf(req, sessions);
    if (session !== null && !(await ended.has(session))) return next();
    if (req.method === 'GET' && req.accepts(['json', 'html']) === 'html') {
      return res.redirect(303, `/login?to=${encodeURIComponent(req.originalUrl)}`);
    }
    return res.status(401).json({ code: 'auth.operator', title: 'log in at /login' });
  };
}

function sessionOf(req: Request, sessions: OperatorSessions): OperatorSession | null {
  const token = readCookie(req.get('cookie'), SESSION_COOKIE);
  return token === null ? null : sessions.verify(token);
}

/** Only our own pages: a target that a stranger put into a link must not lead elsewhere after the login. */
function targetOf(req: Request): string {
  const { to } = req.query;
  return typeof to === 'string' && /^\/(queues|console|docs)(\/[\w/-]*)?(\?[\w=&%.-]*)?$/.test(to) ? to : '/queues';
}

function page(target: string, problem: string | null): string {
  return renderPage(
    'Log in · luma-sync',
    `<h1>luma-sync</h1>
${problem === null ? '' : `<p class="wrong" role="alert">${escapeHtml(problem)}</p>`}
<form method="post" action="/login?to=${escapeHtml(encodeURIComponent(target))}">
<label for="password">Operator password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required autofocus>
<button type="submit">Log in</button>
</form>`,
  );
}
