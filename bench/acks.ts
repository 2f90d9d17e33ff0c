import { type ChildProcess, fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { type LoadResult, runLoad } from './load.ts';
import { table, withSpread } from './statistics.ts';
import { plugNmeetTraffic } from './traffic.ts';

const rounds = 7;
const requestsPerRound = 20_000;
const connections = 50;
const warmUp = 5000;

type Server = { readonly name: string; readonly process: ChildProcess; readonly port: number };

/** Verified acknowledgements a second: the durable, deduplicated way in against the vendors' tutorial, which stores nothing. */
export async function benchAcks(print: (text: string) => void): Promise<void> {
  const signer = { key: 'bench', secret: randomBytes(24).toString('hex') };
  const servers = [await start('callboard', signer), await start('tutorial', signer)];
  const results = new Map<string, LoadResult[]>(servers.map(({ name }) => [name, []]));
  for (const server of servers)
    await runLoad(server.port, plugNmeetTraffic(warmUp, signer, new Date()), connections);
  for (let round = 0; round < rounds; round++) {
    for (const server of round % 2 === 0 ? servers : servers.toReversed()) {
      const requests = plugNmeetTraffic(requestsPerRound, signer, new Date());
      const result = await runLoad(server.port, requests, connections);
      if (result.statuses['200'] !== requestsPerRound)
        throw new Error(`${server.name}: ${JSON.stringify(result.statuses)}`);
      results.get(server.name)?.push(result);
      if (server === servers[0]) await drained(server);
    }
  }
  const accepted = warmUp + rounds * requestsPerRound;
  await checkStored(servers[0], accepted);
  for (const server of servers) server.process.disconnect();
  const of = (name: string) => results.get(name) ?? [];
  const rows = servers.map(({ name }) => [
    name,
    withSpread(of(name).map(({ perSecond }) => perSecond)),
    withSpread(
      of(name).map(({ p50Ms }) => p50Ms),
      1,
    ),
    withSpread(
      of(name).map(({ p99Ms }) => p99Ms),
      1,
    ),
  ]);
  const ratios = of('callboard').map(
    (result, round) => result.perSecond / (of('tutorial')[round]?.perSecond ?? Number.NaN),
  );
  print(
    `\n## Acknowledgements: ${connections} connections, ${rounds} alternating rounds of ${requestsPerRound.toLocaleString('en-US')} requests, median (spread)\n`,
  );
  print(table(['server', 'acks/s', 'p50 ms', 'p99 ms'], rows));
  print(
    `\n${accepted.toLocaleString('en-US')} acknowledged, all of them stored and processed. What a round left to process was worked off before the next began, outside the clock.`,
  );
  print(
    `\ncallboard / tutorial: ${withSpread(ratios, 2)}; round by round ${ratios.map((ratio) => ratio.toFixed(2)).join(', ')}`,
  );
}

/** Waits until nothing is left to process: a backlog would run on into the other server's round and slow it. */
async function drained(server: Server): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    if ((await figures(server)).waiting === 0) return;
    await setTimeout(100);
  }
  throw new Error(`${server.name} does not come to its end`);
}

/** Every acknowledged webhook must have been stored and processed. */
async function checkStored(server: Server | undefined, accepted: number): Promise<void> {
  const { processed, waiting } = await figures(server);
  if (processed !== accepted || waiting !== 0)
    throw new Error(`${accepted} acknowledged, ${processed} processed, ${waiting} waiting`);
}

async function figures(server: Server | undefined): Promise<{ processed: number; waiting: number }> {
  const text = await (await fetch(`http://127.0.0.1:${server?.port}/metrics`)).text();
  const figure = (name: string) =>
    [...text.matchAll(new RegExp(`^${name}(?:\\{.*\\})? (\\d+)$`, 'gm'))].reduce(
      (sum, match) => sum + Number(match[1]),
      0,
    );
  return { processed: figure('callboard_events_total'), waiting: figure('callboard_events_pending') };
}

async function start(name: string, { key, secret }: { key: string; secret: string }): Promise<Server> {
  const file = new URL(`./servers/${name}.ts`, import.meta.url);
  const child = fork(file, { env: { PATH: process.env['PATH'], BENCH_KEY: key, BENCH_SECRET: secret } });
  const port = await new Promise<number>((resolve, reject) => {
    child.once('message', (message) => resolve((message as { port: number }).port));
    child.once('exit', (code) => reject(new Error(`${name} ended with ${code}`)));
  });
  return { name, process: child, port };
}
