import { describe, expect, it, vi } from 'vitest';
import type { CheckReport, Finding } from '../../src/api/types';
import { findingKeys } from '../../src/state/app';
import { createStore } from '../../src/state/store';

describe('the store', () => {
  it('calls only those whose keys have changed', () => {
    const store = createStore({ a: 1, b: 1 });
    const [onA, onB] = [vi.fn(), vi.fn()];
    store.watch(['a'], onA);
    store.watch(['b'], onB);
    store.set({ a: 2, b: 1 });
    expect(onA).toHaveBeenCalledExactlyOnceWith({ a: 2, b: 1 });
    expect(onB).not.toHaveBeenCalled();
  });

  it('does not call one that was stopped, even in the same round', () => {
    const store = createStore({ a: 1 });
    const late = vi.fn();
    let stopLate = () => {};
    store.watch(['a'], () => stopLate());
    stopLate = store.watch(['a'], late);
    store.set({ a: 2 });
    expect(late).not.toHaveBeenCalled();
  });
});

describe('findingKeys', () => {
  const finding = (rule: string, ...features: string[]): Finding => ({
    rule,
    severity: 'error',
    layer: 'grids',
    file: null,
    field: null,
    features,
    measure: null,
    message: '',
    message_zh: '',
    mend: null,
    geometry: null,
  });

  it('differ for all findings, also for equal ones', () => {
    const findings = [finding('a', '1'), finding('a', '1'), finding('a', '1', '2'), finding('b')];
    const report = { findings } as unknown as CheckReport;
    const keys = findingKeys(report);
    expect(new Set(keys).size).toBe(4);
    expect(keys[0]).toBe('a~grids~1');
    expect(findingKeys(report)).toBe(keys);
  });
});
