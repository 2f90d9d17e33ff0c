import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ArtifactReference } from '#domain/artifact.ts';
import type { JsonObject } from '#domain/value.ts';
import { after, day, linkIn, linkTo } from './setup.ts';

const url = 'https://files.example/secret/path.mp4';
const all: readonly ArtifactReference['kind'][] = ['recording', 'artifact', 'address'];

const address: ArtifactReference = { kind: 'address', url };
const record: ArtifactReference = { kind: 'recording', recordId: 'r1' };
const file: ArtifactReference = { kind: 'artifact', artifactId: 'a1' };

const path: ArtifactReference = { kind: 'path', path: '/a/b.mp4' };
const inSession: ArtifactReference = { kind: 'file', fileId: 'r1', sessionId: 'S1' };
const spoken: ArtifactReference = { kind: 'transcription', transcriptionId: 'a1', text: 'transcript' };
const summed: ArtifactReference = { ...spoken, text: 'summary' };

const cases: readonly {
  readonly name: string;
  readonly target: JsonObject;
  readonly opens: readonly ArtifactReference['kind'][];
  readonly expected: readonly [string, ArtifactReference] | undefined;
}[] = [
  { name: 'recording', target: { id: 'r1' }, opens: all, expected: ['recording', record] },
  { name: 'recording', target: { id: 'r1', url }, opens: all, expected: ['recording', address] },
  { name: 'recording', target: { id: 'r1', url }, opens: ['recording'], expected: ['recording', record] },
  { name: 'recording', target: { id: 'r1', url }, opens: ['artifact'], expected: undefined },
  { name: 'recording', target: { id: 'r1' }, opens: ['address'], expected: undefined },
  { name: 'recording', target: { id: 'r1', url }, opens: [], expected: undefined },
  { name: 'recording', target: {}, opens: all, expected: undefined },
  { name: 'recording', target: { path: '/a/b.mp4' }, opens: all, expected: undefined },
  { name: 'artifact', target: { id: 'a1', kind: 'summary' }, opens: all, expected: ['summary', file] },
  { name: 'artifact', target: { id: 'a1', kind: 'transcript' }, opens: all, expected: ['transcript', file] },
  { name: 'artifact', target: { id: 'a1', kind: 'analytics' }, opens: all, expected: ['analytics', file] },
  { name: 'artifact', target: { id: 'a1', kind: 'strange' }, opens: all, expected: ['other', file] },
  { name: 'artifact', target: { id: 'a1' }, opens: all, expected: ['other', file] },
  { name: 'artifact', target: { id: 'a1' }, opens: ['recording', 'address'], expected: undefined },
  {
    name: 'recording',
    target: { id: 'r1', path: '/a/b.mp4' },
    opens: ['file', 'path'],
    expected: ['recording', path],
  },
  {
    name: 'recording',
    target: { id: 'r1', url, path: '/a/b.mp4' },
    opens: ['path', 'address'],
    expected: ['recording', address],
  },
  { name: 'recording', target: { id: 'r1' }, opens: ['path', 'file'], expected: ['recording', inSession] },
  { name: 'recording', target: { id: '/a/b.mp4', path: '/a/b.mp4' }, opens: ['file'], expected: undefined },
  { name: 'artifact', target: { id: 'a1' }, opens: ['transcription'], expected: undefined },
  {
    name: 'artifact',
    target: { id: 'a1', kind: 'transcript' },
    opens: ['transcription'],
    expected: ['transcript', spoken],
  },
  {
    name: 'artifact',
    target: { id: 'a1', kind: 'summary' },
    opens: ['transcription'],
    expected: ['summary', summed],
  },
  { name: 'transcript', target: { id: 'a1' }, opens: ['transcription'], expected: ['transcript', spoken] },
  { name: 'transcript', target: {}, opens: ['transcription'], expected: undefined },
  { name: 'hls', target: { id: 'h1', url }, opens: all, expected: ['hls', address] },
  { name: 'hls', target: { id: 'h1' }, opens: all, expected: undefined },
];

for (const { name, target, opens, expected } of cases) {
  const has = Object.keys(target).join(' and ') || 'nothing';
  const can = opens.join(', ') || 'nothing';
  test(`a ${name} with ${has}, at a source that opens ${can}, gives ${expected?.[1].kind ?? 'no link'} as ${expected?.[0] ?? 'nothing'}`, () => {
    const link = linkTo(name, target, opens);
    assert.deepEqual(link && [link.artifact.kind, link.artifact.reference], expected);
  });
}

test('an address that is not http is refused, and the id is taken instead where there is one', () => {
  const bad = [
    'javascript:alert(1)',
    'data:text/html,x',
    'file:///etc/passwd',
    'ftp://a/b',
    '//host/x',
    'nonsense',
    '',
  ];
  for (const each of [...bad, 'https://user:password@files.example/x']) {
    assert.equal(linkTo('hls', { url: each }, all), undefined, each);
    assert.deepEqual(linkTo('recording', { id: 'r1', url: each }, all)?.artifact.reference, record, each);
  }
});

test('a link says nothing about the file: no address, no path, no id, no session', () => {
  const target = {
    id: 'record-id-1',
    url: 'https://files.example/secret/path.mp4',
    path: 'node_01/file.mp4',
  };
  const link = linkTo('recording', target, all);
  assert.match(link?.url ?? '', /^https:\/\/callboard\.example\/a\/[\w-]+\.[\w-]+\.[\w-]+$/);
  const [, body = ''] = (link?.url ?? '').split('.').slice(-3);
  const shown = `${link?.url} ${Buffer.from(body, 'base64url').toString()}`;
  assert.match(shown, /"sub":/);
  assert.doesNotMatch(shown, /files\.example|secret|path|mp4|node_01|record-id-1|S1/);
});

test('the same file has the same id, another file or another source another', () => {
  const id = (target: JsonObject, more: JsonObject = {}) =>
    linkTo('recording', target, all, more)?.artifact.id;
  const first = id({ id: 'r1' });
  assert.match(first ?? '', /^[0-9a-f-]{36}$/);
  assert.equal(id({ id: 'r1', seconds: 5 }), first);
  assert.equal(id({ id: 'r1' }, { session: { id: 'S2' } }), first);
  assert.notEqual(id({ id: 'r2' }), first);
  assert.notEqual(id({ id: 'r1' }, { source: { name: 'other' } }), first);
  const asArtifact = linkTo('artifact', { id: 'r1' }, all)?.artifact.id;
  assert.notEqual(asArtifact, first);
});

test('a link lasts 30 days and belongs to the session where there is one', () => {
  const artifact = linkTo('recording', { id: 'r1' }, all)?.artifact;
  assert.equal(artifact?.expiresAt, after(30 * day).toISOString());
  assert.deepEqual([artifact?.source, artifact?.session], ['meet', 'meet/S1']);
  assert.equal(linkTo('recording', { id: 'r1' }, all, { session: {} })?.artifact.session, '');
});

test('a link lasts as long as is asked for', () => {
  const hour = 3_600_000;
  const link = linkTo('recording', { id: 'r1' }, all, {}, { expiresMs: hour });
  assert.equal(link?.artifact.expiresAt, after(hour).toISOString());
  const { exp } = JSON.parse(Buffer.from(link?.url.split('.').at(-2) ?? '', 'base64url').toString());
  assert.equal(exp * 1000, after(hour).getTime());
  const usual = linkTo('recording', { id: 'r1' }, all)?.artifact;
  assert.deepEqual(link && { ...link.artifact, expiresAt: '' }, usual && { ...usual, expiresAt: '' });
});

const summaryOf = (name: string, of: JsonObject, opens: readonly ArtifactReference['kind'][]) =>
  linkTo(name, of, opens, {}, { text: 'summary' })?.artifact;

test('the summary of a transcription has a link of its own, where its source can open one', () => {
  const target = { id: 'a1', kind: 'transcript' };
  const transcript = linkTo('artifact', target, ['transcription'])?.artifact;
  const found = summaryOf('artifact', target, ['transcription']);
  assert.deepEqual([found?.kind, found?.reference], ['summary', summed]);
  assert.notEqual(found?.id, transcript?.id);
  assert.equal(summaryOf('transcript', { id: 'a1' }, ['transcription'])?.id, found?.id);
  assert.equal(summaryOf('artifact', target, ['artifact']), undefined);
  assert.equal(summaryOf('recording', { id: 'r1' }, ['transcription', 'recording']), undefined);
  assert.equal(summaryOf('artifact', { id: 'a1', kind: 'analytics' }, ['transcription']), undefined);
});

test('only the recording, its files, the artifact and the HLS stream of the event have links', () => {
  const file = { id: 'f1', url };
  const recording = { id: 'r1', files: [{ url: 'https://files.example/other' }, file] };
  const room = { id: 'room-1', url };
  const facts = { source: { name: 'meet' }, recording, room, participant: { id: 'p1' } };
  assert.equal(linkIn(facts, recording, all)?.artifact.kind, 'recording');
  const link = linkIn(facts, file, all)?.artifact;
  assert.deepEqual([link?.kind, link?.reference], ['recording', address]);
  for (const target of [room, facts.participant, facts.source, facts, { id: 'r1', url }])
    assert.equal(linkIn(facts, target, all), undefined, JSON.stringify(target));
  assert.equal(linkIn({ ...facts, recording: { files: url } }, file, all), undefined);
});

test('an event without a source has no links', () => {
  assert.equal(linkTo('recording', { id: 'r1' }, all, { source: {} }), undefined);
});
