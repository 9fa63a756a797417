import { Outages } from './outages.js';

/**
 * Times in which no process of an app was there to take work over, because later blows hit the others too: each was
 * killed and not up again, frozen, or told to end. An app that runs once has nobody else: that it has to start again
 * counts, and is no absence.
 */
export class Absences {
  readonly #apps = new Map<
    string,
    { there: Set<string>; instances: number; outages: Outages; end: (() => void) | null }
  >();

  /** @param apps The app of each process, by the process's name. All are there. */
  constructor(
    apps: ReadonlyMap<string, string>,
    private readonly now: () => number = () => performance.now(),
  ) {
    for (const [name, app] of apps) {
      const known = this.#apps.get(app);
      if (known === undefined)
        this.#apps.set(app, { there: new Set([name]), instances: 1, outages: new Outages(this.now), end: null });
      else {
        known.there.add(name);
        known.instances += 1;
      }
    }
  }

  left(app: string, name: string): void {
    const known = this.#get(app);
    known.there.delete(name);
    if (known.there.size === 0 && known.instances > 1) known.end ??= known.outages.begin();
  }

  came(app: string, name: string): void {
    const known = this.#get(app);
    known.there.add(name);
    known.end?.();
    known.end = null;
  }

  of(app: string): Outages {
    return this.#get(app).outages;
  }

  #get(app: string) {
    const known = this.#apps.get(app);
    if (known === undefined) throw new Error(`there is no app ${app}`);
    return known;
  }
}
