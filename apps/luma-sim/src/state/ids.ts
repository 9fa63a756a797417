import type { Random } from '../random.js';

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** Ids in Luma's form: a prefix and letters that mean nothing. The same seed gives the same ids. */
export class Ids {
  readonly #random: Random;
  #count = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  /** Ids made so far. */
  get count(): number {
    return this.#count;
  }

  /** Goes on after the ids that were made before. */
  restore(count: number): void {
    this.#count = count;
  }

  /** `evt-` + 16 characters, the last four counting up so that no two are ever equal. */
  next(prefix: string): string {
    this.#count += 1;
    return `${prefix}${this.text(12)}${toBase62(this.#count).padStart(4, '0')}`;
  }

  text(length: number, letters = LETTERS): string {
    return Array.from({ length }, () => letters[Math.floor(this.#random() * letters.length)]).join('');
  }

  /** A slug as Luma makes them: 8 lower-case characters. */
  slug(): string {
    return this.text(8, 'abcdefghijklmnopqrstuvwxyz0123456789');
  }

  uuid(): string {
    const hex = (length: number) => this.text(length, '0123456789abcdef');
    return `${hex(8)}-${hex(4)}-4${hex(3)}-8${hex(3)}-${hex(12)}`;
  }
}

function toBase62(number: number): string {
  let rest = number;
  let text = '';
  do {
    text = `${LETTERS[rest % 62]}${text}`;
    rest = Math.floor(rest / 62);
  } while (rest > 0);
  return text;
}
