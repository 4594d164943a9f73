import { describe, expect, it } from 'vitest';
import { Connection } from '../../src/api/connection';

describe('the connection', () => {
  it('asks again, ever more slowly, until the server answers', async () => {
    const answers = [false, false, false, false, false, true];
    const waits: number[] = [];
    const states: string[] = [];
    const connection = new Connection(
      async () => answers.shift() ?? true,
      state => states.push(state),
      async ms => {
        waits.push(ms);
      },
    );
    connection.lost();
    connection.lost();
    await connection.back();
    expect(states).toEqual(['lost', 'ok']);
    expect(waits).toEqual([1000, 2000, 4000, 8000, 8000, 8000]);
  });

  it('does not wait while the server answers', async () => {
    const connection = new Connection(
      async () => false,
      () => {
        throw new Error('must not change');
      },
    );
    await connection.back();
  });
});
