import type { Metrics } from './metrics.js';

/** Names of ours; the others are figures of the process, which the first app shows for all. */
const OURS = /^# HELP luma_sync_/;

/**
 * The figures of several apps of one process at one address. A metric that more than one of them has stands there once,
 * with the lines of each: readers of the format take one group for each name.
 */
export function joinMetrics(
  first: Pick<Metrics, 'render'>,
  others: readonly Pick<Metrics, 'render'>[],
): Pick<Metrics, 'render'> {
  return {
    async render() {
      const { contentType, body } = await first.render();
      const groups = new Map(toGroups(body));
      for (const other of others) {
        for (const [head, lines] of toGroups((await other.render()).body)) {
          if (OURS.test(head)) groups.set(head, [...(groups.get(head) ?? []), ...lines]);
        }
      }
      const text = [...groups].map(([head, lines]) => [head, ...lines].join('\n')).join('\n\n');
      return { contentType, body: `${text}\n` };
    },
  };
}

/** Each metric by its two lines of help and type, with its samples. */
function toGroups(body: string): [head: string, lines: string[]][] {
  return body
    .split(/\n(?=# HELP )/)
    .filter((group) => group.startsWith('# HELP '))
    .map((group) => {
      const [help = '', type = '', ...lines] = group.split('\n').filter((line) => line !== '');
      return [`${help}\n${type}`, lines];
    });
}
