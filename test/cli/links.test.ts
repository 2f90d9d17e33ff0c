import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listLinks, revokeLinks } from '#cli/links.ts';
import { durationMs } from '#rules/duration.ts';

const now = new Date('2026-07-05T08:00:00.000Z');
const link = {
  id: '0e2f2f57-6f0c-4b0e-9a53-7c1d2e3f4a5b',
  source: 'meet',
  kind: 'recording',
  session: 'meet/S1',
  createdAt: '2026-07-01T08:00:00.000Z',
  expiresAt: '2026-07-31T08:00:00.000Z',
  clickCount: 5,
  clicks: [
    { at: '2026-07-02T09:00:00.000Z', outcome: 'unavailable', reason: 'no answer in time', userAgent: '' },
    { at: '2026-07-02T08:00:00.000Z', outcome: 'open', userAgent: 'Firefox', reader: 'a1b2c3' },
  ],
};
const revocation = { at: '2026-07-03T08:00:00.000Z', because: 'shared by mistake' };

type Asked = { readonly path: string; readonly body?: object };

/** What a command is handed, an answer of the service, and what came of it. */
function terminal(status: number, json: unknown) {
  const asked: Asked[] = [];
  const printed: string[] = [];
  const complaints: string[] = [];
  const common = {
    ask: async (path: string, body?: object) => {
      asked.push(body === undefined ? { path } : { path, body });
      return { status, json };
    },
    write: (text: string) => void printed.push(text),
    complain: (text: string) => void complaints.push(text),
  };
  return { asked, printed, complaints, common };
}

const listing = { format: 'text', durationMs, now: () => now } as const;

test('links are listed with what became of them and who opened them', async () => {
  const { asked, printed, common } = terminal(200, {
    links: [link, { ...link, revocation, clicks: [], clickCount: 1 }],
  });
  assert.equal(await listLinks({ ...listing, ...common, since: '7d' }), 0);
  assert.deepEqual(asked, [{ path: '/admin/links?limit=1000&since=2026-06-28T08%3A00%3A00.000Z' }]);
  assert.equal(
    printed.join(''),
    `0e2f2f57-6f0c-4b0e-9a53-7c1d2e3f4a5b  recording of meet/S1
  linked 2026-07-01T08:00:00.000Z, works until 2026-07-31T08:00:00.000Z
  opened 5 times
    2026-07-02T09:00:00.000Z  unavailable (no answer in time)  -  -
    2026-07-02T08:00:00.000Z  open  a1b2c3  Firefox
    and 3 before
0e2f2f57-6f0c-4b0e-9a53-7c1d2e3f4a5b  recording of meet/S1
  linked 2026-07-01T08:00:00.000Z, revoked 2026-07-03T08:00:00.000Z: shared by mistake
  opened once
    and 1 before
`,
  );
});

test('as JSON the list is what the service said', async () => {
  const { asked, printed, common } = terminal(200, { links: [link] });
  assert.equal(await listLinks({ ...listing, ...common, format: 'json', session: 'meet/S 1' }), 0);
  assert.deepEqual(JSON.parse(printed.join('')), [link]);
  assert.deepEqual(asked, [{ path: '/admin/links?limit=1000&session=meet%2FS+1' }]);
});

test('no links are said to be none', async () => {
  const { printed, common } = terminal(200, { links: [] });
  assert.equal(await listLinks({ ...listing, ...common }), 0);
  assert.deepEqual(printed, ['no links\n']);
});

test('a span that is no duration is wrong use', async () => {
  const { asked, complaints, common } = terminal(200, { links: [] });
  assert.equal(await listLinks({ ...listing, ...common, since: 'yesterday' }), 2);
  assert.match(complaints.join(''), /--since yesterday: write a duration/);
  assert.deepEqual(asked, []);
});

const orders = [
  [{ link: 'https://callboard.example/a/t', isAll: false }, { link: 'https://callboard.example/a/t' }],
  [{ session: 'meet/S1', isAll: false }, { session: 'meet/S1' }],
  [{ isAll: true }, { all: true }],
] as const;

for (const [flags, body] of orders) {
  test(`${JSON.stringify(body)} is revoked with its reason`, async () => {
    const { asked, printed, common } = terminal(200, { revoked: 2 });
    assert.equal(await revokeLinks({ ...common, ...flags, format: 'text', because: 'why' }), 0);
    assert.deepEqual(asked, [{ path: '/admin/links/revoke', body: { ...body, because: 'why' } }]);
    assert.deepEqual(printed, ['2 files are no longer opened by any link\n']);
  });
}

test('where nothing was revoked the exit code is 1', async () => {
  const { printed, common } = terminal(200, { revoked: 0 });
  assert.equal(await revokeLinks({ ...common, link: 'x', isAll: false, format: 'text', because: 'why' }), 1);
  assert.match(printed.join(''), /nothing was changed/);
});

test('one thing to revoke and a reason are needed', async () => {
  const { asked, complaints, common } = terminal(200, { revoked: 1 });
  const wrong = [
    { isAll: false, because: 'why' },
    { isAll: true, link: 'x', because: 'why' },
    { isAll: false, link: 'x', session: 'y', because: 'why' },
    { isAll: true },
    { isAll: true, because: ' ' },
  ];
  for (const each of wrong) assert.equal(await revokeLinks({ ...common, ...each, format: 'text' }), 2);
  assert.equal(complaints.length, wrong.length);
  assert.deepEqual(asked, []);
});

test('what the service objects to is told, and exit code 1', async () => {
  const told = terminal(404, { error: 'it is no link of ours' });
  assert.equal(
    await revokeLinks({ ...told.common, link: 'x', isAll: false, format: 'text', because: 'y' }),
    1,
  );
  assert.deepEqual(told.complaints, ['it is no link of ours\n']);
  const odd = terminal(200, { other: true });
  assert.equal(await listLinks({ ...listing, ...odd.common }), 1);
  assert.deepEqual(odd.complaints, ['the service answered 200\n']);
});
