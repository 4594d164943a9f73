/** Knows whether the server answers, and tells when it is back after it was gone. */

const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 8000;

export type ConnectionState = 'ok' | 'lost';

export class Connection {
  private state: ConnectionState = 'ok';
  private waiting: (() => void)[] = [];

  constructor(
    private readonly alive: () => Promise<boolean>,
    private readonly changed: (state: ConnectionState) => void,
    private readonly sleep = (ms: number) => new Promise<void>(done => setTimeout(done, ms)),
  ) {}

  /** To be called when a request met no server. Starts to ask until it answers. */
  lost(): void {
    if (this.state === 'lost') return;
    this.state = 'lost';
    this.changed('lost');
    void this.askUntilBack();
  }

  /** Resolves at once while the server answers, else when it does so again. */
  back(): Promise<void> {
    return this.state === 'ok' ? Promise.resolve() : new Promise(done => this.waiting.push(done));
  }

  private async askUntilBack(): Promise<void> {
    let wait = FIRST_WAIT_MS;
    do {
      await this.sleep(wait);
      wait = Math.min(wait * 2, LONGEST_WAIT_MS);
    } while (!(await this.alive()));
    this.state = 'ok';
    this.changed('ok');
    for (const done of this.waiting.splice(0)) done();
  }
}
