/**
 * Logs until told to stop. Each message from the parent is a number of lines to log; the answer says how many lines
 * were dropped so far. The last message, `end`, ends the process as an app would.
 */
import { createLogger, createMetrics } from '../dist/index.js';

const log = createLogger({ app: 'logging', level: 'info' });
const metrics = createMetrics({ app: 'logging' });
process.on('message', async (lines) => {
  if (lines === 'end') return process.disconnect();
  for (let index = 0; index < lines; index += 1) log.info({ index, text: 'x'.repeat(500) }, 'a line');
  const { body } = await metrics.render();
  const dropped = Number(/^luma_sync_log_lines_dropped_total\{.*\} (\d+)$/m.exec(body)?.[1]);
  // One turn of the event loop later: a stream tells of its errors then.
  setImmediate(() => process.send({ dropped }));
});
