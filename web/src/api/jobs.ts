/** Follows a job by server-sent events, and by asking again where those do not get through. */
import type { Client } from './client';
import { ServerGone } from './client';
import type { Job } from './types';

const POLL_MS = 700;
const ENDS = ['done', 'failed', 'cancelled'] as const;

/** Resolves with the job's last word; `update` hears of each step. */
export async function followJob(
  client: Client,
  first: Job,
  update: (job: Job) => void,
): Promise<Job> {
  update(first);
  if (first.status !== 'running') return first;
  const last = await listen(first.id, update);
  return last ?? poll(client, first.id, update);
}

/** Null when the stream broke before the end. */
function listen(id: string, update: (job: Job) => void): Promise<Job | null> {
  return new Promise(resolve => {
    const stream = new EventSource(`/api/jobs/${encodeURIComponent(id)}/events`);
    const finish = (job: Job | null) => {
      stream.close();
      resolve(job);
    };
    const hear = (event: MessageEvent<string>) => {
      const job = JSON.parse(event.data) as Job;
      update(job);
      if (job.status !== 'running') finish(job);
    };
    for (const name of ['progress', ...ENDS]) stream.addEventListener(name, hear);
    stream.onerror = () => finish(null);
  });
}

async function poll(client: Client, id: string, update: (job: Job) => void): Promise<Job> {
  for (;;) {
    try {
      const job = await client.job(id);
      update(job);
      if (job.status !== 'running') return job;
    } catch (error) {
      // A server that is gone may come back with the job; one that says no has lost it.
      if (!(error instanceof ServerGone)) throw error;
    }
    await new Promise(done => setTimeout(done, POLL_MS));
  }
}
