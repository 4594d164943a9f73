/** Proposes better-balanced plans and shows them. */
import { ApiError } from '../api/client';
import { followJob } from '../api/jobs';
import type { BalanceRequest, Job, Problem } from '../api/types';
import type { App, BalanceSettings } from '../state/app';
import { needLayer } from './load';
import { inWords, tell } from './notice';

export const PRESENT = 'present';
/** How the server says that the dataset has no plans at all. */
const NO_PLANS = new Set([404, 409]);

export async function loadPlans(app: App): Promise<void> {
  try {
    const plans = (await app.client.plans()).filter(plan => plan.id !== PRESENT);
    app.store.set({ plans });
  } catch (error) {
    tell(app, error);
  }
  try {
    app.store.set({ present: await app.client.plan(PRESENT) });
  } catch (error) {
    // A dataset without units has no present plan; the panel says what that means.
    if (!(error instanceof ApiError && NO_PLANS.has(error.status))) tell(app, error);
  }
}

export async function propose(app: App): Promise<void> {
  const { settings, plans } = app.store.get();
  app.store.set({ jobMessage: null });
  try {
    const first = await app.client.balance(PRESENT, requestFrom(settings, plans.length));
    const last = await followJob(app.client, first, job => keepBest(app, job));
    app.store.set({ job: null });
    await take(app, last);
  } catch (error) {
    const failed = app.t('balance.failed', { detail: inWords(app, error) });
    app.store.set({ job: null, jobMessage: failed });
  }
}

/** Without a seed of the user's, each search gets one of its own, so that "again" shows others. */
function requestFrom(settings: BalanceSettings, plansKnown: number): BalanceRequest {
  return {
    max_deviation: settings.maxDeviation,
    objective: 'cut-edges',
    seed: settings.seed ?? plansKnown + 1,
    keep: settings.keep,
  };
}

/** What was once found stays on the page while the search says nothing new. */
function keepBest(app: App, job: Job): void {
  app.store.set({ job: { ...job, best: job.best ?? app.store.get().job?.best ?? null } });
}

async function take(app: App, job: Job): Promise<void> {
  const [best] = job.plans ?? [];
  if (job.status === 'cancelled' && !best) {
    app.store.set({ jobMessage: app.t('balance.cancelled') });
  } else if (!best) {
    app.store.set({ jobMessage: whyNone(app, job) });
  } else {
    const plans = (await app.client.plans()).filter(plan => plan.id !== PRESENT);
    app.store.set({ plans });
    await choosePlan(app, best);
  }
}

function whyNone(app: App, { report, error }: Job): string {
  const said = app.store.get().lang === 'zh' ? report?.message_zh : report?.message;
  const detail = said ?? problemText(error);
  if (detail) return app.t('balance.failed', { detail });
  return app.t('balance.infeasible');
}

function problemText(problem: Problem | null): string | null {
  return problem ? [problem.title, problem.detail].filter(Boolean).join(': ') : null;
}

export async function cancelProposing(app: App): Promise<void> {
  const { job } = app.store.get();
  if (!job) return;
  try {
    await app.client.cancel(job.id);
  } catch (error) {
    tell(app, error);
  }
}

/** Shows a plan on the map beside the present one. */
export async function choosePlan(app: App, id: string): Promise<void> {
  app.store.set({ plan: id });
  try {
    const [plan, diff, grids] = await Promise.all([
      app.client.plan(id),
      app.client.diff(id),
      app.client.planGrids(id),
      needLayer(app, 'units'),
    ]);
    if (app.store.get().plan !== id) return;
    const fresh = app.store.get().proposal === null;
    app.store.set({ proposal: { plan, diff, grids }, ...(fresh ? {} : { side: 'proposed' }) });
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) {
      const text = app.t('error.planGone', { plan: id });
      app.store.set({ notice: { tone: 'error', text } });
    } else tell(app, error);
    leaveProposal(app);
  }
}

/** Back to the present plan alone. */
export function leaveProposal(app: App): void {
  app.store.set({ plan: null, proposal: null, side: 'proposed' });
}
