import { isObject } from '#domain/value.ts';
import { rulesJsonSchema } from '#rules/json-schema.ts';
import { operatorWords } from '#rules/json-schema-operators.ts';
import { code, table } from './tables.ts';

type Keys = Readonly<Record<string, unknown>>;

/** A map of rules.yaml: where its schema stands, an example for each key, and a file around such an example. */
type Place = {
  readonly schema: readonly string[];
  readonly examples: Readonly<Record<string, string>>;
  readonly around: (keys: Keys) => Keys;
};

const rule = (keys: Keys): Keys => ({
  rules: [
    {
      id: 'example',
      on: 'participant.joined',
      once_per: ['session.id'],
      send: { to: 'ops', text: 'x' },
      ...keys,
    },
  ],
});
const send = (keys: Keys): Keys =>
  rule({ send: { to: 'ops', ...('template' in keys ? {} : { text: 'x' }), ...threadFor(keys), ...keys } });
// A message that is in no thread is in the channel anyway.
const threadFor = (keys: Keys): Keys => ('also_in_channel' in keys ? { thread: 'meeting' } : {});
const test = (keys: Keys): Keys => ({
  ...rule({}),
  tests: [
    { name: 'example', events: [{ event: 'participant.joined', 'session.id': 'S1' }], expect: {}, ...keys },
  ],
});
const windowThen = { then: 'hold' };
const source = (platform: string, needed: Keys) => (keys: Keys) => ({
  sources: { example: { [platform]: { ...needed, ...keys } } },
});
const sourceOf = (platform: string) => ['definitions', 'source', 'properties', platform];
const secretKeys = { keys: { '${API_KEY}': '${API_SECRET}' } };
const keysExample = 'keys: { "${LIVEKIT_API_KEY}": "${LIVEKIT_API_SECRET}" }';
const roomUrl = 'room_url: "https://meet.example.com/{{room.id}}"';

/** Every map of rules.yaml that has keys of ours, by the name of its table in docs/rules.md. */
const places: Readonly<Record<string, Place>> = {
  file: {
    schema: [],
    around: (keys) => keys,
    examples: {
      version: 'version: 1',
      timezone: 'timezone: Europe/Berlin',
      sources: 'sources: { vsdk: { videosdk: {} } }',
      destinations: 'destinations: { ops: { slack: { channel: C0OPS0001 } } }',
      lists: 'lists: { vips: [vip-user-789, ceo-bigco] }',
      quiet_hours: 'quiet_hours: { nights: { from: "22:00", to: "07:00", then: hold } }',
      admins: 'admins: { slack: [U0ADMIN01], discord: ["998877665544332211"] }',
      notices: 'notices: ops',
      cards: 'cards: { meeting: { per: session.id, to: ops, template: meeting-started } }',
      retention: 'retention: 60d',
      command: 'command: /calls',
      rules: 'rules: [{ id: begun, on: room.started, send: { to: ops, template: meeting-started } }]',
      tests: 'tests: []',
    },
  },
  plugnmeet: {
    schema: sourceOf('plugnmeet'),
    around: source('plugnmeet', { url: 'https://meet.example.com', ...secretKeys }),
    examples: {
      url: 'url: "${PLUGNMEET_URL}"',
      keys: keysExample.replaceAll('LIVEKIT', 'PLUGNMEET'),
      room_url: roomUrl,
    },
  },
  livekit: {
    schema: sourceOf('livekit'),
    around: source('livekit', secretKeys),
    examples: {
      keys: keysExample,
      rewrite:
        'rewrite: [{ from: "http://minio:9000/recordings", to: "https://files.example.com/recordings" }]',
      s3: 's3: { region: eu-central-1, bucket: recordings, access_key: "${S3_ACCESS_KEY}", secret_key: "${S3_SECRET_KEY}" }',
      room_url: roomUrl,
    },
  },
  videosdk: {
    schema: sourceOf('videosdk'),
    around: source('videosdk', {}),
    examples: {
      public_key: 'public_key: "${VIDEOSDK_PUBLIC_KEY}"',
      ignore: 'ignore: [recorder-1]',
      api: 'api: { key: "${VIDEOSDK_API_KEY}", secret: "${VIDEOSDK_SECRET}" }',
      storage: 'storage: https://files.example.com/recordings',
      room_url: roomUrl,
    },
  },
  standard_webhooks: {
    schema: sourceOf('standard_webhooks'),
    around: source('standard_webhooks', { secrets: ['${SECRET}'] }),
    examples: {
      secrets: 'secrets: ["${BOOKING_SECRET}"]',
      type: 'type: /kind',
      fields: 'fields: { room.id: /data/room, participant.name: /data/who }',
      room_url: roomUrl,
    },
  },
  destination: {
    schema: ['definitions', 'destination', 'properties', 'slack'],
    around: (keys) => ({
      destinations: {
        example: { slack: { ...('webhook' in keys ? {} : { channel: 'C0OPS0001' }), ...keys } },
      },
    }),
    examples: {
      channel: 'channel: C0OPS0001',
      webhook: 'webhook: "${SLACK_ALERTS_URL}"',
      on_unknown: 'on_unknown: at_most_once',
      compact: 'compact: true',
    },
  },
  window: {
    schema: ['definitions', 'quiet_hours'],
    around: (keys) => ({ quiet_hours: { example: { from: '22:00', to: '07:00', ...windowThen, ...keys } } }),
    examples: {
      from: 'from: "22:00"',
      to: 'to: "06:30"',
      days: 'days: [mon, tue, wed, thu, fri]',
      timezone: 'timezone: America/New_York',
      then: 'then: drop',
      default: 'default: true',
    },
  },
  card: {
    schema: ['definitions', 'card'],
    around: (keys) => ({
      cards: { example: { per: 'session.id', to: 'ops', template: 'meeting-started', ...keys } },
    }),
    examples: {
      per: 'per: session.id',
      to: 'to: archive',
      template: 'template: meeting-started',
      where: 'where: { room.id: { not_in_list: demo_rooms } }',
      refresh_at_most_every: 'refresh_at_most_every: 10s',
      expect: 'expect: { kinds: [recording, transcript], within: 2h }',
    },
  },
  rule: {
    schema: ['definitions', 'rule'],
    around: rule,
    examples: {
      id: 'id: vip-joined',
      was: 'was: vip-here',
      on: 'on: [recording.failed, stream.failed]',
      where: 'where: { participant.id: { in_list: vips } }',
      still_true_after: 'still_true_after: 5m',
      unless_followed_by: 'unless_followed_by: { event: participant.left, same: session.id, within: 10m }',
      once_per: 'once_per: [session.id]',
      reset_when: 'reset_when: { session.present: { less_than: 40 } }',
      at_most: 'at_most: { n: 3, per: 1h }',
      digest: 'digest: { every: 10m }',
      enabled: 'enabled: shadow',
      send: 'send: { to: sales, template: meeting-started }',
    },
  },
  unless_followed_by: {
    schema: ['definitions', 'unless_followed_by'],
    around: (keys) =>
      rule({
        unless_followed_by: { event: 'recording.ready', same: 'session.id', within: '30m', ...keys },
      }),
    examples: {
      event: 'event: [recording.ready, recording.failed]',
      where: 'where: { recording.seconds: { more_than: 0 } }',
      same: 'same: session.id',
      within: 'within: 30m',
    },
  },
  at_most: {
    schema: ['definitions', 'at_most'],
    around: (keys) => rule({ at_most: { n: 3, per: '1h', ...keys } }),
    examples: { n: 'n: 3', per: 'per: 1h', by: 'by: room.id' },
  },
  digest: {
    schema: ['definitions', 'digest'],
    around: (keys) => rule({ digest: { ...('at' in keys ? {} : { every: '10m' }), ...keys } }),
    examples: { every: 'every: 10m', at: 'at: "17:00"', by: 'by: room.id' },
  },
  send: {
    schema: ['definitions', 'send'],
    around: send,
    examples: {
      to: 'to: [sales, archive]',
      template: 'template: meeting-started',
      text: 'text: "{{room.name}} has begun."',
      thread: 'thread: meeting',
      also_in_channel: 'also_in_channel: true',
      mention: 'mention: { slack: [S0ONCALL1], discord: ["role:112233445566778899"] }',
      quiet_hours: 'quiet_hours: ignore',
      priority: 'priority: high',
      fallback: 'fallback: archive',
      link_expiry: 'link_expiry: 7d',
      inline: 'inline: summary',
    },
  },
  test: {
    schema: ['definitions', 'test'],
    around: test,
    examples: {
      name: 'name: a VIP is announced once',
      start: 'start: 2026-07-03T22:30:00+02:00',
      source: 'source: live',
      until: 'until: 2h',
      events: 'events: [{ event: room.started, session.id: S1 }]',
      expect: 'expect: { example: { times: 1 } }',
    },
  },
  test_event: {
    schema: ['definitions', 'test_event'],
    around: (keys) => test({ events: [{ event: 'room.started', 'session.id': 'S1', ...keys }] }),
    examples: { at: 'at: 20s', event: 'event: participant.joined' },
  },
  expectation: {
    schema: ['definitions', 'expectation', 'anyOf', '1'],
    around: (keys) => {
      const repeated = { event: 'participant.joined', 'session.id': 'S1' };
      return test({ events: [repeated, { at: '5s', ...repeated }], expect: { example: keys } });
    },
    examples: {
      times: 'times: 1',
      to: 'to: ops',
      contains: 'contains: x',
      because: 'because: told already',
    },
  },
};

/** Parts of rules.yaml that show one key each, with what is written in the table, to be checked. */
export function keyExamples(read: (text: string) => unknown): readonly (readonly [string, Keys])[] {
  return Object.values(places).flatMap(({ examples, around }) =>
    Object.values(examples).map((example) => {
      const keys = read(example);
      return [example, around(isObject(keys) ? keys : {})] as const;
    }),
  );
}

/** docs/rules.md with its tables as the definitions say: each stands between `<!-- keys: … -->` and `<!-- end -->`. */
export function withTables(page: string): string {
  const left = new Set([...Object.keys(places), 'operators']);
  const filled = page.replaceAll(
    /(<!-- keys: (\w+) -->\n)[\s\S]*?(<!-- end -->)/g,
    (_, begin: string, name: string, end: string) => {
      if (!left.delete(name)) throw new Error(`there is no table "${name}", or it stands twice`);
      return `${begin}\n${name === 'operators' ? operatorTable() : keyTable(name)}\n\n${end}`;
    },
  );
  if (left.size > 0) throw new Error(`docs/rules.md lacks the table ${[...left].join(', ')}`);
  return filled;
}

function operatorTable(): string {
  const rows = Object.entries(operatorWords).map(([name, { holds, example }]) => [
    code(name),
    holds,
    code(example),
  ]);
  return table(['operator', 'holds when', 'example'], rows);
}

function keyTable(name: string): string {
  const place = places[name];
  const schema = place?.schema.reduce<unknown>(
    (at, step) => (isObject(at) ? at[step] : Array.isArray(at) ? at[Number(step)] : undefined),
    rulesJsonSchema(),
  );
  if (place === undefined || !isObject(schema) || !isObject(schema['properties']))
    throw new Error(`"${name}" is not in the schema`);
  const required: readonly unknown[] = Array.isArray(schema['required']) ? schema['required'] : [];
  const keys = Object.entries(schema['properties']).filter(([key]) => !key.includes('.'));
  const unknown = Object.keys(place.examples).filter((key) => keys.every(([known]) => known !== key));
  if (unknown.length > 0) throw new Error(`"${name}" has no key ${unknown.join(', ')}`);
  const rows = keys.map(([key, property]) => {
    const example = place.examples[key];
    if (example === undefined) throw new Error(`the key "${key}" of "${name}" has no example`);
    const about = isObject(property) ? property['description'] : undefined;
    if (typeof about !== 'string') throw new Error(`nobody says what "${key}" of "${name}" means`);
    return [code(key), required.includes(key) ? `${about}; must be there` : about, code(example)];
  });
  return table(['key', 'meaning', 'example'], rows);
}
