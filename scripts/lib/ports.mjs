import { createServer } from 'node:net';

/** A port on 127.0.0.1 that was free a moment ago. Whoever binds it may still lose a race: start again with another one. */
export function findFreePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.unref();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close((error) => (error === undefined ? resolve(port) : reject(error)));
    });
  });
}
