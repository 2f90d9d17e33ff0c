import { parse, stringify } from 'yaml';

const nights = { from: '22:00', to: '07:00', then: 'hold' };
const file = {
  version: 1,
  sources: {
    meet: {
      plugnmeet: { url: 'https://x.example', keys: { a: '${SECRET}' }, room_url: 'https://x.example' },
    },
    live: { livekit: { keys: { a: '${SECRET}' } } },
    vsdk: { videosdk: {} },
    other: { standard_webhooks: { secrets: ['${SECRET}'] } },
  },
  destinations: { ops: { preview: {} }, sales: { preview: {} } },
  lists: { vips: ['vip-1'] },
  quiet_hours: { nights },
};
const rule = { id: 'a', on: 'participant.joined', send: { to: 'ops', text: 'x' } };

/** A file with more at its top, or other parts. */
const fileWith = (more: string) => stringify({ ...file, rules: [rule], ...Object(parse(more)) });

/** A file with one rule that has these keys besides, or others. */
export const wholeRule = (more: string): string =>
  stringify({ ...file, rules: [{ ...rule, ...Object(parse(more)) }] });

const sends = (more: string) => wholeRule(`send: ${more}`);

const tests = (more: string) => {
  const usual = { name: 't', events: [{ event: 'room.ended' }], expect: { a: 0 } };
  return stringify({ ...file, rules: [rule], tests: [{ ...usual, ...Object(parse(more)) }] });
};

/** Files that both refuse, by what is wrong with them. */
export const broken: Readonly<Record<string, string>> = {
  'no version': 'destinations: { ops: { preview: {} } }',
  'another version': fileWith('version: 2'),
  'an unknown key': fileWith('destination: {}'),
  'a command without a slash': fileWith('command: meet'),
  'a retention without a unit': fileWith('retention: 30'),
  'a retention of nothing': fileWith('retention: 0d'),
  'a zone that is no text': fileWith('timezone: 2'),
  'an admin by name': fileWith('admins: { slack: [anna] }'),
  'an admin of an unknown platform': fileWith('admins: { teams: [U0ADMIN01] }'),
  'a source with a bad name': fileWith('sources: { "bad name": { livekit: { keys: { a: "${B}" } } } }'),
  'an unknown platform': fileWith('sources: { live: { livekti: {} } }'),
  'two platforms': fileWith('sources: { live: { videosdk: {}, livekit: { keys: { a: "${B}" } } } }'),
  'no platform': fileWith('sources: { live: {} }'),
  'no keys': fileWith('sources: { live: { livekit: {} } }'),
  'not one key': fileWith('sources: { live: { livekit: { keys: {} } } }'),
  'a secret in the file': fileWith('sources: { live: { livekit: { keys: { a: secret } } } }'),
  'an unknown setting': fileWith('sources: { live: { livekit: { keys: { a: "${B}" }, colour: red } } }'),
  'an address that is none': fileWith('sources: { meet: { plugnmeet: { url: here, keys: { a: "${B}" } } } }'),
  'a pointer that is none': fileWith(
    'sources: { x: { standard_webhooks: { secrets: ["${S}"], type: kind } } }',
  ),
  'a pointed field that we fill': fileWith(
    'sources: { x: { standard_webhooks: { secrets: ["${S}"], fields: { room.url: /url } } } }',
  ),
  'a channel by name': fileWith('destinations: { ops: { slack: { channel: "#ops" } } }'),
  'a channel as a number': fileWith('destinations: { ops: { discord: { channel: 1122334455 } } }'),
  'neither channel nor webhook': fileWith('destinations: { ops: { slack: {} } }'),
  'both channel and webhook': fileWith(
    'destinations: { ops: { slack: { channel: C0OPS0001, webhook: "${HOOK}" } } }',
  ),
  'a webhook in the file': fileWith('destinations: { ops: { slack: { webhook: "https://x.example" } } }'),
  'an unknown policy': fileWith(
    'destinations: { ops: { slack: { channel: C0OPS0001, on_unknown: twice } } }',
  ),
  'a list that is none': fileWith('lists: { vips: vip-1 }'),
  'a list in a list': fileWith('lists: { vips: [[vip-1]] }'),
  'a window without an end': fileWith('quiet_hours: { nights: { from: "22:00" } }'),
  'a time that is none': fileWith('quiet_hours: { nights: { from: "22:00", to: "7", then: hold } }'),
  'a day that is none': fileWith(
    'quiet_hours: { nights: { from: "22:00", to: "07:00", days: [monday], then: hold } }',
  ),
  'a window that waits': fileWith('quiet_hours: { nights: { from: "22:00", to: "07:00", then: wait } }'),
  'a window called ignore': fileWith('quiet_hours: { ignore: { from: "22:00", to: "07:00", then: hold } }'),
  'a card for each person': fileWith('cards: { c: { per: participant.id, to: ops, template: vip-joined } }'),
  'a card without a template': fileWith('cards: { c: { per: session.id, to: ops } }'),
  'a rule without an id': fileWith('rules: [{ on: room.ended, send: { to: ops, text: x } }]'),
  'a rule without an event': fileWith('rules: [{ id: a, send: { to: ops, text: x } }]'),
  'a rule without a message': fileWith('rules: [{ id: a, on: room.ended }]'),
  'an id with a space': wholeRule('id: a b'),
  'an unknown key of a rule': wholeRule('wher: {}'),
  'an unknown event': wholeRule('on: user_joined'),
  'an event twice': wholeRule('on: [room.ended, room.ended]'),
  'no event at all': wholeRule('on: []'),
  'conditions that are a text': wholeRule('where: participant.id'),
  'an unknown field': wholeRule('where: { particpant.id: x }'),
  'a field that the event never has': wholeRule('where: { recording.seconds: 5 }'),
  'such a field inside of any': wholeRule('where: { any: [{ room.id: x }, { usage.cost: 5 }] }'),
  'an unknown operator': wholeRule('where: { room.id: { contain: x } }'),
  'an operator that does not fit': wholeRule('where: { room.is_breakout: { contains: x } }'),
  'a text for a number': wholeRule('where: { session.present: "3" }'),
  'a number for a text': wholeRule('where: { room.id: 42 }'),
  'a duration for a number': wholeRule('where: { session.seconds: { at_least: 5m } }'),
  'a value that never occurs': wholeRule('where: { participant.kind: humen }'),
  'such a value in a list': wholeRule('where: { participant.kind: { not_in: [human, robot] } }'),
  'an empty list': wholeRule('where: { room.id: [] }'),
  'nothing to look for': wholeRule('where: { room.id: { contains: "" } }'),
  'two lists': wholeRule('where: { room.id: { in_list: [vips] } }'),
  'or_missing alone': wholeRule('where: { room.id: { or_missing: true } }'),
  'a condition on an object': wholeRule('where: { room.metadata: red }'),
  'exists maybe': wholeRule('where: { room.id: { exists: maybe } }'),
  'any without a list': wholeRule('where: { any: { room.id: x } }'),
  'an expression that is a number': wholeRule('where: { expr: 5 }'),
  'once_per without a list': wholeRule('once_per: session.id'),
  'once_per of an unknown field': wholeRule('once_per: [sesion.id]'),
  'once_per of an object': wholeRule('once_per: [room.metadata]'),
  'once_per of a field that is never there': wholeRule('once_per: [recording.id]'),
  'a reset without a key': wholeRule('reset_when: { session.present: 0 }'),
  'a wait without a unit': wholeRule('still_true_after: 5'),
  'a wait of minutes in words': wholeRule('still_true_after: 5 minutes'),
  'two waits': wholeRule(
    'still_true_after: 5m\nunless_followed_by: { event: room.ended, same: session.id, within: 5m }',
  ),
  'an absence without an end': wholeRule('unless_followed_by: { event: room.ended, same: session.id }'),
  'an absence of nothing known': wholeRule(
    'unless_followed_by: { event: end, same: session.id, within: 5m }',
  ),
  'an absence with a condition that cannot be': wholeRule(
    'unless_followed_by: { event: room.ended, where: { track.id: x }, same: session.id, within: 5m }',
  ),
  'an absence by a field that none has': wholeRule(
    'unless_followed_by: { event: room.ended, same: recording.id, within: 5m }',
  ),
  'a limit of nothing': wholeRule('at_most: { n: 0, per: 1h }'),
  'a limit without a time': wholeRule('at_most: { n: 3 }'),
  'a limit by a field that is never there': wholeRule('at_most: { n: 3, per: 1h, by: recording.id }'),
  'a digest with two ends': wholeRule('digest: { every: 5m, at: "17:00" }'),
  'a digest without an end': wholeRule('digest: { by: room.id }'),
  'a digest at no time': wholeRule('digest: { at: "25:00" }'),
  'half switched on': wholeRule('enabled: maybe'),
  'a message to nowhere': sends('{ text: x }'),
  'a message without words': sends('{ to: ops }'),
  'a message with two wordings': sends('{ to: ops, text: x, template: vip-joined }'),
  'a destination twice': sends('{ to: [ops, ops], text: x }'),
  'an unknown key of a message': sends('{ to: ops, text: x, txet: y }'),
  'a thread elsewhere': sends('{ to: ops, text: x, thread: room }'),
  'a ping by name': sends('{ to: ops, text: x, mention: { slack: [anna] } }'),
  'an urgent message': sends('{ to: ops, text: x, priority: urgent }'),
  'quiet hours without a manner': sends('{ to: ops, text: x, quiet_hours: { use: nights } }'),
  'a test without events': tests('{ events: [] }'),
  'a test without a name': fileWith('tests: [{ events: [{ event: room.ended }], expect: { a: 0 } }]'),
  'a test that begins at some time': tests('{ start: yesterday }'),
  'a test event that does not exist': tests('{ events: [{ event: room.endet }] }'),
  'a test event without a time': tests('{ events: [{ at: soon, event: room.ended }] }'),
  'a fact that the event never has': tests('{ events: [{ event: room.ended, participant.id: x }] }'),
  'a fact of the wrong kind': tests('{ events: [{ event: room.ended, room.name: 5 }] }'),
  'a fact that is counted': tests('{ events: [{ event: room.ended, session.present: 5 }] }'),
  'a test that expects less than nothing': tests('{ expect: { a: -1 } }'),
  'a test that expects an unknown thing': tests('{ expect: { a: { time: 1 } } }'),
  'a test of words that are not sent': tests('{ expect: { a: { times: 0, contains: x } } }'),
};

/** Keys of a rule that both take. */
export const accepted: readonly string[] = [
  'on: [participant.joined, room.ended]',
  'on: "${EVENT_TYPE}"\nid: "${NAME}"',
  'where: { room.id: [a, b], session.present: 1, room.is_breakout: false }',
  'where: { participant.kind: [human, phone], session.status: { not_in: [ended, lost] } }',
  'where: { participant.kind: "${KIND}", participant.name: "${NAME}" }',
  'where: { participant.metadata.team: sales, room.metadata.level.deep: 5, raw.a.b: { more_than: 5 } }',
  'where: { any: [{ room.id: { starts_with: x } }, { none: [{ participant.name: y }] }] }',
  'where: { expr: "session.present > 2" }',
  'where: { room.metadata: { exists: true }, room.url: { exists: false, or_missing: true } }',
  'where: { room.id: { matches: "^a", not_in_list: vips, or_missing: true } }',
  'where: {}',
  'on: [participant.joined, recording.ready]\nwhere: { recording.seconds: { at_least: 5, or_missing: true } }',
  'on: recording.transcoded\nwhere: { recording.files.0.path: { exists: true } }',
  'once_per: [session.id, participant.metadata.team]\nreset_when: { session.present: { less_than: 5 } }',
  'still_true_after: 5m',
  'unless_followed_by: { event: [participant.left, room.ended], where: { room.id: x }, same: [session.id], within: 1h }',
  'unless_followed_by: { event: recording.ready, where: { recording.seconds: 5 }, same: session.id, within: 1h }',
  'at_most: { n: 3, per: 1h, by: participant.id }',
  'digest: { at: "17:00", by: [room.id] }',
  'digest: { every: 010m }',
  'enabled: shadow',
  'enabled: false',
  'send: [{ to: [ops, sales], text: x, priority: normal }, { to: ops, template: vip-joined }]',
  'send: { to: ops, text: x, quiet_hours: { use: nights, then: drop }, fallback: sales }',
  'send: { to: "${PLACE}", text: x, quiet_hours: ignore, mention: { slack: [U0ADMIN01], discord: ["role:112233445566778899"] } }',
  'send: { to: ops, text: x, thread: meeting, also_in_channel: true, link_expiry: 7d, inline: summary }',
];

/** A file with every part. */
export const whole = `# yaml-language-server: $schema=./rules.schema.json
version: 1
timezone: Europe/Berlin

sources:                                   # POST /hooks/meet, /hooks/live, /hooks/vsdk
  meet: { plugnmeet: { url: "\${PLUGNMEET_URL}", keys: { "\${PLUGNMEET_API_KEY}": "\${PLUGNMEET_API_SECRET}" } } }
  live: { livekit:   { keys: { "\${LIVEKIT_API_KEY}": "\${LIVEKIT_API_SECRET}" } } }
  vsdk: { videosdk:  { public_key: "\${VIDEOSDK_PUBLIC_KEY}" } }

destinations:
  sales:     { slack:   { channel: C0SALES01 } }
  ops:       { slack:   { channel: C0OPS0001 } }
  archive:   { slack:   { channel: C0ARCH001 } }
  community: { discord: { channel: "112233445566778899" } }

lists:
  vips:       [ vip-user-789, ceo-bigco ]
  demo_rooms: [ demo-room ]

quiet_hours:
  nights: { from: "22:00", to: "07:00", days: [ mon, tue, wed, thu, fri ], then: hold }

admins: { slack: [ U0ADMIN01 ], discord: [ "998877665544332211" ] }
notices: ops

cards:
  meeting: { per: session.id, to: archive, template: meeting-card, refresh_at_most_every: 10s }

rules:
  - id: vip-joined
    on: participant.joined
    where: { participant.id: { in_list: vips } }
    once_per: [ session.id, participant.id ]
    send: { to: sales, template: vip-joined, quiet_hours: ignore }

  - id: recording-ready
    on: recording.ready
    where: { recording.seconds: { at_least: 60, or_missing: true } }
    once_per: [ recording.id ]
    send: { to: [ archive, community ], template: recording-ready, thread: meeting, also_in_channel: true }

  - id: recording-missing
    on: room.ended
    where: { session.recording_pending: true }        # a recording ran, and neither its file nor its failure has come yet
    unless_followed_by: { event: [ recording.ready, recording.failed ], same: session.id, within: 30m }
    send: { to: ops, template: recording-missing }

  - id: vip-waiting-alone
    on: participant.joined
    where: { participant.id: { in_list: vips }, session.present: 1 }
    still_true_after: 5m
    once_per: [ session.id ]
    send: { to: sales, text: "⏳ {{participant.name}} has been alone in {{room.name}} for 5 minutes" }

tests:
  - name: a VIP who reconnects is announced once
    events:
      - { at: 0s,  event: participant.joined, session.id: S1, participant.id: vip-user-789, participant.name: "Guest <!channel>" }
      - { at: 20s, event: participant.left,   session.id: S1, participant.id: vip-user-789 }
      - { at: 25s, event: participant.joined, session.id: S1, participant.id: vip-user-789 }
    expect: { vip-joined: { times: 1, to: [ sales ], contains: "Guest" } }
`;
