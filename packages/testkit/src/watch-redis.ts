import { Redis } from 'ioredis';

export interface RedisWatch {
  /**
   * @returns the commands so far of which an argument holds one of the texts, by name and key. Capitals do not count.
   */
  commandsWith(markers: readonly string[]): string[];
  close(): void;
}

/**
 * Sees every command that any client sends from now on, with its arguments: also what is removed again before anybody
 * looks.
 */
export async function watchRedis(url: string): Promise<RedisWatch> {
  const client = new Redis(url, { maxRetriesPerRequest: 2, connectTimeout: 5_000 });
  client.on('error', () => {});
  const monitor = await client.monitor();
  const commands: string[][] = [];
  monitor.on('monitor', (_time: string, command: string[]) => commands.push(command.map(String)));
  return {
    commandsWith: (markers) => {
      const wanted = markers.map((marker) => marker.toLowerCase());
      const isFound = (args: readonly string[]) =>
        args.some((arg) => wanted.some((marker) => arg.toLowerCase().includes(marker)));
      return commands.filter(isFound).map(([name = '', key = '']) => `${name} ${key}`);
    },
    close: () => {
      monitor.disconnect();
      client.disconnect();
    },
  };
}
