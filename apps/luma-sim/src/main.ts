import { readConfig } from './config.js';
import { DEFAULT_CALENDAR, startLumaSim } from './sim.js';

/** Longest wait for a clean end before the process goes anyway. */
const STOP_TIMEOUT_MS = 5_000;

const read = readConfig(process.env);
if (!read.ok) {
  process.stderr.write(
    `luma-sim: the environment is not usable\n${read.problems.map((line) => `  ${line}\n`).join('')}`,
  );
  process.exit(1);
}
const { config } = read;
const calendar = {
  ...DEFAULT_CALENDAR,
  ...(config.SIM_CALENDAR_ID === undefined ? {} : { id: config.SIM_CALENDAR_ID }),
  ...(config.SIM_API_KEY === undefined ? {} : { apiKeys: [config.SIM_API_KEY] }),
};

try {
  const sim = await startLumaSim({
    host: config.HOST,
    port: config.PORT,
    mailboxPort: config.MAILBOX_PORT,
    calendars: [calendar],
    settings: config.settings,
    seed: config.SIM_SEED,
    ...(config.SIM_STATE_FILE === undefined ? {} : { stateFile: config.SIM_STATE_FILE }),
    onSaveError: (error) =>
      process.stderr.write(`luma-sim: cannot save ${config.SIM_STATE_FILE}: ${(error as Error).message}\n`),
  });
  let isStopping = false;
  const stop = () => {
    if (isStopping) return;
    isStopping = true;
    setTimeout(() => process.exit(1), STOP_TIMEOUT_MS).unref();
    void sim.close().then(() => process.exit(0));
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  const { url, mailboxUrl, setAside } = sim;
  const ready = { ready: true, url, mailboxUrl, calendarId: calendar.id, ...(setAside === null ? {} : { setAside }) };
  process.stdout.write(`${JSON.stringify(ready)}\n`);
} catch (error) {
  process.stderr.write(`luma-sim: cannot start: ${error instanceof Error ? error.message : 'unknown error'}\n`);
  process.exit(1);
}
