import { randomUUID } from 'node:crypto';
import { nearest } from '#rules/suggest.ts';
import { type Asked, type Plan, planSimulation, type World } from '#simulation/plan.ts';
import type { Rehearsed } from '#simulation/rehearse.ts';
import type { ConfiguredSource } from '#sources/configured.ts';
import { livekit } from '#sources/livekit.ts';
import { plugnmeet } from '#sources/plugnmeet.ts';
import { standardWebhooks } from '#sources/standard-webhooks.ts';
import { videosdk } from '#sources/videosdk.ts';
import { newVideoSdkKeys } from '#test/signing.ts';

const pair = newVideoSdkKeys();

/** PEM of the private key whose public half the source `vsdk` trusts. */
export const privateKey = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

const secret = `whsec_${Buffer.from('secret of a generic sender').toString('base64')}`;

/** One source of each type, and a second one of Standard Webhooks without fields. */
export const sources: readonly ConfiguredSource[] = [
  {
    name: 'meet',
    type: plugnmeet,
    settings: { url: 'https://meet.example.com', keys: { 'pnm-key': 'pnm-secret-0123456789' } },
    unset: [],
  },
  { name: 'live', type: livekit, settings: { keys: { 'lk-key': 'lk-secret-0123456789' } }, unset: [] },
  { name: 'vsdk', type: videosdk, settings: { public_key: pair.publicKey }, unset: [] },
  {
    name: 'crm',
    type: standardWebhooks,
    settings: {
      secrets: [secret],
      type: '/event/name',
      fields: {
        'room.id': '/room',
        'session.id': '/call/id',
        'participant.id': '/call/who/id',
        'participant.name': '/call/who/name',
        'recording.id': '/call/recording',
        'recording.seconds': '/call/length',
      },
    },
    unset: [],
  },
  { name: 'plain', type: standardWebhooks, settings: { secrets: [secret] }, unset: [] },
];

export const now = new Date('2026-07-01T10:00:00.400Z');

export const world: World = {
  sources: () => sources,
  readFile: () => privateKey,
  port: 3000,
  now: () => now,
  newId: () => randomUUID(),
  nearest,
};

/** What is asked for when nothing is said. */
export const nothing: Asked = { set: [], pace: '0', key: 'key.pem', isMeeting: false, isList: false };

export function plan(asked: Partial<Asked>, changed: Partial<World> = {}): Plan {
  return planSimulation({ ...nothing, ...asked }, { ...world, ...changed });
}

export type Ready = Extract<Rehearsed, { kind: 'ready' }>;

/** The webhooks that are asked for; each must be ready to be sent. */
export async function webhooks(
  asked: Partial<Asked>,
  changed: Partial<World> = {},
): Promise<readonly Ready[]> {
  const planned = plan(asked, changed);
  if (planned.kind !== 'webhooks') throw new Error(JSON.stringify(planned));
  const all = await Promise.all(planned.webhooks.map(({ rehearse }) => rehearse()));
  return all.map((each) => {
    if (each.kind !== 'ready') throw new Error(`${each.native}: ${each.reason}`);
    return each;
  });
}

/** The message about wrong use. */
export function complaint(asked: Partial<Asked>, changed: Partial<World> = {}): string {
  const planned = plan(asked, changed);
  if (planned.kind !== 'wrong') throw new Error(`nothing is wrong: ${planned.kind}`);
  return planned.message;
}
