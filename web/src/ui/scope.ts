/** The life of a part of the page: its watches end when it is built anew in another language. */
import type { App, State } from '../state/app';

export class Scope {
  private readonly ends: (() => void)[] = [];

  constructor(readonly app: App) {}

  /** Draws now, and again after a change of one of the keys. */
  draw(keys: readonly (keyof State)[], drawer: (state: Readonly<State>) => void): void {
    drawer(this.app.store.get());
    this.ends.push(this.app.store.watch(keys, drawer));
  }

  onEnd(end: () => void): void {
    this.ends.push(end);
  }

  end(): void {
    for (const end of this.ends.splice(0)) end();
  }
}
