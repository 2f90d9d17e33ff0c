import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readerAddress } from '#links/reader.ts';

const cases: readonly (readonly [string, string | undefined, string | undefined, string | undefined])[] = [
  ['a reader who comes directly is the other end', '203.0.113.9', undefined, '203.0.113.9'],
  ['an IPv4 address on a socket for both kinds is itself', '::ffff:203.0.113.9', undefined, '203.0.113.9'],
  ['an IPv6 address is itself', '2001:db8::9', undefined, '2001:db8::9'],
  ['who comes directly cannot pass for another', '203.0.113.9', '198.51.100.1', '203.0.113.9'],
  ['behind a proxy on this machine it is whom the proxy saw', '127.0.0.1', '203.0.113.9', '203.0.113.9'],
  ['behind a proxy in a private network too', '::ffff:10.1.2.3', '203.0.113.9', '203.0.113.9'],
  ['what the reader made up before that is not believed', '::1', '198.51.100.1, 203.0.113.9', '203.0.113.9'],
  ['several near proxies are passed', 'fd00::1', '203.0.113.9,10.0.0.1, 192.168.1.1', '203.0.113.9'],
  ['a reader in the own network is known', '127.0.0.1', '192.168.1.7', '192.168.1.7'],
  ['a proxy that tells nonsense is the last that is known', '127.0.0.1', 'unknown', '127.0.0.1'],
  ['what is not known is missing', undefined, undefined, undefined],
  ['without a connection nothing is believed', undefined, '203.0.113.9', undefined],
];

for (const [what, peer, forwardedFor, expected] of cases) {
  test(what, () => {
    assert.equal(readerAddress(peer, forwardedFor), expected);
  });
}
