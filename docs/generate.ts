import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { type EventType, eventTypes, presenceOf } from '#domain/catalogue.ts';
import { type Field, fields } from '#domain/fields.ts';

/** What each type of event says, in a sentence for people who write rules. */
const meanings: Readonly<Record<EventType, string>> = {
  'room.created': 'a room was made; nobody is in it yet',
  'room.started': 'a meeting began',
  'room.ended': 'a meeting ended',
  'participant.joined': 'somebody or something joined',
  'participant.left': 'somebody or something left',
  'participant.failed': 'a connection was given up before it stood',
  'track.published': 'a microphone, camera or screen was switched on',
  'track.unpublished': 'a microphone, camera or screen was switched off',
  'recording.starting': 'a recording was asked for',
  'recording.started': 'a recording runs',
  'recording.stopping': 'a recording is being ended',
  'recording.stopped': 'a recording ended; its file is not there yet, or there is none',
  'recording.transcoded': 'the file is converted; it is not there yet',
  'recording.ready': 'the file of a recording is there',
  'recording.failed': 'a recording failed',
  'stream.starting': 'a stream to an outside service was asked for',
  'stream.started': 'a stream to an outside service runs',
  'stream.stopping': 'a stream to an outside service is being ended',
  'stream.stopped': 'a stream to an outside service ended',
  'stream.failed': 'a stream to an outside service failed',
  'hls.starting': 'an HLS broadcast was asked for',
  'hls.started': 'an HLS broadcast runs; viewers cannot watch it yet',
  'hls.ready': 'an HLS broadcast can be watched',
  'hls.stopping': 'an HLS broadcast is being ended',
  'hls.stopped': 'an HLS broadcast ended; its address may serve as a replay',
  'hls.failed': 'an HLS broadcast failed',
  'ingress.started': 'an outside stream comes into the room',
  'ingress.ended': 'an outside stream ended',
  'transcript.started': 'a transcription runs',
  'transcript.stopped': 'a transcription ended; this event has no file',
  'transcript.failed': 'a transcription failed',
  'artifact.ready': 'a transcript, summary, report or other file is there',
  'analytics.ready': 'the report of a plugNmeet server before version 2; later ones send artifact.ready',
  'usage.reported': 'what a meeting used of a paid service',
  'agent.starting': 'an AI agent was asked for',
  'agent.started': 'an AI agent is at work',
  'agent.stopping': 'an AI agent is being ended',
  'agent.ended': 'an AI agent ended',
  'agent.failed': 'an AI agent failed',
  'call.started': 'a phone call began',
  'call.ringing': 'a phone call rings',
  'call.answered': 'a phone call was answered',
  'call.missed': 'a phone call was not answered',
  'call.ended': 'a phone call ended',
  'call.updated': 'something about a phone call changed',
  'call.transferring': 'a phone call is being handed on',
  'call.transferred': 'a phone call was handed on',
  'call.transfer_failed': 'a phone call could not be handed on',
  'call.moving': 'a phone call is being moved to another room',
  'call.moved': 'a phone call was moved to another room',
  'call.move_failed': 'a phone call could not be moved',
  'call.batch_started': 'a batch of phone calls began',
  'call.batch_ended': 'a batch of phone calls ended',
  'resource.acquired': 'the platform took a machine for a recording or stream',
  'resource.released': 'the platform gave such a machine back',
  other: 'anything that has no word of its own here; event.native tells how the sender calls it',
};

const platforms = { plugnmeet: 'plugNmeet', livekit: 'LiveKit', videosdk: 'VideoSDK' };
const everywhere = ['event', 'source', 'room', 'session'];
const page = new URL('./events.md', import.meta.url);

/** The text of docs/events.md: every event and field that rules and templates may name. */
export function eventsPage(): string {
  return `# Events and fields

This page is made from the code by \`npm run docs\`. Rules use these names, see [rules.md](rules.md); templates use the fields,
see [templates.md](templates.md).

## Events

Every event has \`event\`, \`source\`, \`room\` and \`session\`, as far as the sender tells them. The column "carries" names what it
may have besides. A sender that follows Standard Webhooks may tell every type: the one its body names. Some platforms tell the same
news twice; the second time completes what is known of the meeting and fires no rule.

${table(
  ['event', 'what happened', 'carries', 'told by'],
  eventTypes.map((type) => [code(type), meanings[type], carried(type), senders(type)]),
)}

## Fields

A field that the sender did not fill is missing: never empty, never zero in its place. Numbers are in the unit that is given. Texts
marked _ci_ compare without regard to upper and lower case; all others compare exactly. A field below an _object_, such as
\`room.metadata.team\`, may be named freely: what stands there is up to your application. \`raw.…\` reads the sender's own payload.
Neither is checked by \`npx callboard check\`. plugNmeet's \`raw\` leaves out \`room.metadata\`, which stands parsed under
\`room.metadata\`.

Fields of \`session\` are what Callboard knows of the meeting after this event: it keeps count over all events of the meeting.

${sections()
  .map((name) => section(name))
  .join('\n\n')}
`;
}

function sections(): readonly string[] {
  return [...new Set(Object.keys(fields).map((path) => path.split('.')[0] ?? ''))];
}

function section(name: string): string {
  const rows = Object.entries(fields)
    .filter(([path]) => path.startsWith(`${name}.`))
    .map(([path, field]) => [
      code(path),
      kindOf(field),
      aboutOf(field),
      field.on?.map(code).join(', ') ?? 'all',
    ]);
  return `### ${name}\n\n${table(['field', 'kind', 'meaning', `on events with ${code(name)}`], rows)}`;
}

function kindOf({ kind, unit, ci }: Field): string {
  const name = unit === undefined || unit === 'cost' ? kind : `${kind}, ${unit}`;
  return ci === true ? `${name}, _ci_` : name;
}

function aboutOf({ about, values }: Field): string {
  return values === undefined ? about : `${about}: ${values.map(code).join(', ')}`;
}

/** The objects that an event may have and not every event has. */
function carried(type: EventType): string {
  const names = sections().filter(
    (name) =>
      !everywhere.includes(name) &&
      Object.keys(fields).some((path) => path.startsWith(`${name}.`) && presenceOf(path, type) === 'known'),
  );
  return names.map(code).join(', ');
}

/** The platforms whose readers name the type. */
function senders(type: EventType): string {
  if (type === 'other') return 'all';
  return Object.entries(platforms)
    .filter(([name]) => readers(name).includes(`'${type}'`))
    .map(([, label]) => label)
    .join(', ');
}

function readers(platform: string): string {
  const folder = new URL('../src/sources/', import.meta.url);
  const files = readdirSync(folder).filter((file) => file.startsWith(platform));
  return files.map((file) => readFileSync(new URL(file, folder), 'utf8')).join('\n');
}

function code(text: string): string {
  return `\`${text}\``;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, at) => Math.max(title.length, ...rows.map((row) => row[at]?.length ?? 0)));
  return [head, widths.map((width) => '-'.repeat(width)), ...rows]
    .map((cells) => `| ${cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |`)
    .join('\n');
}

if (import.meta.main) writeFileSync(page, eventsPage());
