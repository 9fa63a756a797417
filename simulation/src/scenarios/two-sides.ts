import type { Play } from '../play.js';
import { AppSide } from './app-side.js';
import { LumaSide } from './luma-side.js';
import { SaidBySides } from './said.js';
import { type Someone, somebody } from './words.js';

/** An app, its users, a host at Luma and the guests there: each does what such people do. */
export class TwoSides {
  readonly said: SaidBySides;
  readonly app: AppSide;
  readonly luma: LumaSide;

  constructor(play: Play, peopleCount: number) {
    const people: Someone[] = Array.from({ length: peopleCount }, (_none, index) => ({
      ...somebody(index + 1),
      isLoud: play.random.chance(0.3),
    }));
    this.said = new SaidBySides(play.time);
    this.app = new AppSide(play, this.said, people);
    this.luma = new LumaSide(play, this.said, people);
  }
}
