import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createJudge, DEVIATIONS, laterFacts, lumaFacts } from '@luma-sync/luma-facts';

export interface SeenRequest {
  method: string;
  /** Path and query, as on the wire. */
  url: string;
  headers: IncomingMessage['headers'];
  body: string;
}

export type Script = (request: SeenRequest, response: ServerResponse, nth: number) => void;

export interface ScriptedServer {
  url: string;
  seen: SeenRequest[];
  /** Connections that were opened. */
  connections(): number;
  /** What was seen that Luma's document does not allow, one line each. */
  outside(): string[];
  close(): Promise<void>;
}

/** A real HTTP server on loopback that does with each request what the test says. */
export async function startScriptedServer(script: Script): Promise<ScriptedServer> {
  const seen: SeenRequest[] = [];
  let connections = 0;
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => {
      body += text;
    });
    request.on('end', () => {
      const one = { method: request.method ?? '', url: request.url ?? '', headers: request.headers, body };
      seen.push(one);
      script(one, response, seen.length);
    });
  });
  server.on('connection', () => {
    connections++;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    seen,
    connections: () => connections,
    outside: () => seen.flatMap(findOutside),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const judge = createJudge(lumaFacts(), DEVIATIONS, laterFacts());

/** Bytes that are put somewhere go to the image store, which is not part of the API. */
function findOutside({ method, url, body }: SeenRequest): string[] {
  if (method === 'PUT') return [];
  const { pathname, searchParams } = new URL(url, 'http://localhost');
  // A base address may have a path of its own.
  const path = pathname.slice(Math.max(0, pathname.search(/\/v[12]\//)));
  const query = [...new Set(searchParams.keys())].map((name) => {
    const values = searchParams.getAll(name);
    return [name, values.length > 1 ? values : values[0]];
  });
  const parsed = body === '' ? undefined : JSON.parse(body);
  const { route, refusals, unknownFields } = judge({ method, path, query: Object.fromEntries(query), body: parsed });
  const problems = [...(route === 'none' ? ['no such route'] : []), ...refusals, ...unknownFields];
  return problems.map((problem) => `${method} ${path} ${problem}`);
}

export const json =
  (status: number, body: unknown, headers: Record<string, string> = {}): Script =>
  (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers });
    response.end(JSON.stringify(body));
  };
