import type { SeededRandom } from '../seeded-random.js';

/** Texts that a round trip through Luma's editor changes, and some that it does not. */
const DESCRIPTIONS: readonly ((n: number) => string | null)[] = [
  (n) => `Plain text ${n}.`,
  (n) => `# Title ${n}\n\n* one\n* two\n\n---\n\nEnd`,
  (n) => `Bold __${n}__ and a link <https://example.org/${n}>`,
  (n) => `Two\n\n\n\nblank lines ${n}  \nand trailing blanks   `,
  (n) => `[Link](https://example.org?a=${n})\n\n+ plus`,
  () => '',
  () => null,
];

export const description = (random: SeededRandom, n: number): string | null => random.pick(DESCRIPTIONS)(n);

export const TIMEZONES = ['Europe/Berlin', 'Asia/Singapore', 'America/Los_Angeles', 'UTC'] as const;
export const VISIBILITIES = ['public', 'members-only', 'private'] as const;

export interface Someone {
  key: string;
  name: string;
  email: string;
  phone: string;
  /** Writes the mail address in capitals at Luma, always. */
  isLoud: boolean;
}

export const somebody = (n: number): Omit<Someone, 'isLoud'> => ({
  key: `person-${n}`,
  name: `Person ${n}`,
  email: `person${n}@example.org`,
  phone: `+4915112345${n.toString().padStart(2, '0')}`,
});
