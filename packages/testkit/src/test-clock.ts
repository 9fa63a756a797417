/** A clock that stands until it is moved. Give `clock.now` where code takes a `now(): Date`. */
export class TestClock {
  #ms: number;

  constructor(start: string | Date = '2030-01-01T00:00:00Z') {
    this.#ms = new Date(start).getTime();
  }

  readonly now = (): Date => new Date(this.#ms);
  readonly nowMs = (): number => this.#ms;

  advance(ms: number): void {
    this.#ms += ms;
  }

  set(moment: string | Date): void {
    this.#ms = new Date(moment).getTime();
  }
}
