/** Keys that work anywhere on the page but in a field. */
import { openFinding, stepFinding } from '../actions/findings';
import { clearSelection } from '../actions/locate';
import { resetOrLeave } from '../border/actions';
import { closeOrLeave, stepItem } from '../repair/actions';
import type { App } from '../state/app';

export function listenToKeys(app: App): void {
  document.addEventListener('keydown', event => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const inField =
      event.target instanceof HTMLElement && event.target.matches('input, textarea, select');
    if (inField) return;
    const acts = app.store.get().repair ? ACTS_REPAIRING : ACTS;
    const act = acts[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!act) return;
    event.preventDefault();
    act(app);
  });
}

const ACTS: Readonly<Record<string, (app: App) => void>> = {
  '/': () => document.querySelector<HTMLInputElement>('#search-input')?.select(),
  n: app => stepFinding(app, 1),
  p: app => stepFinding(app, -1),
  Escape: app => {
    if (app.store.get().border) return resetOrLeave(app);
    clearSelection(app);
    void openFinding(app, null);
    app.store.set({ notice: null });
  },
};

/** The page of repairing lies over everything else. */
const ACTS_REPAIRING: typeof ACTS = {
  n: app => stepItem(app, 1),
  p: app => stepItem(app, -1),
  Escape: closeOrLeave,
};
