import express, { type Request, type Response, Router } from 'express';
import type { Parts } from '../parts.js';

/** Luma's documents name no limit; covers are a few hundred kilobytes. */
const IMAGE_MAX = '20mb';

/**
 * The played image host: takes the bytes of an announced upload and gives them back. Needs no key and costs no budget.
 */
export function imageHost(parts: Parts): Router {
  const router = Router();
  router.put('/{*name}', express.raw({ limit: IMAGE_MAX, type: () => true }), (req: Request, res: Response) => {
    const bytes = Buffer.isBuffer(req.body) ? req.body : Buffer.alloc(0);
    const isExpected = parts.images.store(nameOf(req), req.get('content-type') ?? 'application/octet-stream', bytes);
    res.status(isExpected ? 200 : 403).end();
  });
  router.get('/{*name}', (req: Request, res: Response) => {
    const image = parts.images.find(nameOf(req));
    if (image === null) res.status(404).end();
    else res.status(200).type(image.contentType).send(image.bytes);
  });
  return router;
}

const nameOf = (req: Request): string => req.path.replace(/^\//, '');
