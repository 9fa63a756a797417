import { describe, expect, it } from '@jest/globals';
import { readOptions, replayCommand } from './options.js';

const modesOf = (...args: string[]) => readOptions(args).modes;

describe('the options', () => {
  it('choose the storm unless another mode is named', () => {
    expect(modesOf()).toEqual([{ profile: 'storm', isStarved: false }]);
    expect(modesOf('--starve')).toEqual([{ profile: 'storm', isStarved: true }]);
    expect(modesOf('--freeze', '--starve')).toEqual([{ profile: 'freeze', isStarved: true }]);
    expect(readOptions(['--heavy'])).toMatchObject({ modes: [{ profile: 'heavy', isStarved: false }], minutes: 6 });
  });

  it('run the storm, the starved storm and the freezes one after the other with --all', () => {
    expect(modesOf('--all').map(({ profile, isStarved }) => `${profile} ${isStarved}`)).toEqual([
      'storm false',
      'storm true',
      'freeze false',
    ]);
  });

  it.each([[['--freeze', '--heavy']], [['--all', '--starve']]])('refuse %j', (args) => {
    expect(() => readOptions(args)).toThrow();
  });

  it('of a seed are all in the command that runs it again', () => {
    const options = readOptions([
      '--seed',
      '7',
      '--minutes',
      '0.5',
      '--load',
      '0.2',
      '--freeze',
      '--starve',
      '--no-poison',
      '--spoil',
      '9',
    ]);
    const [mode] = options.modes;
    if (mode === undefined) throw new Error('no mode');
    const command = replayCommand(7, mode, options);
    const others = '--minutes 0.5 --load 0.2 --freeze --starve --no-poison --spoil 9';
    expect(command).toBe(`npm run chaos -- --seed 7 ${others}`);
    expect(readOptions(command.split(' ').slice(4))).toEqual(options);
  });
});
