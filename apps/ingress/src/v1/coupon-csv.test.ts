import { describe, expect, it } from '@jest/globals';
import { readCouponCsv } from './coupon-csv.js';
import type { CouponCsvFormat } from './coupon-csv-format.js';

const read = (text: string, format?: CouponCsvFormat) => readCouponCsv(Buffer.from(text), format);

describe('readCouponCsv', () => {
  it.each([
    ['one per line', 'A1\nB2\n', ['A1', 'B2']],
    ['a heading', 'code\nA1\n', ['A1']],
    ['a heading in capitals, and more columns', 'Code,Value\nA1,10\nB2,20\n', ['A1', 'B2']],
    ['a byte order mark', '\ufeffcode\r\nA1\r\n', ['A1']],
    ['a byte order mark without a heading', '\ufeffA1\n', ['A1']],
    ['quotes, spaces, empty lines', '"A ""1"""\n\n  B2  \n', ['A "1"', 'B2']],
    ['lines of different length', 'code,value\nA1\nB2,x,y\n', ['A1', 'B2']],
    ['other scripts', 'ÄÖ-1\nकूपन\n🎟️50\n', ['ÄÖ-1', 'कूपन', '🎟️50']],
    ['nothing', '', []],
    ['no end of line', 'A1', ['A1']],
    ['semicolons, as spreadsheets write them in half of Europe', 'Code;Value\nA1;10,5\n', ['A1']],
    ['tabs', 'A1\t10\n', ['A1']],
    ['a heading of two words', 'Coupon Code,Value\nA1,10\n', ['A1']],
    [
      'a heading that names links',
      'Link\nhttps://x.example/r?code=A1&amp;src=luma\n',
      ['https://x.example/r?code=A1&amp;src=luma'],
    ],
    ['the separator as spreadsheets name it', 'sep=;\nCode;Value\nA1;10\n', ['A1']],
    ['the separator without a heading', '\ufeffsep=;\nA1;10\nB2;20\n', ['A1', 'B2']],
    [
      'links with every sign',
      'https://x.example/a;b,c|d?e=1&f=2\nhttps://x.example/2\n',
      ['https://x.example/a;b,c|d?e=1&f=2', 'https://x.example/2'],
    ],
    ['a semicolon in a column of a file with commas', 'code,value\nA;1,10\n', ['A;1']],
    ['a comma in a code of a file with semicolons', 'code;value\nA,1;10\n', ['A,1']],
    ['codes in a column that is not the first', 'Name,Code,Value\nAda,A1,10\nBob,B2,20\n', ['A1', 'B2']],
    ['a column of links', 'Nr;"Link"\n1;https://x.example/?a=1&b=2\n', ['https://x.example/?a=1&b=2']],
    ['a heading from a database', 'promo_code\nA1\n', ['A1']],
    ['ends of line of every kind', 'code\r\nA1\nB2\r\nC3\rD4', ['A1', 'B2', 'C3', 'D4']],
    ['carriage returns alone', 'code\rA1\rB2\r', ['A1', 'B2']],
    ['one code in capitals', 'SUMMER\n', ['SUMMER']],
  ])('reads %s', async (_what, text, codes) => {
    expect(await read(text)).toEqual({ codes, invalid: [] });
  });

  it('says which lines hold no code, and takes the others', async () => {
    const long = 'x'.repeat(101);
    expect(await read(`code\nA1\n,10\n${long}\nB\u0007B\nC3\nD\u0000\n`)).toEqual({
      codes: ['A1', 'C3'],
      invalid: [
        { line: 3, reason: 'the line holds no code' },
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
    expect((await read('Ü'.repeat(100))).codes).toHaveLength(1);
  });

  it('takes a code that looks like a heading when it is in none of the first two lines', async () => {
    expect((await read('A1\nB2\ncode\n')).codes).toEqual(['A1', 'B2', 'code']);
  });

  it.each([
    ['semicolons without a heading', 'A1;x\nB2;y\n', 'delimiter'],
    ['commas without a heading', 'A1,10\nB2,20\n', 'delimiter'],
    ['a sign in a later line', 'A1\nB2|x\n', 'delimiter'],
    ['a first line without a digit', 'Bonus\nA1\nB2\n', 'heading'],
    ['a first line before links', 'Angebot\nhttps://x.example/1\n', 'heading'],
    ['a first line in small letters', 'Angebot\nSUMMER\nWINTER\n', 'heading'],
    ['a title before the heading', 'Codes of our event\n\nCode\nA1\n', 'heading'],
    ['a heading in the second line', 'A1\ncode\n', 'heading'],
    ['one line alone that may be a heading', 'Gutschein\n', 'heading'],
    ['a first line of another length', 'WHAT\nABCDEF\nGHIJKL\nMNOPQR\n', 'heading'],
  ])('asks, and imports nothing: %s', async (_what, text, path) => {
    await expect(read(text)).rejects.toMatchObject({ code: 'coupon_import.unclear', status: 422, errors: [{ path }] });
  });

  it.each([
    ['Bonus\nA1\n', { heading: true }, ['A1']],
    ['Gutschein\n', { heading: false }, ['Gutschein']],
    ['A1\ncode\n', { heading: false }, ['A1', 'code']],
    ['Bonus\nA1\n', { heading: false }, ['Bonus', 'A1']],
    ['code\nA1\n', { heading: false }, ['code', 'A1']],
    ['A1;x\nB2;y\n', { delimiter: 'none' }, ['A1;x', 'B2;y']],
    ['A1;x\nB2;y\n', { delimiter: 'semicolon' }, ['A1', 'B2']],
    ['code;value\nA1,x;1\n', { delimiter: 'comma' }, ['A1']],
    ['code\nA1;x\n', { delimiter: 'none' }, ['A1;x']],
  ] as const)('reads %j as the caller says: %j', async (text, format, codes) => {
    expect(await read(text, format)).toEqual({ codes, invalid: [] });
  });

  it('cuts no code where the heading names one column', async () => {
    expect(await read('code\nA1;x\nB2\n')).toEqual({
      codes: ['B2'],
      invalid: [{ line: 2, reason: 'holds ";", but the heading names one column' }],
    });
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
    await expect(readCouponCsv(bytes)).rejects.toThrow(/line 3 (is too long|has a quotation mark)/);
  });

  it('lets other work run while it reads', async () => {
    const bytes = Buffer.from(`code,b\n${'A1,2,3,4,5,6,7,8\n'.repeat(60_000)}`);
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
