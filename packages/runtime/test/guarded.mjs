/**
 * A process whose event loop is guarded, with the limit given in ms. Prints `beat` while the loop turns; SIGUSR2 lets
 * it compute for ever.
 */
import { guardEventLoop } from '../dist/lifecycle/guard-event-loop.js';

guardEventLoop('guarded', Number(process.argv[2]));
process.on('SIGUSR2', () => {
  process.stdout.write('spinning\n', () => {
    for (;;);
  });
});
setInterval(() => process.stdout.write('beat\n'), 20);
