import express, { type Router } from 'express';

const css = `:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { margin: 0; }
main { max-width: 26rem; margin: 12vh auto; padding: 0 1.5rem; }
h1 { font-size: 1.4rem; }
label, input, button { display: block; font: inherit; width: 100%; box-sizing: border-box; }
input { margin: .3rem 0 1rem; padding: .5rem .7rem; border: 1px solid #8888; border-radius: .4rem; }
button { padding: .55rem; border: 0; border-radius: .4rem; background: #2457c5; color: #fff; cursor: pointer; }
button:focus-visible, input:focus-visible { outline: 3px solid #7aa2ff; outline-offset: 1px; }
.wrong { color: #c62828; }
`;

/** The one style sheet of the pages that ingress renders itself. */
export function assets(): Router {
  const router = express.Router();
  router.get('/assets/ingress.css', (_req, res) => {
    res.set('cache-control', 'public, max-age=3600').type('text/css').send(css);
  });
  return router;
}
