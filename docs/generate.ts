import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { type EventType, eventTypes, presenceOf } from '#domain/catalogue.ts';
import { type Field, fields } from '#domain/fields.ts';
import { rulesJsonSchema } from '#rules/json-schema.ts';
import { eventMeanings } from '#rules/json-schema-events.ts';
import { withTables } from './rules-tables.ts';
import { code, table } from './tables.ts';

const platforms = { plugnmeet: 'plugNmeet', livekit: 'LiveKit', videosdk: 'VideoSDK' };
const everywhere = ['event', 'source', 'room', 'session'];
const page = new URL('./events.md', import.meta.url);
const rulesPage = new URL('./rules.md', import.meta.url);
const schemaPath = new URL('../rules.schema.json', import.meta.url);

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
  eventTypes.map((type) => [code(type), eventMeanings[type], carried(type), senders(type)]),
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

/** The text of rules.schema.json, which editors read. */
export function schemaFile(): string {
  return `${JSON.stringify(rulesJsonSchema(), null, 2)}\n`;
}

if (import.meta.main) {
  writeFileSync(page, eventsPage());
  writeFileSync(schemaPath, schemaFile());
  writeFileSync(rulesPage, withTables(readFileSync(rulesPage, 'utf8')));
}
