import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { livekit } from '#sources/livekit.ts';
import { openLocation } from '#sources/livekit-files.ts';
import { fileAddress } from '#sources/livekit-location.ts';
import { startS3 } from '#test/s3.ts';
import { plainTools } from '#test/vectors.ts';

const begin = new Date('2026-07-01T00:00:00Z');
const hourMs = 3_600_000;
const keys = { key: 'secret' };
const account = { region: 'eu-central-1', accessKey: 'AKIDEXAMPLE', secretKey: 'secret+key/of=tests' };
const bucket = {
  region: account.region,
  bucket: 'acme-rec',
  access_key: account.accessKey,
  secret_key: account.secretKey,
};

const isThere: typeof fetch = async () => new Response();
const accepts = (settings: object) => livekit.settings.safeParse({ keys, ...settings }).success;

type Settings = Omit<Parameters<typeof livekit.open>[1], 'keys'>;

function open(url: string, settings: Settings = {}, fetch = plainTools.fetch, now = () => begin) {
  const source = livekit.open('live', { keys, ...settings }, { ...plainTools, fetch, now });
  return source.open({ kind: 'address', url });
}

/** An address and no call to a storage. */
async function passedOn(url: string, settings: Settings = {}): Promise<string> {
  const opened = await open(url, settings);
  if (opened.kind !== 'open') throw new Error(`${opened.kind}: ${opened.reason}`);
  return opened.url;
}

describe('a file of LiveKit without a storage in the settings', () => {
  test('is opened at the address that LiveKit told', async () => {
    assert.equal(
      await passedOn('https://acme-rec.s3.amazonaws.com/a.mp4'),
      'https://acme-rec.s3.amazonaws.com/a.mp4',
    );
  });

  test('is opened with its signature as long as that lasts, and then no more', async () => {
    const url =
      'https://b.s3.amazonaws.com/a.mp4?X-Amz-Date=20260701T000000Z&X-Amz-Expires=7200&X-Amz-Signature=00';
    const at = (ms: number) => open(url, {}, plainTools.fetch, () => new Date(begin.getTime() + ms));
    assert.deepEqual(await at(2 * hourMs - 1), { kind: 'open', url });
    assert.equal((await at(2 * hourMs)).kind, 'ended');
  });

  test('has no link where its location is no address', () => {
    const places = [
      '{storage}/rec/a.mp4',
      '/out/rec/a.mp4',
      'rec/a.mp4',
      'file:///out/a.mp4',
      'C:\\rec\\a.mp4',
      's3://b/a.mp4',
    ];
    for (const place of places) assert.equal(fileAddress(place), undefined, place);
    assert.deepEqual(livekit.open('live', { keys }, plainTools).opens, ['address']);
  });
});

describe('rewrite', () => {
  const rewrite = [
    { from: 'https://acme-rec.s3.amazonaws.com/public', to: 'https://cdn.example/rec/' },
    { from: 'http://MINIO:9000/', to: 'https://files.example' },
    { from: 'http://minio:9000/rec/', to: 'https://never.example/' },
  ];

  test('replaces the begin of an address by the first entry that fits', async () => {
    const cases = [
      ['https://acme-rec.s3.amazonaws.com/public/a%20b.mp4', 'https://cdn.example/rec/a%20b.mp4'],
      ['http://minio:9000/rec/a.mp4', 'https://files.example/rec/a.mp4'],
      ['https://other.example/a.mp4', 'https://other.example/a.mp4'],
      ['https://acme-rec.s3.amazonaws.com/private/a.mp4', 'https://acme-rec.s3.amazonaws.com/private/a.mp4'],
    ] as const;
    for (const [from, to] of cases) assert.equal(await passedOn(from, { rewrite }), to);
  });

  test('ends at a border: another host or folder that begins alike is left alone', async () => {
    const alike = [
      'https://acme-rec.s3.amazonaws.com.evil.example/public/a.mp4',
      'https://acme-rec.s3.amazonaws.com/publicity/a.mp4',
      'https://acme-rec.s3.amazonaws.com:8443/public/a.mp4',
      'http://acme-rec.s3.amazonaws.com/public/a.mp4',
      'http://minio:9001/rec/a.mp4',
    ];
    for (const each of alike) assert.equal(await passedOn(each, { rewrite }), each);
  });

  test('drops a signature, which holds for the old host only', async () => {
    const signed =
      'https://acme-rec.s3.amazonaws.com/public/a.mp4?X-Amz-Date=20200101T000000Z&X-Amz-Expires=60&X-Amz-Signature=00';
    assert.equal(await passedOn(signed, { rewrite }), 'https://cdn.example/rec/a.mp4');
  });
});

describe('a private bucket', () => {
  test('opens with an address that is signed at the click and ends', async () => {
    let now = begin;
    await using s3 = await startS3({ ...account, now: () => now });
    s3.put('acme-rec', "rec/Zoë's #1 (50%)+a.mp4", 'the film');
    const location = fileAddress(`${s3.url}/acme-rec/rec/Zoë's #1 (50%)+a.mp4`) ?? '';
    const settings = { s3: { ...bucket, endpoint: s3.url, expires: '2h' } };
    const opened = await open(location, settings, fetch, () => now);
    assert.equal(opened.kind, 'open');
    assert.equal(await (await fetch(opened.url)).text(), 'the film');
    now = new Date(begin.getTime() + 2 * hourMs - 1);
    assert.equal((await fetch(opened.url)).status, 200);
    now = new Date(begin.getTime() + 2 * hourMs);
    assert.equal((await fetch(opened.url)).status, 403);
    assert.deepEqual(
      s3.calls.map(({ method }) => method),
      ['HEAD', 'GET', 'GET', 'GET'],
    );
  });

  test('opens for six hours where nothing else is said', async () => {
    await using s3 = await startS3({ ...account, now: () => begin });
    s3.put('acme-rec', 'a.mp4');
    const opened = await open(
      `${s3.url}/acme-rec/a.mp4`,
      { s3: { ...bucket, endpoint: `${s3.url}/` } },
      fetch,
    );
    assert.ok(opened.kind === 'open' && opened.url.includes('&X-Amz-Expires=21600&'));
  });

  test('signs anew what LiveKit signed once', async () => {
    await using s3 = await startS3({ ...account, now: () => begin });
    s3.put('acme-rec', 'a.mp4');
    const old = `${s3.url}/acme-rec/a.mp4?X-Amz-Date=20200101T000000Z&X-Amz-Expires=60&X-Amz-Signature=00`;
    const opened = await open(old, { s3: { ...bucket, endpoint: s3.url } }, fetch);
    assert.ok(opened.kind === 'open' && !opened.url.includes('20200101'));
  });

  test('is found where a rewrite leads to it', async () => {
    await using s3 = await startS3({ ...account, now: () => begin });
    s3.put('acme-rec', 'a.mp4', 'the film');
    const settings = {
      rewrite: [{ from: 'http://minio:9000', to: s3.url }],
      s3: { ...bucket, endpoint: s3.url },
    };
    const opened = await open('http://minio:9000/acme-rec/a.mp4', settings, fetch);
    assert.ok(opened.kind === 'open');
    assert.equal(await (await fetch(opened.url)).text(), 'the film');
  });

  test('at AWS is signed for its region, in the style in which the bucket stands there', async () => {
    const asked: string[] = [];
    const answering: typeof fetch = async (input) => {
      asked.push(new Request(input).url.split('?')[0] ?? '');
      return new Response();
    };
    const hosts = [
      ['https://acme-rec.s3.amazonaws.com/', 'https://acme-rec.s3.eu-central-1.amazonaws.com/'],
      ['https://acme-rec.s3.eu-central-1.amazonaws.com/', 'https://acme-rec.s3.eu-central-1.amazonaws.com/'],
      ['https://acme-rec.s3-eu-central-1.amazonaws.com/', 'https://acme-rec.s3.eu-central-1.amazonaws.com/'],
      ['https://s3.amazonaws.com/acme-rec/', 'https://s3.eu-central-1.amazonaws.com/acme-rec/'],
    ] as const;
    for (const [told, signed] of hosts) {
      const opened = await open(`${told}rec/a.mp4`, { s3: bucket }, answering);
      assert.ok(opened.kind === 'open' && opened.url.startsWith(`${signed}rec/a.mp4?X-Amz-`), told);
      assert.equal(asked.at(-1), `${signed}rec/a.mp4`);
    }
    const china = { ...bucket, region: 'cn-north-1' };
    const opened = await open('https://acme-rec.s3.amazonaws.com.cn/a.mp4', { s3: china }, answering);
    assert.ok(
      opened.kind === 'open' &&
        opened.url.startsWith('https://acme-rec.s3.cn-north-1.amazonaws.com.cn/a.mp4?'),
    );
  });

  test('with the bucket in the host of an endpoint keeps it there', async () => {
    const settings = { s3: { ...bucket, endpoint: 'https://storage.example/base' } };
    const opened = await open('https://acme-rec.storage.example/base/a.mp4', settings, isThere);
    assert.ok(
      opened.kind === 'open' && opened.url.startsWith('https://acme-rec.storage.example/base/a.mp4?X-Amz-'),
    );
  });

  test('of somebody else is neither asked nor signed for', async () => {
    const others = [
      'https://other.s3.amazonaws.com/a.mp4',
      'https://s3.amazonaws.com/other/a.mp4',
      'https://s3.amazonaws.com/acme-record/a.mp4',
      'https://acme-rec.s3.amazonaws.com.evil.example/a.mp4',
      'https://evil.example/acme-rec.s3.amazonaws.com/a.mp4',
      'https://xacme-rec.s3.amazonaws.com/a.mp4',
      'http://acme-rec.s3.amazonaws.com/a.mp4',
    ];
    for (const each of others) assert.equal(await passedOn(each, { s3: bucket }), each);
  });

  test('that no longer has the file says so', async () => {
    await using s3 = await startS3({ ...account, now: () => begin });
    const settings = { s3: { ...bucket, endpoint: s3.url } };
    assert.equal((await open(`${s3.url}/acme-rec/a.mp4`, settings, fetch)).kind, 'gone');
  });

  for (const fault of ['reset', '401', '403', '429', '500', 'redirect'] as const) {
    test(`that answers with ${fault} is unavailable, and there the next time`, async () => {
      await using s3 = await startS3({ ...account, now: () => begin });
      s3.put('acme-rec', 'a.mp4');
      s3.fail(fault);
      const settings = { s3: { ...bucket, endpoint: s3.url } };
      const opened = await open(`${s3.url}/acme-rec/a.mp4`, settings, fetch);
      assert.equal(opened.kind, 'unavailable');
      assert.ok(!opened.reason.includes(account.secretKey) && !opened.reason.includes('X-Amz'));
      assert.equal((await open(`${s3.url}/acme-rec/a.mp4`, settings, fetch)).kind, 'open');
    });
  }

  test('that never answers is given up', async () => {
    await using s3 = await startS3({ ...account, now: () => begin });
    s3.fail('hang');
    const storage = {
      rewrite: [],
      s3: { ...bucket, endpoint: s3.url },
      fetch,
      now: () => begin,
      timeLimitMs: 50,
    };
    const opened = await openLocation({ kind: 'address', url: `${s3.url}/acme-rec/a.mp4` }, storage);
    assert.deepEqual(opened, {
      kind: 'unavailable',
      reason: 'the storage cannot be reached: no answer in time',
    });
  });
});

describe('settings of LiveKit', () => {
  test('take rewrite and s3', () => {
    assert.ok(accepts({ rewrite: [{ from: 'https://a.example', to: 'https://b.example/x' }], s3: bucket }));
    assert.ok(accepts({ s3: { ...bucket, endpoint: 'http://minio:9000', expires: '7d' } }));
  });

  test('refuse what could not work', () => {
    const rule = { from: 'https://a.example', to: 'https://b.example' };
    const wrong = [
      { rewrite: [] },
      { rewrite: [{ ...rule, from: '{storage}/' }] },
      { rewrite: [{ ...rule, to: 'ftp://b.example' }] },
      { rewrite: [{ ...rule, to: 'https://user:word@b.example' }] },
      { rewrite: [{ ...rule, from: 'https://a.example/?x' }] },
      { rewrite: [{ ...rule, more: 1 }] },
      { s3: { ...bucket, endpoint: 'minio:9000' } },
      { s3: { ...bucket, endpoint: 'https://a.example#x' } },
      { s3: { ...bucket, region: 'EU Central' } },
      { s3: { ...bucket, region: 'x.evil.example/' } },
      { s3: { ...bucket, bucket: 'evil.example/' } },
      { s3: { ...bucket, bucket: 'Acme' } },
      { s3: { ...bucket, access_key: '' } },
      { s3: { ...bucket, secret_key: undefined } },
      { s3: { ...bucket, expires: '8d' } },
      { s3: { ...bucket, expires: '0s' } },
      { s3: { ...bucket, expires: '1 hour' } },
    ];
    for (const each of wrong) assert.ok(!accepts(each), JSON.stringify(each));
  });
});
