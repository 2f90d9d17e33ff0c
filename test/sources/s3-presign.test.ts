import assert from 'node:assert/strict';
import { test } from 'node:test';
import { presign } from '#sources/s3-presign.ts';

/** The example of https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html */
const example = {
  method: 'GET',
  url: 'https://examplebucket.s3.amazonaws.com/test.txt',
  region: 'us-east-1',
  accessKey: 'AKIAIOSFODNN7EXAMPLE',
  secretKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  expiresS: 86_400,
  now: new Date('2013-05-24T00:00:00Z'),
} as const;

const signatureOf = (address: string) => new URL(address).searchParams.get('X-Amz-Signature');

test('the example that AWS publishes is signed as AWS says', () => {
  assert.equal(
    presign(example),
    'https://examplebucket.s3.amazonaws.com/test.txt' +
      '?X-Amz-Algorithm=AWS4-HMAC-SHA256' +
      '&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request' +
      '&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host' +
      '&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404',
  );
});

test('another method, host, port, object, region, key, span or moment has another signature', () => {
  const changes = [
    { method: 'HEAD' },
    { url: 'https://other.s3.amazonaws.com/test.txt' },
    { url: 'https://examplebucket.s3.amazonaws.com:8443/test.txt' },
    { url: 'https://examplebucket.s3.amazonaws.com/test.txt/' },
    { region: 'eu-central-1' },
    { accessKey: 'AKIAIOSFODNN7EXAMPLF' },
    { secretKey: 'another' },
    { expiresS: 86_399 },
    { now: new Date('2013-05-24T00:00:01Z') },
  ] as const;
  const signatures = [{}, ...changes].map((change) => signatureOf(presign({ ...example, ...change })));
  assert.equal(new Set(signatures).size, changes.length + 1);
});

test('names are encoded as AWS encodes them, whatever was encoded before', () => {
  const base = 'https://b.example';
  const path = (name: string) => new URL(presign({ ...example, url: `${base}/${name}` })).pathname;
  assert.equal(path("a'b(c)!d*e f"), '/a%27b%28c%29%21d%2Ae%20f');
  assert.equal(path('Z%C3%BCrich/%E2%9C%93~.-_'), '/Z%C3%BCrich/%E2%9C%93~.-_');
  assert.equal(path('a%2Fb%23c%3Fd%25'), '/a%2Fb%23c%3Fd%25');
  assert.equal(path('x//y+z'), '/x//y%2Bz');
});

test('a query that was there goes', () => {
  assert.equal(presign({ ...example, url: `${example.url}?X-Amz-Signature=old#part` }), presign(example));
});
