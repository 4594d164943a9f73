/** Puts a failure into plain words on the page. */
import { ApiError, ServerGone } from '../api/client';
import type { App } from '../state/app';

/** Where the fault lies, when the server says so. */
export function inWords(app: App, error: unknown): string {
  if (!(error instanceof ApiError)) return error instanceof Error ? error.message : String(error);
  const { title, detail, file, feature, field } = error.problem;
  const text = [title, detail].filter(Boolean).join(': ') || error.message;
  if (!file) return text;
  const where = app.t('error.where', {
    file,
    feature: feature ? app.t('error.feature', { feature }) : '',
    field: field ? app.t('error.field', { field }) : '',
  });
  return `${text} (${where})`;
}

/** A server that is gone has its own notice already. */
export function tell(app: App, error: unknown): void {
  if (error instanceof ServerGone) return;
  const text = app.t('error.generic', { detail: inWords(app, error) });
  app.store.set({ notice: { tone: 'error', text } });
}
