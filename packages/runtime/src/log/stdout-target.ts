import { fstatSync, writeSync } from 'node:fs';
import type { LogTarget } from './log-output.js';

/** Standard output as a log's target, by what it is. */
export function openStdoutTarget(): LogTarget {
  const { stdout } = process;
  const stats = fstatSync(1);
  return stdout.isTTY === true || stats.isFIFO() || stats.isSocket() ? toStreamTarget(stdout) : FILE_TARGET;
}

/**
 * A pipe, a socket or a terminal. Node writes to pipes and sockets without blocking, and keeps what the reader has not
 * taken.
 */
function toStreamTarget(stream: NodeJS.WriteStream): LogTarget {
  // A reader that is gone is reported here. Without a listener that would end the process.
  stream.on('error', () => {});
  return {
    write: (text, onLost) => {
      stream.write(text, (error) => {
        if (error) onLost();
      });
    },
    backlog: () => (stream.writable ? stream.writableLength : null),
  };
}

/**
 * A file. Node's own stream for files takes nothing more after its first error, though a full disk may have room again.
 */
const FILE_TARGET: LogTarget = {
  write: (text) => void writeSync(1, text),
  backlog: () => 0,
};
