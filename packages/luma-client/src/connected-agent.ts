import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Socket } from 'node:net';

export interface ConnectedAgents {
  http: HttpAgent;
  https: HttpsAgent;
  destroy(): void;
}

/** Give up on connecting after this; the request's own timeout may be sooner. */
const CONNECT_TIMEOUT_MS = 10_000;
/**
 * Luma's front closes idle connections without saying when; one that was idle this long is not trusted with a write.
 */
const IDLE_MS = 4_000;
const SOCKETS_MAX = 32;

type Connect = (options: object, done: (error: Error | null, socket?: Socket) => void) => Socket | undefined;
type ConnectAtOnce = (options: object) => Socket;

/**
 * Agents that hand out connected sockets only. A request then gets its socket at the very moment its bytes go out,
 * which makes two things exact: the last check before sending, and whether a failure came before anything was sent.
 */
export function createConnectedAgents(): ConnectedAgents {
  const options = { keepAlive: true, maxSockets: SOCKETS_MAX, timeout: IDLE_MS };
  const http = handOutConnected(new HttpAgent(options), 'connect');
  const https = handOutConnected(new HttpsAgent(options), 'secureConnect');
  return {
    http,
    https,
    destroy: () => {
      http.destroy();
      https.destroy();
    },
  };
}

function handOutConnected<A extends HttpAgent>(agent: A, connected: 'connect' | 'secureConnect'): A {
  // Node lets an agent's createConnection answer later through a callback; its types do not know the method.
  const holder = agent as unknown as { createConnection: Connect };
  const connect = holder.createConnection.bind(agent) as unknown as ConnectAtOnce;
  holder.createConnection = (options, done) => {
    // The agent's timeout is for idle sockets and is set when one becomes idle; a slow answer is not idleness.
    const socket = connect({ ...options, timeout: undefined });
    const timer = setTimeout(
      () => socket.destroy(Object.assign(new Error('connect'), { code: 'ETIMEDOUT' })),
      CONNECT_TIMEOUT_MS,
    );
    const fail = (error: Error): void => end(error);
    const end = (error: Error | null): void => {
      clearTimeout(timer);
      socket.off('error', fail);
      socket.off(connected, succeed);
      if (error === null) done(null, socket);
      else done(error);
    };
    const succeed = (): void => end(null);
    socket.once('error', fail);
    socket.once(connected, succeed);
    return undefined;
  };
  return agent;
}
