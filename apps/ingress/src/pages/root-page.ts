import { type ReadinessCheck, shareReadiness } from '@luma-sync/runtime';
import express, { type Router } from 'express';
import { contextOf } from '../http/request-context.js';
import { escapeHtml, renderPage } from './page.js';

const LINKS = [
  ['/docs', 'API: what app servers call'],
  ['/queues', 'Queues: jobs in Redis, for looking; needs the operator’s password'],
  ['/openapi.json', 'API as an OpenAPI document'],
  ['/healthz', 'Whether the process runs'],
  ['/readyz', 'Whether it can take work'],
] as const;

const ICON =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><path d="M3 8a5 5 0 0 1 9-3M13 8a5 5 0 0 1-9 3" ' +
  'fill="none" stroke="#2457c5" stroke-width="2"/></svg>';

/** `/` in a browser: what this is, how it stands, and where to go. Programs get the same as JSON. */
export function rootPage(checks: Record<string, ReadinessCheck>): Router {
  const router = express.Router();
  const readReadiness = shareReadiness(checks);
  router.get('/', async (req, res) => {
    contextOf(res).route = '/';
    const { status } = await readReadiness();
    res.set('cache-control', 'no-store');
    if (req.accepts(['json', 'html']) !== 'html') {
      res.json({ name: 'luma-sync', status, links: Object.fromEntries(LINKS) });
      return;
    }
    const links = LINKS.map(([to, text]) => `<li><a href="${to}">${to}</a>: ${escapeHtml(text)}</li>`).join('');
    const text = 'Keeps an application’s events and guests in step with Luma.';
    res.send(renderPage('luma-sync', `<h1>luma-sync</h1><p>${text}</p><p>State: ${status}</p><ul>${links}</ul>`));
  });
  router.get(['/favicon.ico', '/favicon.svg'], (_req, res) => {
    contextOf(res).route = '/favicon.svg';
    res.set('cache-control', 'public, max-age=86400').type('image/svg+xml').send(ICON);
  });
  return router;
}
