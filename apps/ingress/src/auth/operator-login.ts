import express, { type Request, type RequestHandler, type Response, type Router } from 'express';
import type { Log } from '../http/log.js';
import { contextOf } from '../http/request-context.js';
import { escapeHtml, renderPage } from '../pages/page.js';
import { readCookie } from './cookies.js';
import { loginThrottle } from './login-throttle.js';
import { sameOriginOnly } from './same-origin.js';
import type { OperatorSession, OperatorSessions } from './session.js';

/**
 * Over TLS browsers hold a cookie of that prefix to this very host: no neighbour and no page without TLS can set one.
 */
function toCookieNames(publicUrl: string): { session: string; device: string } {
  const prefix = publicUrl.startsWith('https:') ? '__Host-' : '';
  return { session: `${prefix}luma_sync_operator`, device: `${prefix}luma_sync_device` };
}

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
  /** Keeps a login, a refused one and a logout in the audit log. */
  audit(action: LoginAction, address: string | null): Promise<void>;
}

export type LoginAction = 'operator.login' | 'operator.login_refused' | 'operator.logout';

/** `GET|POST /login`, `POST /logout` */
export function operatorLogin({ sessions, ended, publicUrl, log, audit }: OperatorLoginDeps): Router {
  const names = toCookieNames(publicUrl);
  const router = express.Router();
  const cookie = { httpOnly: true, sameSite: 'strict', path: '/', secure: publicUrl.startsWith('https:') } as const;
  const form = express.urlencoded({ extended: false, limit: '2kb' });
  const deviceOf = (req: Request): string | null => {
    const token = readCookie(req.get('cookie'), names.device);
    return token === null ? null : sessions.verifyDevice(token);
  };
  const throttle = loginThrottle(deviceOf, (req, res) => {
    log.warn({ requestId: contextOf(res).requestId }, 'operator login throttled');
    res
      .status(429)
      .set('cache-control', 'no-store')
      .send(page(targetOf(req), 'Too many attempts. Wait a quarter of an hour.'));
  });

  router.get('/login', (req, res) => {
    contextOf(res).route = '/login';
    res.set('cache-control', 'no-store').send(page(targetOf(req), null));
  });
  router.post('/login', sameOriginOnly(publicUrl), ...throttle, form, async (req, res) => {
    contextOf(res).route = '/login';
    const given: unknown = (req.body as { password?: unknown } | undefined)?.password;
    const session = sessions.open(typeof given === 'string' ? given : '');
    if (session === null) {
      await audit('operator.login_refused', req.ip ?? null);
      log.warn({ requestId: contextOf(res).requestId }, 'operator login refused');
      res
        .status(401)
        .set('cache-control', 'no-store')
        .send(page(targetOf(req), 'That is not the password.'));
      return;
    }
    await audit('operator.login', req.ip ?? null);
    res.cookie(names.session, session.token, { ...cookie, maxAge: session.maxAgeMs });
    const device = sessions.openDevice();
    res.cookie(names.device, device.token, { ...cookie, maxAge: device.maxAgeMs });
    res.redirect(303, targetOf(req));
  });
  router.post('/logout', sameOriginOnly(publicUrl), async (req, res) => {
    contextOf(res).route = '/logout';
    const session = sessionOf(req, sessions, names.session);
    // Before the cookie is taken away: while this cannot be stored, somebody with a copy of it is still let in, and the
    // operator is told.
    if (session !== null) {
      await ended.add(session);
      await audit('operator.logout', req.ip ?? null);
    }
    res.clearCookie(names.session, cookie);
    res.redirect(303, '/login');
  });
  return router;
}

/** Lets operators through; browsers are sent to the login page, other callers get 401. */
export function operatorOnly(sessions: OperatorSessions, ended: EndedSessions, publicUrl: string): RequestHandler {
  const { session: name } = toCookieNames(publicUrl);
  return async (req: Request, res: Response, next) => {
    const session = sessionOf(req, sessions, name);
    if (session !== null && !(await ended.has(session))) return next();
    if (req.method === 'GET' && req.accepts(['json', 'html']) === 'html') {
      return res.redirect(303, `/login?to=${encodeURIComponent(req.originalUrl)}`);
    }
    return res.status(401).json({ code: 'auth.operator', title: 'log in at /login' });
  };
}

function sessionOf(req: Request, sessions: OperatorSessions, name: string): OperatorSession | null {
  const token = readCookie(req.get('cookie'), name);
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
