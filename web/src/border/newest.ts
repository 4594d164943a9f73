/** Runs one job at a time; of those that come meanwhile only the newest is kept. Pure. */
export class Newest<T> {
  private running = false;
  private next: T | null = null;

  constructor(private readonly run: (job: T) => Promise<void>) {}

  push(job: T): void {
    this.next = job;
    if (!this.running) void this.work();
  }

  /** Forgets what waits. */
  clear(): void {
    this.next = null;
  }

  private async work(): Promise<void> {
    this.running = true;
    try {
      while (this.next !== null) {
        const job = this.next;
        this.next = null;
        await this.run(job);
      }
    } finally {
      this.running = false;
    }
  }
}
