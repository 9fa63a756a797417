import type { RequestHandler } from 'express';
import helmet from 'helmet';

/**
 * No inline script or style, nothing from elsewhere, no framing. `data:` images are the icons inside Swagger UI's style
 * sheet.
 */
export function securityHeaders(publicUrl: string): RequestHandler {
  const isHttps = publicUrl.startsWith('https:');
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        fontSrc: ["'self'", 'data:'],
        objectSrc: ["'none'"],
        baseUri: ["'self'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
        ...(isHttps ? { upgradeInsecureRequests: [] } : {}),
      },
    },
    frameguard: { action: 'deny' },
    // Only where the address is served by https: elsewhere it would lock a browser out.
    strictTransportSecurity: isHttps ? { maxAge: 15_552_000 } : false,
  });
}
