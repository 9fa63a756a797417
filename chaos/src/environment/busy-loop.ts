/*
 * Takes one core's time until the limit. It stops by itself when the process that started it is gone, so that nothing
 * of a run that was killed goes on using the machine.
 */
const [limitMs, parentPid] = process.argv.slice(2).map(Number);
const SLICE_MS = 50;
const endsAt = performance.now() + (limitMs ?? 0);
while (performance.now() < endsAt && process.ppid === parentPid) {
  const sliceEndsAt = performance.now() + SLICE_MS;
  while (performance.now() < sliceEndsAt);
}
