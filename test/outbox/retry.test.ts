import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Outcome } from '#domain/delivery.ts';
import { settlementOf, type Tried } from '#outbox/retry.ts';

const now = new Date('2026-07-05T08:00:00.000Z');
const hour = 3_600_000;
const ago = (ms: number) => new Date(now.getTime() - ms);

const settle = (outcome: Outcome, more: Partial<Tried> = {}) =>
  settlementOf({ outcome, attempts: 0, createdAt: now, firstTriedAt: now, now, random: 0.5, ...more });

/** Milliseconds until the delivery comes back. */
function wait(outcome: Outcome, more: Partial<Tried> = {}): number {
  const settlement = settle(outcome, more);
  assert.ok('at' in settlement, settlement.kind);
  return settlement.at.getTime() - now.getTime();
}

const later: Outcome = { kind: 'later', reason: 'busy' };
const unknown: Outcome = { kind: 'unknown', reason: 'no answer' };
const refused = (scope: 'message' | 'destination' | 'credential'): Outcome => ({
  kind: 'refused',
  scope,
  reason: 'no',
});
const attempts = [0, 1, 2, 3, 4, 5, 6, 7, 8, 50, 10_000];
const ages = [0, hour, 23.9 * hour, 24 * hour, 7 * 24 * hour, 400 * 24 * hour];

test('what was sent is sent, however old it is and however often it was tried', () => {
  const receipt = { channel: 'C1', messageId: '1' };
  for (const tries of attempts) {
    for (const age of ages) {
      const settlement = settle(
        { kind: 'sent', receipt },
        { attempts: tries, createdAt: ago(age), firstTriedAt: ago(age) },
      );
      assert.deepEqual(settlement, { kind: 'sent', receipt });
    }
  }
});

test('a message that is refused is dead at once with the reason', () => {
  for (const tries of attempts) {
    const settlement = settle(refused('message'), { attempts: tries });
    assert.deepEqual(settlement, { kind: 'dead', reason: 'no' });
  }
});

test('the waits between tries rise from two seconds to ten minutes and stay there', () => {
  assert.deepEqual(
    attempts.map((tries) => wait(later, { attempts: tries }) / 1000),
    [2, 5, 10, 30, 60, 120, 300, 600, 600, 600, 600],
  );
});

test('the waits are spread by a fifth to either side and never beyond', () => {
  for (const tries of attempts) {
    const middle = wait(later, { attempts: tries });
    assert.equal(wait(later, { attempts: tries, random: 0 }), middle * 0.8);
    assert.equal(wait(later, { attempts: tries, random: 1 }), middle * 1.2);
    for (let random = 0; random <= 1; random += 0.05) {
      const spread = wait(later, { attempts: tries, random });
      assert.ok(spread >= middle * 0.8 && spread <= middle * 1.2, `${tries} tries, ${random}`);
    }
  }
});

test('a platform that names a longer wait gets it, and a shorter one does not shorten ours', () => {
  assert.equal(wait({ ...later, afterMs: 90_000 }), 90_000);
  assert.equal(wait({ ...later, afterMs: 10 }), 2000);
});

test('a pause of the whole channel lasts exactly as long as the platform says', () => {
  for (const afterMs of [1000, 1500, 600_000]) {
    const outcome: Outcome = { kind: 'later', reason: '429', afterMs, pausesLane: true };
    for (const tries of attempts) assert.equal(wait(outcome, { attempts: tries, random: 1 }), afterMs);
    assert.deepEqual(settle(outcome), {
      kind: 'retry',
      reason: '429',
      at: new Date(now.getTime() + afterMs),
      pauseLane: true,
    });
  }
});

test('a pause without a length follows the schedule instead of hammering the platform', () => {
  const outcome: Outcome = { kind: 'later', reason: '429', pausesLane: true };
  assert.deepEqual(
    [0, 3, 100].map((tries) => wait(outcome, { attempts: tries })),
    [2000, 30_000, 600_000],
  );
});

test('a wait that is not the channel’s does not pause the channel', () => {
  const settlement = settle(later);
  assert.equal(settlement.kind === 'retry' && settlement.pauseLane, false);
});

test('a message whose fate is unknown is looked for after two seconds, then after fifteen, then ever more rarely', () => {
  assert.deepEqual(
    attempts.map((tries) => wait(unknown, { attempts: tries }) / 1000),
    [2, 15, 15, 30, 60, 120, 300, 600, 600, 600, 600],
  );
  for (const tries of attempts) assert.equal(settle(unknown, { attempts: tries }).kind, 'unknown');
});

for (const outcome of [later, unknown]) {
  test(`${outcome.kind}: given up 24 hours after the first try, with the reason`, () => {
    assert.equal(
      settle(outcome, { firstTriedAt: ago(24 * hour - 1) }).kind,
      outcome === later ? 'retry' : 'unknown',
    );
    const dead = settle(outcome, { firstTriedAt: ago(24 * hour), createdAt: ago(25 * hour) });
    assert.ok(dead.kind === 'dead');
    assert.match(dead.reason, /^(busy|no answer) \(tried for 24 hours\)$/);
  });

  test(`${outcome.kind}: a message that waited for days before its first try is not given up after it`, () => {
    assert.notEqual(settle(outcome, { createdAt: ago(100 * hour) }).kind, 'dead');
  });
}

for (const scope of ['destination', 'credential'] as const) {
  test(`a refused ${scope} parks the channel and is probed every ten minutes`, () => {
    for (const tries of attempts) {
      const settlement = settle(refused(scope), { attempts: tries, firstTriedAt: ago(48 * hour) });
      assert.deepEqual(settlement, {
        kind: 'retry',
        reason: 'no',
        at: new Date(now.getTime() + 600_000),
        pauseLane: true,
      });
    }
  });

  test(`a refused ${scope} is given up seven days after the message was written`, () => {
    const week = 7 * 24 * hour;
    assert.equal(settle(refused(scope), { createdAt: ago(week - 1) }).kind, 'retry');
    const dead = settle(refused(scope), { createdAt: ago(week) });
    assert.deepEqual(dead, { kind: 'dead', reason: 'no (waited for 7 days)' });
  });
}
