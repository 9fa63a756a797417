import { describe, expect, it } from '@jest/globals';
import { readCouponCsv } from './coupon-csv.js';

const read = (text: string) => readCouponCsv(Buffer.from(text));

describe('readCouponCsv', () => {
  it.each([
    ['one per line', 'A1\nB2\n', ['A1', 'B2']],
    ['a heading', 'code\nA1\n', ['A1']],
    ['a heading in capitals, and more columns', 'Code,Value\nA1,10\nB2,20\n', ['A1', 'B2']],
    ['a byte order mark', '\ufeffcode\r\nA1\r\n', ['A1']],
    ['a byte order mark without a heading', '\ufeffA1\n', ['A1']],
    ['quotes, spaces, empty lines', '"A ""1"""\n\n  B2  \n', ['A "1"', 'B2']],
    ['lines of different length', 'A1\nB2,x,y\n', ['A1', 'B2']],
    ['other scripts', 'ÄÖ-1\nकूपन\n🎟️50\n', ['ÄÖ-1', 'कूपन', '🎟️50']],
    ['nothing', '', []],
    ['no end of line', 'A1', ['A1']],
    ['semicolons, as spreadsheets write them in half of Europe', 'Code;Value\nA1;10,5\n', ['A1']],
    ['tabs', 'A1\t10\n', ['A1']],
    ['a heading of two words', 'Coupon Code,Value\nA1,10\n', ['A1']],
    ['a heading from a database', 'promo_code\nA1\n', ['A1']],
  ])('reads %s', async (_what, text, codes) => {
    expect(await read(text)).toEqual({ codes, invalid: [] });
  });

  it('says which lines hold no code, and takes the others', async () => {
    const long = 'x'.repeat(101);
    expect(await read(`code\nA1\n,10\n${long}\nB\u0007B\nC3\nD\u0000\n`)).toEqual({
      codes: ['A1', 'C3'],
      invalid: [
        { line: 3, reason: 'the first column is empty' },
        { line: 4, reason: 'longer than 100 characters' },
        { line: 5, reason: 'holds a character that cannot be printed' },
        { line: 7, reason: 'holds a character that cannot be printed' },
      ],
    });
  });

  it('reads to the end, however many lines are empty', async () => {
    const codes = Array.from({ length: 60_000 }, (_, number) => `C${number}`);
    expect((await read(codes.join('\n\n'))).codes).toHaveLength(codes.length);
  });

  it('counts characters, not bytes', async () => {
    expect((await read('ü'.repeat(100))).codes).toHaveLength(1);
  });

  it('takes a code that looks like a heading when it is not in the first line', async () => {
    expect((await read('A1\ncode\n')).codes).toEqual(['A1', 'code']);
  });

  it.each([
    ['bytes that are no UTF-8', Buffer.from([0xff, 0xfe, 0x41])],
    ['an open quote', Buffer.from('"A1\nB2')],
    ['too many lines', Buffer.from('A\n'.repeat(100_001))],
    ['a quotation mark without a second one, and much behind it', Buffer.from(`"A1\n${'B2\n'.repeat(100_000)}`)],
    ['half a character at the end', Buffer.from('A1\nü').subarray(0, -1)],
  ])('refuses %s', async (_what, bytes) => {
    await expect(readCouponCsv(bytes)).rejects.toThrow('the file was not imported');
  });

  it.each([
    ['commas', ','],
    ['semicolons', ';'],
    ['tabs', '\t'],
    ['empty columns in quotes', '"",'],
    ['commas and a carriage return at the end', ','],
  ])('refuses a line of five megabytes of %s, and says which', async (what, unit) => {
    const end = what.endsWith('end') ? '\r' : '';
    const bytes = Buffer.from(`code\nA1\n${unit.repeat(5 * 1024 * 1024)}`.slice(0, 5 * 1024 * 1024) + end);
    await expect(readCouponCsv(bytes)).rejects.toThrow('line 3 is too long');
  });

  it('lets other work run while it reads', async () => {
    const bytes = Buffer.from('A1,2,3,4,5,6,7,8\n'.repeat(60_000));
    let turns = 0;
    let isReading = true;
    const count = async (): Promise<void> => {
      for (; isReading; turns += 1) await new Promise((resolve) => setImmediate(resolve));
    };
    const counted = count();
    await readCouponCsv(bytes);
    isReading = false;
    await counted;
    // At least one turn of the event loop for each 16 kB.
    expect(turns).toBeGreaterThanOrEqual(Math.floor(bytes.length / (16 * 1024)));
  });

  it('reads a character that two pieces share', async () => {
    const codes = Array.from({ length: 9_000 }, (_, number) => `ü😀${number}`);
    expect((await read(codes.join('\n'))).codes).toEqual(codes);
  });
});
