import { describe, expect, it, vi } from 'vitest';
import { countPick, decideName, inOrder, nameFor, withProposal } from '../../src/actions/names';
import type { Located, NameProposal, Suggestion } from '../../src/api/types';
import type { App } from '../../src/state/app';

const answer = { compound_id: 'c1', compound_name: '鸿仕雅居' } as Located;

function proposal(id: string, status: NameProposal['status'], created = ''): NameProposal {
  const place = { kind: 'compound', key: 'c1', place: '鸿仕雅居' } as const;
  return { ...place, id, change: 'alias', name: id, others: [], status, created, version: 1 };
}

describe('a proposed name', () => {
  it('is trimmed, and is for the compound of the answer', () => {
    expect(nameFor(answer, '  老 鸿仕 ', 'alias')).toEqual({
      kind: 'compound',
      key: 'c1',
      change: 'alias',
      name: '老 鸿仕',
    });
  });

  it('is none when it is empty or the present name, or when there is no compound', () => {
    expect(nameFor(answer, ' ', 'alias')).toBeNull();
    expect(nameFor(answer, '鸿仕雅居', 'correction')).toBeNull();
    expect(nameFor({ ...answer, compound_id: null }, 'x', 'alias')).toBeNull();
  });
});

describe('the list', () => {
  it('holds each proposal once, in its newest state', () => {
    const list = withProposal([proposal('a', 'open'), proposal('b', 'open')], {
      ...proposal('a', 'accepted'),
      version: 2,
    });
    expect(list.map(({ id, status }) => `${id} ${status}`)).toEqual(['a accepted', 'b open']);
    expect(withProposal(list, proposal('c', 'open'))).toHaveLength(3);
  });

  it('shows open ones first, then the newest', () => {
    const names = [
      proposal('old', 'accepted', '2026-01-01'),
      proposal('new', 'refused', '2026-03-01'),
      proposal('open', 'open', '2025-01-01'),
    ];
    expect(inOrder(names).map(({ id }) => id)).toEqual(['open', 'new', 'old']);
  });
});

describe('the server', () => {
  function app(client: Partial<App['client']>): { app: App; set: ReturnType<typeof vi.fn> } {
    const set = vi.fn();
    const store = { set, get: () => ({ names: [proposal('a', 'open')] }) };
    return { app: { store, client, t: (key: string) => key } as unknown as App, set };
  }

  it('is told what was chosen, and may fail at it', async () => {
    const pick = vi.fn(() => Promise.reject(new Error('gone')));
    const item = { kind: 'compound', key: 'c1' } as Suggestion;
    countPick(app({ pick }).app, item);
    await Promise.resolve();
    expect(pick).toHaveBeenCalledExactlyOnceWith(item);
  });

  it('is asked for the list again where somebody was quicker', async () => {
    const decided = vi.fn(() => Promise.reject(new Error('412')));
    const nameProposals = vi.fn(() => Promise.resolve([proposal('a', 'refused')]));
    const made = app({ decideName: decided, nameProposals });
    await decideName(made.app, proposal('a', 'open'), 'accepted');
    expect(nameProposals).toHaveBeenCalledOnce();
    expect(made.set).toHaveBeenLastCalledWith({ names: [proposal('a', 'refused')] });
  });
});
