/** Names that clerks propose for places and planners accept or refuse. */
import type {
  Located,
  NameProposal,
  NewNameProposal,
  ProposalStatus,
  Suggestion,
} from '../api/types';
import type { App } from '../state/app';
import { tell } from './notice';

/** Tells the server what was chosen. A failure is no matter to the one who looks something up. */
export function countPick(app: App, item: Suggestion): void {
  app.client.pick(item).catch(() => {});
}

export async function loadNames(app: App): Promise<void> {
  try {
    app.store.set({ names: await app.client.nameProposals() });
  } catch (error) {
    tell(app, error);
  }
}

/** What the form says, as a proposal for the compound of an answer; null where it says nothing. */
export function nameFor(
  answer: Located,
  text: string,
  change: NewNameProposal['change'],
): NewNameProposal | null {
  const name = text.trim().replace(/\s+/g, ' ');
  if (!name || !answer.compound_id || name === answer.compound_name) return null;
  return { kind: 'compound', key: answer.compound_id, change, name };
}

/** Whether it was kept. */
export async function proposeName(app: App, proposal: NewNameProposal): Promise<boolean> {
  try {
    put(app, await app.client.proposeName(proposal));
    return true;
  } catch (error) {
    tell(app, error);
    return false;
  }
}

/** The planner's word. Where somebody was quicker, the list is read again. */
export async function decideName(
  app: App,
  proposal: NameProposal,
  status: ProposalStatus,
): Promise<void> {
  try {
    put(app, await app.client.decideName(proposal, status));
  } catch (error) {
    tell(app, error);
    await loadNames(app);
  }
}

function put(app: App, proposal: NameProposal): void {
  app.store.set({ names: withProposal(app.store.get().names, proposal) });
}

/** The list with a proposal in the place of its older state, or at the end. */
export function withProposal(
  names: readonly NameProposal[],
  proposal: NameProposal,
): NameProposal[] {
  const known = names.some(({ id }) => id === proposal.id);
  if (!known) return [...names, proposal];
  return names.map(one => (one.id === proposal.id ? proposal : one));
}

/** Open ones first, then the newest. */
export function inOrder(names: readonly NameProposal[]): NameProposal[] {
  const open = (one: NameProposal) => (one.status === 'open' ? 0 : 1);
  return [...names].sort((a, b) => open(a) - open(b) || b.created.localeCompare(a.created));
}
