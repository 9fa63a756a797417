/** Slots of one kind, ordered by the time they count until (one window later they are free). */
export interface SpentSlot {
  id: string;
  /** The answer's arrival; before that the deadline. */
  heldUntil: number;
  holdMs: number;
}

export class SpentLog {
  #slots: SpentSlot[] = [];

  add(slot: SpentSlot): void {
    let index = this.#slots.length;
    while (index > 0 && (this.#slots[index - 1]?.heldUntil ?? 0) > slot.heldUntil) index--;
    this.#slots.splice(index, 0, slot);
  }

  find(id: string): SpentSlot | null {
    return this.#slots.find((slot) => slot.id === id) ?? null;
  }

  remove(id: string): void {
    this.#slots = this.#slots.filter((slot) => slot.id !== id);
  }

  forgetUntil(time: number): void {
    while ((this.#slots[0]?.heldUntil ?? Number.POSITIVE_INFINITY) <= time) this.#slots.shift();
  }

  /** Slots with `heldUntil` after `time`, ascending. */
  after(time: number): readonly SpentSlot[] {
    const first = this.#slots.findIndex((slot) => slot.heldUntil > time);
    return first === -1 ? [] : this.#slots.slice(first);
  }
}
