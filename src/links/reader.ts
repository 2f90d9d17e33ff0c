import { BlockList, isIP } from 'node:net';

/** Where proxies of the operator live: this machine and private networks. */
const near = new BlockList();
for (const [net, prefix] of [
  ['127.0.0.0', 8],
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['169.254.0.0', 16],
  ['100.64.0.0', 10],
] as const) {
  near.addSubnet(net, prefix, 'ipv4');
}
for (const [net, prefix] of [
  ['::1', 128],
  ['fc00::', 7],
  ['fe80::', 10],
] as const) {
  near.addSubnet(net, prefix, 'ipv6');
}

/**
 * The address of a reader as far as it is known: that of the connection, or where a near proxy made that, what the proxies tell in
 * `X-Forwarded-For`. Each adds whom it saw at the end, so what a reader makes up stands before that and is not looked at.
 */
export function readerAddress(
  peer: string | undefined,
  forwardedFor: string | undefined,
): string | undefined {
  const told = forwardedFor?.split(',').map((each) => each.trim()) ?? [];
  let found: string | undefined;
  for (const text of [...told, peer ?? ''].toReversed()) {
    // An IPv4 address looks different on a socket that takes both kinds.
    const address = text.replace(/^::ffff:(?=\d+\.)/i, '');
    const family = isIP(address);
    if (family === 0) return found;
    found = address;
    if (!near.check(address, family === 4 ? 'ipv4' : 'ipv6')) return found;
  }
  return found;
}
