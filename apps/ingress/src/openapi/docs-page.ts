import express, { type Router } from 'express';
import { absolutePath } from 'swagger-ui-dist';
import { contextOf } from '../http/request-context.js';

/** The parts of Swagger UI that the page loads, from the installed package: nothing comes from elsewhere. */
const PARTS = ['swagger-ui.css', 'swagger-ui-bundle.js', 'favicon-32x32.png'] as const;

const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>API · luma-sync</title>
<link rel="icon" href="/docs/favicon-32x32.png">
<link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
<div id="docs"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
`;

/** Apart from the page, since the content policy allows no script inside it. */
const start = `SwaggerUIBundle({
  url: '/openapi.json', dom_id: '#docs', deepLinking: true, docExpansion: 'list', validatorUrl: null,
});
`;

/** `/openapi.json`, `/docs` */
export function docs(document: object): Router {
  const router = express.Router();
  // Once, not for each of the callers, who need no key.
  const text = JSON.stringify(document);
  const uiDir = absolutePath();
  router.use(['/docs', '/openapi.json'], (_req, res, next) => {
    contextOf(res).route = '/docs';
    res.set('cache-control', 'public, max-age=300');
    next();
  });
  router.get('/openapi.json', (_req, res) => {
    res.type('application/json').send(text);
  });
  router.get('/docs', (_req, res) => {
    res.type('html').send(page);
  });
  router.get('/docs/start.js', (_req, res) => {
    res.type('text/javascript').send(start);
  });
  for (const part of PARTS) router.get(`/docs/${part}`, (_req, res) => res.sendFile(part, { root: uiDir }));
  return router;
}
